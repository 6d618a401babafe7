"""The soak: overlapping releases begun one after another through half an hour of random harm, while one worker and the web process are left alone.

`python -m tests.processes.soak_drill --minutes 30` plays 12 releases on PostgreSQL and RabbitMQ through a relay with the trial's faults (m7):
workers killed with -9, queues deleted, the database crashed, releases paused and let go on, each at random moments. It prints one JSON object.
Exit code 1 when the checker's six figures over all releases are not all 0, when something stayed unclear, when a release did not end, when
the worker or the web process that nobody killed ended or holds more and more memory (over 1 MB a minute, by least squares) or open files, or
when the harm did not land. `--people 300 --releases 6 --minutes 4` plays a shorter one.
"""

import argparse
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psutil
from sqlalchemy.exc import SQLAlchemyError

from campaigns.foundation.errors import CountersignError
from tests.benchmarks import page_watch
from tests.benchmarks.page_watch import Watch
from tests.processes import clusters, services, soak_scene, storm_scene
from tests.processes.soak_gauges import Gauge
from tests.processes.soak_scene import UNDER_WAY, Overlap
from tests.processes.storm_scene import Cell, Storm
from workers import checker
from workers import rehearsal_processes as processes
from workers.rehearsal_cast import ROLES

LOOK_EVERY = 0.25  # seconds
PAGE_EVERY = 2.0
BEGUN_WITHIN = 0.6  # of the time: the last release begins then
SENT_WITHIN = 0.7  # of the time, by the relay's pace
CALM = 600.0  # seconds without harm in which everything comes to its end
STILL_FOR = 3.0  # seconds in which something might wrongly be sent again
KILL, WIPE, CRASH, PAUSE, PAUSED = 6.0, 40.0, 60.0, 25.0, 5.0  # seconds from one to the next, and of a pause, on average
WARM = 0.3  # of the time, after which a process has read its code and filled its caches
MOST_SLOPE = 1.0  # MB a minute
MOST_FILES = 3
DOWN = (SQLAlchemyError, CountersignError)  # of a step that the database's crash broke, or that another was quicker than: it is tried again


@dataclass(frozen=True)
class Plan:
    """How long, how many releases, and how many people they go to: each release to one, two or three thirds of them."""

    minutes: float = 30.0
    people: int = 3000
    releases: int = 12
    seed: int = 1

    @property
    def seconds(self) -> float:
        """Of harm."""
        return self.minutes * 60

    @property
    def cell(self) -> Cell:
        """The storm it is played in: the relay is as slow as to be busy most of the time."""
        letters = self.people + sum(1 + number % len(ROLES) for number in range(1, self.releases)) * self.people / len(ROLES)
        return Cell(self.people, self.seed, quiet_for=self.people * self.seconds * SENT_WITHIN / letters)


@dataclass
class Soak:
    """One under way: the storm, its releases, and those two that are left alone."""

    plan: Plan
    storm: Storm
    watch: Watch
    gauges: list[Gauge]
    overlaps: list[Overlap] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    paused: dict[int, float] = field(default_factory=dict)  # which, until when
    pauses: int = 0
    most_at_once: int = 0
    uneven: int = 0

    def advance(self, share: float) -> None:
        """Begin those whose moment has come, and bring each a step on its way."""
        due = min(int(share / BEGUN_WITHIN * (self.plan.releases - 1)) + 1, self.plan.releases)
        if len(self.overlaps) < due:
            self.overlaps.append(soak_scene.begin(self.storm, len(self.overlaps)))
        self.states = [overlap.go_on() for overlap in self.overlaps]
        for place, state in enumerate(self.states):
            if state == "stopped" and place not in self.paused:  # by itself: too much was refused
                self.overlaps[place].resume()
        self.most_at_once = max(self.most_at_once, sum(state in UNDER_WAY for state in self.states))
        for place, until in list(self.paused.items()):
            if until <= time.monotonic():
                self.overlaps[place].resume()
                del self.paused[place]

    def pause(self) -> None:
        """Stop one of those that are going out, for a while."""
        if going := [place for place, state in enumerate(self.states) if state == "sending" and place not in self.paused]:
            place = self.storm.chance.choice(going)
            self.overlaps[place].pause()
            self.paused[place] = time.monotonic() + self.storm.chance.expovariate(1 / PAUSED)
            self.pauses += 1

    def look(self) -> None:
        """Replace workers that fell, sample those left alone, and see whether each release's figures add up."""
        self.storm.watch()
        for gauge in self.gauges:
            gauge.sample()
        for overlap in self.overlaps:
            people, tally = overlap.tally()
            self.uneven += sum(tally.values()) != people

    def is_over(self) -> bool:
        """Whether every release has begun and none of its letters waits, but for an officer's word."""
        if len(self.states) < self.plan.releases or not set(self.states) <= {"sending", "sent"}:
            return False
        return not any(overlap.tally()[1][state] for overlap in self.overlaps for state in ("queued", "attempting", "unknown"))


