"""How a worker ends in the middle of its work, twenty times each: killed, which may leave a letter unclear for each open connection, and asked
to stop, which must leave none.

`python -m tests.processes.ending_drill` plays both and prints one JSON object; exit code 1 when an end left more than it may.
"""

import os
import random
import signal
import sys
import time
from typing import Any

from tests.processes import clusters, ending, hands, patience, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import Cell

ROUNDS = 20
LETTERS = 6000
PACE = 60.0  # letters a second that the mail server takes
STOPS_WITHIN = 30.0  # seconds


def play(cluster: Cluster, *, by: signal.Signals, rounds: int = ROUNDS, people: int = LETTERS, seed: int = 1) -> dict[str, Any]:
    """End a worker that is sending, again and again; gives for each end how many letters became unclear, and how long it took."""
    cell = Cell(people, seed, quiet_for=people / PACE, faults="{}", kill_every=None)
    chance, left, seconds = random.Random(seed), list[tuple[int, int]](), list[float]()
    with storm_scene.opened(cell, cluster) as storm:
        storm.played.agree()
        for _ in range(rounds):
            worker, ports = hands.busy(storm, chance)
            before, began = hands.letters(storm, "unknown"), time.monotonic()
            worker.send_signal(by)
            worker.wait(STOPS_WITHIN + 10)
            seconds.append(time.monotonic() - began)
            patience.until(lambda ended=worker: not hands.chunks(storm, ended.pid), "its chunk is taken over")  # type: ignore[misc]
            left.append((hands.letters(storm, "unknown") - before, ports))
            storm.man(storm.crew.index(worker))
        storm.settle(within=60 + 3 * people / PACE)
        counts = storm_accounts.count(storm)
    return {
        "ends": len(left),
        "unclear": sum(unclear for unclear, _ in left),
        "most after one": max(unclear for unclear, _ in left),
        "more than it had connections": sum(unclear > ports for unclear, ports in left),
        "longest stop": round(max(seconds), 2),
        **storm_accounts.six(counts),
    }


def wrong(killed: dict[str, Any], stopped: dict[str, Any]) -> list[str]:
    """What must not be."""
    return [
        *storm_accounts.faults(killed),
        *storm_accounts.faults(stopped),
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
    ending.leave({"killed": killed, "asked to stop": stopped}, wrong=found)


if __name__ == "__main__":
    main()
