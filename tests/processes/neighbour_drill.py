"""A good neighbour, drilled: 20 mail domains at a pace and over so many connections each, with one of them dead; and a storm that clears.

`python -m tests.processes.neighbour_drill` plays all weathers at full length. What is measured is what the mail server saw; figures are
printed as JSON, and the exit code is 1 where something is wrong.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from sqlmodel import select

from audiences.people import Person
from tests.processes import clusters, services, weather_sink
from workers import rehearsal, rehearsal_accounts
from workers import rehearsal_processes as processes
from workers.rehearsal import Plan, Rehearsal
from workers.rehearsal_processes import Child

DOMAINS = 20
DEAD = "d0.test"
PACE, CONNECTIONS = 5, 2
NEIGHBOURLY = {"COUNTERSIGN_DOMAIN_PACE": str(PACE), "COUNTERSIGN_DOMAIN_CONNECTIONS": str(CONNECTIONS)}
SLOWER = 0.10  # that a dead domain may make the others
SHORT_TRIES = {"COUNTERSIGN_TRIES": "0.05 0.15 0.3 0.5 0.75 1"}  # minutes: 3, 9, 18, 30, 45 and 60 seconds, then every 15
PATIENCE = {"COUNTERSIGN_SMTP_TIMEOUT": "1", "COUNTERSIGN_LEASE_SECONDS": "10"}


@dataclass(frozen=True)
class Scene:
    """What is sent through which weather, under which settings; `dead` letters are not waited for."""

    people: int
    weather: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    dead: str = ""
    ends: bool = False  # whether the dead domain refuses for good, so that its letters have their outcome, too
    limit: float = 300.0


def play(scene: Scene) -> dict[str, Any]:
    """Send it all by two workers on PostgreSQL and RabbitMQ; gives what the mail server saw, and the checker's counts."""
    port = processes.free_port()
    told = PATIENCE | {"COUNTERSIGN_CHUNK_SIZE": "50"} | scene.settings
    with clusters.opened() as cluster, mock.patch.dict(os.environ, told):
        plan = Plan(scene.people, workers=2, smtp=f"{processes.HOST}:{port}", database_url=cluster.url, broker_url=services.AMQP_URL)
        with rehearsal.opened(plan) as played, _sky(played, port, scene.weather):
            played.start_workers()
            _gather(played)
            played.seal()
            played.agree()
            began = time.time()
            _await(played, scene)
            rehearsal_accounts.export(played.stage.database, played.release_id, played.stage.audience)
            counts = rehearsal_accounts.by_the_journal(played.stage.journal, played.stage.audience)
            return {**seen(played.stage.journal, scene.dead, began), **counts, "tally": played.tally()}


def seen(journal: Path, dead: str, began: float) -> dict[str, Any]:
    """What the journal shows: the fullest second and the most letters under way of any domain, how long the mail server stood still,
    most tries of a letter, and when the last letter to a domain that lives was taken.
    """
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    begun, tries = defaultdict[str, list[float]](list), Counter[str](line["rcpt"] for line in lines if "rcpt" in line)
    for line in lines:
        if "rcpt" in line:
            begun[line["domain"]].append(line["at"])
    taken = [line for line in lines if line.get("reply", "").startswith("2")]
    return {
        "a second at most": max(fullest(moments) for moments in begun.values()),
        "stood still at most": round(max(line["lag"] for line in lines if "rcpt" in line), 2),
        "at once at most": max(line["under_way"] for line in lines if "rcpt" in line),
        "tries at most": max(tries.values()),
        "tries at the dead domain": sum(number for address, number in tries.items() if address.endswith(f"@{dead}")),
        "tries of refused readers": max((number for address, number in tries.items() if address.endswith(f"@{dead}")), default=0),
        "seconds": round(max((line["at"] for line in taken if line["domain"] != dead), default=began) - began, 1),
        "taken": len(taken),
    }


