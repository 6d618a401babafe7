"""How a worker ends in the middle of its work, twenty times each: killed, which may leave a letter unclear for each open connection, and asked
to stop, which must leave none.

`python -m tests.processes.ending_drill` plays both and prints one JSON object; exit code 1 when an end left more than it may.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
from sqlmodel import col, func, select

from campaigns.delivery.deliveries import Chunk, Delivery
from tests.processes import clusters, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import Cell, Storm
from workers import checker

ROUNDS = 20
LETTERS = 6000
PACE = 60.0  # letters a second that the mail server takes
STOPS_WITHIN = 30.0  # seconds (promises, P20)
SETTLES_WITHIN = 60.0


def play(cluster: Cluster, *, by: signal.Signals, rounds: int = ROUNDS, people: int = LETTERS, seed: int = 1) -> dict[str, Any]:
    """End a worker that is sending, again and again; gives for each end how many letters became unclear, and how long it took."""
    cell = Cell(people, seed, quiet_for=people / PACE, faults="{}", kill_every=None)
    chance, left, seconds = random.Random(seed), list[tuple[int, int]](), list[float]()
    with storm_scene.opened(cell, cluster) as storm:
        storm.played.agree()
        for _ in range(rounds):
            worker, ports = _busy(storm, chance)
            before, began = _count(storm, "unknown"), time.monotonic()
            worker.send_signal(by)
            worker.wait(STOPS_WITHIN + 10)
            seconds.append(time.monotonic() - began)
            _until(lambda ended=worker: _in_hands_of(storm, ended.pid) == 0)  # type: ignore[misc]
            left.append((_count(storm, "unknown") - before, ports))
            storm.man(storm.crew.index(worker))
        _until(lambda: not storm.watch(), within=3 * people / PACE, every=0.5)
        counts = storm_accounts.count(storm)
    return {
        "ends": len(left),
        "unclear": sum(unclear for unclear, _ in left),
        "most after one": max(unclear for unclear, _ in left),
        "more than it had connections": sum(unclear > ports for unclear, ports in left),
        "longest stop": round(max(seconds), 2),
        **{name: counts[name] for name in ("accepted", *checker.FAULTS, "unknown")},
    }


def _busy(storm: Storm, chance: random.Random) -> tuple[psutil.Process, int]:
    """A worker that has a chunk in hand and is connected to the relay, at some moment of its work; and how many connections it has."""
    until = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < until:
        time.sleep(chance.random() / 2)
        worker = chance.choice(storm.crew)
        ports = sum(one.raddr[1:] == (storm.sink_port,) for one in worker.net_connections("tcp"))
        if ports and _in_hands_of(storm, worker.pid):
            return worker, ports
    raise TimeoutError("no worker is sending")


def _in_hands_of(storm: Storm, pid: int) -> int:
    """How many chunks the worker with this number has."""
    theirs = select(func.count()).select_from(Chunk).where(col(Chunk.journal).contains(f"-{pid}-"), col(Chunk.claim).is_not(None))
    with storm.played.stage.database.reading() as session:
        return session.exec(theirs).one()


def _count(storm: Storm, state: str) -> int:
    with storm.played.stage.database.reading() as session:
        return session.exec(select(func.count()).select_from(Delivery).where(Delivery.state == state)).one()


def _until(so: Callable[[], bool], *, within: float = SETTLES_WITHIN, every: float = 0.02) -> None:
    until = time.monotonic() + within
    while not so():
        if time.monotonic() > until:
            raise TimeoutError("it did not come to an end")
        time.sleep(every)


def wrong(killed: dict[str, Any], stopped: dict[str, Any]) -> list[str]:
    """What must not be."""
    faults = [f"{name} {found[name]}" for found in (killed, stopped) for name in checker.FAULTS if found[name]]
    return [
        *faults,
        *(["a kill left more unclear than it had connections"] if killed["more than it had connections"] else []),
        *(["a stop left something unclear"] if stopped["unclear"] else []),
        *([f"a stop took over {STOPS_WITHIN:.0f} s"] if stopped["longest stop"] > STOPS_WITHIN else []),
    ]


def main() -> None:
    """Both ways to end."""
    if reason := clusters.why_not():
        sys.exit(reason)
    rounds = int(os.environ.get("COUNTERSIGN_TEST_ENDS", ROUNDS))
    with clusters.opened() as cluster:
        killed, stopped = (
            play(cluster, by=sign, rounds=rounds, people=rounds * LETTERS // ROUNDS) for sign in (signal.SIGKILL, signal.SIGTERM)
        )
    found = wrong(killed, stopped)
    print(json.dumps({"killed": killed, "asked to stop": stopped, "wrong": found}))
    sys.exit(int(bool(found)))


if __name__ == "__main__":
    main()
