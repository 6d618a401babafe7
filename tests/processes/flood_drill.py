"""The flood drill: one address asks for pages 10,000 times a minute while letters go; it is refused, and the letters go as before.

`python -m tests.processes.flood_drill --people 2000`: the same release twice, first in peace, then under the flood.
"""

import argparse
import json
import sys
import threading
import time
from collections import Counter
from typing import Any

from tests.processes import kill_drill, pages
from tests.processes.pages import Visitor
from workers import checker, rehearsal
from workers.rehearsal import Plan

A_MINUTE = 10_000
PATHS = ("/read/" + "A" * 48, "/stop/null", "/share/x", "/privacy", "/sign-in")


def flood(visitor: Visitor, statuses: Counter[int], over: threading.Event) -> None:
    """Ask at that rate, all from one address, until it is over."""
    began = time.monotonic()
    while not over.is_set():
        number = statuses.total()
        statuses[visitor.fetch("GET", PATHS[number % len(PATHS)], {}, address="192.0.2.1")] += 1
        time.sleep(max(0.0, began + number * 60 / A_MINUTE - time.monotonic()))


def play(people: int, *, flooded: bool) -> dict[str, Any]:
    """Send a release, under a flood or not; gives the figures."""
    statuses, over = Counter[int](), threading.Event()
    with rehearsal.opened(Plan(people=people)) as played, pages.served(played) as visitor:
        played.start_workers()
        played.gather()
        played.seal()
        flooding = threading.Thread(target=flood, args=(visitor, statuses, over))
        if flooded:
            flooding.start()
        began = time.monotonic()
        played.agree()
        played.await_outcomes()
        took = time.monotonic() - began
        over.set()
        if flooded:
            flooding.join()
        counts = kill_drill.count(played)
    rate = round(statuses.total() / took * 60)
    return {"letters a second": round(people / took, 1), **counts, "asked a minute": rate, "answers": dict(statuses)}


def main() -> int:
    """Print both; 1 when a letter was lost or doubled, or the flood was let in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    people = parser.parse_args().people
    peace, under = play(people, flooded=False), play(people, flooded=True)
    print(json.dumps({"in peace": peace, "under the flood": under}))
    wrong = any(found[fault] for found in (peace, under) for fault in checker.FAULTS)
    return int(wrong or peace["accepted"] != people or under["accepted"] != people or not under["answers"].get(429))


if __name__ == "__main__":
    sys.exit(main())