def play(plan: Plan) -> dict[str, Any]:
    """Harm for so long, then calm until everything has ended; gives the figures."""
    with clusters.opened() as cluster, storm_scene.opened(plan.cell, cluster) as storm, _left_alone(plan, storm) as soak:
        began = time.monotonic()
        harm = _harm(soak)
        while (passed := time.monotonic() - began) < plan.seconds + CALM:
            _attempt(partial(soak.advance, passed / plan.seconds))
            _attempt(soak.look)
            if passed < plan.seconds:
                next(harm)
            elif soak.is_over():
                break
            time.sleep(LOOK_EVERY)
        took = time.monotonic() - began
        time.sleep(STILL_FOR)
        soak_scene.decide(storm, soak.overlaps)
        time.sleep(STILL_FOR)
        soak.advance(1.0)
        return _figures(soak, took)


def _attempt(step: Callable[[], object]) -> None:
    try:
        step()
    except DOWN:
        return


def _harm(soak: Soak) -> Iterator[None]:
    """At each look, whatever is due; when each comes next is left to chance. A page is looked at besides."""
    storm, now = soak.storm, time.monotonic()
    every = {storm.kill: KILL, storm.wipe: WIPE, storm.crash: CRASH, soak.pause: PAUSE}
    due = {act: now + storm.chance.expovariate(1 / seconds) for act, seconds in every.items()}
    names = itertools.cycle(soak.watch.paths)
    looks_at = now
    while True:
        now = time.monotonic()
        for act, when in due.items():
            if when <= now:
                _attempt(act)
                due[act] = time.monotonic() + storm.chance.expovariate(1 / every[act])
        if looks_at <= now:
            soak.watch.look(next(names))
            looks_at = time.monotonic() + PAGE_EVERY
        yield


@contextmanager
def _left_alone(plan: Plan, storm: Storm) -> Iterator[Soak]:
    """A worker and the web process that nobody kills, watched from their beginning."""
    ours = psutil.Process()
    worker = processes.worker(storm.played.stage, 99)
    try:
        before = {child.pid for child in ours.children()}
        with page_watch.opened(storm.played) as watch:
            (web,) = [child for child in ours.children() if child.pid not in before]
            gauges = [Gauge("worker", psutil.Process(worker.process.pid)), Gauge("web", web)]
            yield Soak(plan, storm, watch, gauges, [soak_scene.first(storm)])
    finally:
        worker.kill()


def _figures(soak: Soak, took: float) -> dict[str, Any]:
    storm, plan = soak.storm, soak.plan
    counts = soak_scene.counts(storm, soak.overlaps)
    held = {gauge.name: gauge.figures(warm_after=plan.minutes * WARM) for gauge in soak.gauges}
    found = {
        "minutes": round(took / 60, 1),
        "releases": len(soak.overlaps),
        "at once": soak.most_at_once,
        **counts,
        "states": dict(Counter(soak.states)),
        "kills": len(storm.kills),
        "wipes": storm.wipes,
        "crashes": storm.crashes,
        "pauses": soak.pauses,
        "workers that fell": storm.fell,
        "uneven": soak.uneven,
        "looks at pages": sum(map(len, soak.watch.seconds.values())),
        "left alone": held,
    }
    alive = {gauge.name: gauge.process.is_running() and gauge.process.status() != psutil.STATUS_ZOMBIE for gauge in soak.gauges}
    return found | {"wrong": wrong(found, alive, plan)}


def wrong(found: dict[str, Any], alive: dict[str, bool], plan: Plan) -> list[str]:
    """What the soak broke, or why it showed nothing, in words; empty when all went well."""
    reasons = {fault: found[fault] > 0 for fault in (*checker.FAULTS, "unknown", "uneven")}
    reasons |= {f"the {name} that nobody killed has ended": not lives for name, lives in alive.items()}
    for name, held in found["left alone"].items():
        reasons[f"the {name} holds more and more memory"] = held["MB a minute"] > MOST_SLOPE
        reasons[f"the {name} holds more and more open files"] = held["more open files"] > MOST_FILES
    reasons["not every release was sent"] = found["states"] != {"sent": plan.releases}
    reasons["the releases did not overlap"] = found["at once"] < min(3, plan.releases)
    for harm, mean in (("kills", KILL), ("wipes", WIPE), ("crashes", CRASH), ("pauses", PAUSE)):
        reasons[f"too few {harm}"] = found[harm] < plan.seconds / mean / 4
    return [reason for reason, so in reasons.items() if so]


def main() -> None:
    """Play it and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for word in ("minutes", "people", "releases", "seed"):
        parser.add_argument(f"--{word}", type=type(getattr(Plan, word)), default=getattr(Plan, word))
    plan = Plan(**vars(parser.parse_args()))
    if not services.answers(services.AMQP_URL):
        sys.exit("no rabbitmq answers")
    if reason := clusters.why_not():
        sys.exit(reason)
    found = play(plan)
    print(json.dumps(found))
    sys.exit(int(bool(found["wrong"])))


if __name__ == "__main__":
    main()