def wrong(found: dict[str, Any], scene: Scene, fair: float) -> list[str]:
    """What the mail server may not have seen; `fair`: the seconds that the same letters take while every domain lives."""
    mine = scene.settings.get("COUNTERSIGN_DOMAIN_PACE") is not None
    waits_for = scene.people // DOMAINS if scene.dead else 0
    return [
        said
        for said, is_so in {
            "letters lost": found["lost"] != waits_for,
            "letters doubled, altered, unsigned or not ours": any(
                found[one] for one in ("duplicated", "altered", "unsigned", "unexpected")
            ),
            "too many a second": mine and found["a second at most"] > PACE,
            "too many at once": mine and found["at once at most"] > CONNECTIONS,
            "a dead domain slowed the others": bool(scene.dead and fair and found["seconds"] > fair * (1 + SLOWER)),
        }.items()
        if is_so
    ]


def fullest(moments: list[float]) -> int:
    """The most of these moments, in order, within one second wherever it begins."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def _gather(played: Rehearsal) -> None:
    """The people, spread evenly over the domains."""
    played.gather()
    with played.stage.database.transaction() as session:
        for number, person in enumerate(session.exec(select(Person).order_by(Person.address))):  # type: ignore[arg-type]
            person.address = f"post{number}@d{number % DOMAINS}.test"
            session.add(person)


def _await(played: Rehearsal, scene: Scene) -> None:
    """Until every letter to a domain that lives was taken, and the others, where that `ends`, have their outcome; or the time is over."""
    living = scene.people - (scene.people // DOMAINS if scene.dead else 0)
    over = time.monotonic() + scene.limit
    while time.monotonic() < over:
        played._check()
        figures = played.tally()
        waits = figures["queued"] + figures["attempting"] if scene.ends else 0
        if not waits and figures["accepted"] >= living and (scene.weather.get("dead", "{}") == "{}" or figures["accepted"] == living):
            return
        time.sleep(0.2)


@contextmanager
def _sky(played: Rehearsal, port: int, weather: dict[str, str]) -> Iterator[None]:
    output = played.stage.folder / "sink.log"
    command = [sys.executable, "-I", weather_sink.__file__, "--port", str(port), "--journal", str(played.stage.journal)]
    with output.open("ab") as lines:
        words = [word for name, value in weather.items() for word in (f"--{name}", value)]
        sink = Child(subprocess.Popen([*command, *words], stdin=subprocess.DEVNULL, stdout=lines, stderr=lines), output)
    try:
        processes.wait_for(sink, port)
        yield
    finally:
        sink.kill()


def scenes(letters: int) -> dict[str, Scene]:
    """Every weather, with so many letters to each domain."""
    people = letters * DOMAINS
    dead = {"closing": "421 4.7.0 go away", "silent": "silent", "put off": "451 4.4.1 no answer", "refused": "550 5.1.1 nobody here"}
    return {
        "fair": Scene(people, settings=NEIGHBOURLY),
        **{f"one {how}": Scene(people, {"dead": json.dumps({DEAD: said})}, NEIGHBOURLY, DEAD) for how, said in dead.items()},
        "storm": Scene(people, {"storm": "0.06", "storm-for": "60"}, SHORT_TRIES),
        "greylist": Scene(people, {"greylist": "20"}, SHORT_TRIES),
    }


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument(
        "--letters", type=int, default=300, help="to each domain; with fewer, the seconds that a silent one costs are more than a tenth"
    )
    words.add_argument("--only", nargs="*", default=[])
    given, fair, bad = words.parse_args(), 0.0, list[str]()
    for name, scene in scenes(given.letters).items():
        if not given.only or name in given.only:
            found = play(scene)
            fair = found["seconds"] if name == "fair" else fair
            bad += (faults := wrong(found, scene, fair))
            print(json.dumps({name: found | {"wrong": faults}}), flush=True)
    sys.exit(bool(bad))
