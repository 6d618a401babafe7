"""The kill drill: a worker killed with -9 in the middle of sending, again and again, and every letter accounted for.

`python -m tests.processes.kill_drill` plays it at full length: 2,000 letters to a mail server paced to 100 a second, killed when its
journal stands at 300, 900 and 1,500. `--people`, `--kills`, `--pace` and `--keep` change that.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from campaigns.delivery import decisions
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation import clock
from tests.processes import patience
from workers import checker, rehearsal, rehearsal_accounts
from workers.rehearsal import Plan, Rehearsal

LOOK_EVERY = 0.01
MOVES_WITHIN = 180.0
LOOKED_INTO_WITHIN = 120.0
# Seconds, and minutes: a busy machine's stall is taken neither for a relay's silence nor for a worker's death; what is put off is soon due.
UNHURRIED = {"COUNTERSIGN_SMTP_TIMEOUT": "20", "COUNTERSIGN_LEASE_SECONDS": "100", "COUNTERSIGN_TRIES": "0.05 0.1 0.2 0.4"}
UNCLEAR = ("unknown", "held")  # being looked into, and put before an officer
STILL_FOR = 3.0  # seconds in which an unknown letter might wrongly be sent again: several ticks of the clock


@dataclass(frozen=True)
class Drill:
    """How many letters, when to kill, and how fast the mail server takes them."""

    people: int = 2000
    kills: tuple[int, ...] = (300, 900, 1500)
    pace: float = 100.0
    keep: Path | None = None


def play(drill: Drill) -> dict[str, Any]:
    """Kill as planned; gives the checker's counts, before and after an officer decides about what stayed unknown."""
    with rehearsal.opened(Plan(people=drill.people, pace=drill.pace, keep=drill.keep)) as played:
        began = time.monotonic()
        start(played)
        killed_at = []
        for standing in drill.kills:
            wait_for_journal(played, standing)
            played.workers[0].kill()
            killed_at.append(journal_lines(played))
            played.start_workers()
        played.await_outcomes()
        time.sleep(STILL_FOR)
        patience.until(lambda: not played.tally()["unknown"], "what is unclear was looked into", within=LOOKED_INTO_WITHIN)
        counts, shown = count(played), played.tally()
        decide_by_the_journal(played)
        after = count(played)
        figures = {"people": drill.people, "pace": drill.pace, "killed_at": killed_at, **counts, "tally": shown, "after_deciding": after}
        return {**figures, "release": played.release().state, "seconds": round(time.monotonic() - began, 1)}


def start(played: Rehearsal) -> None:
    """Everything up to the first letter."""
    played.start_workers()
    played.gather()
    played.seal()
    played.agree()


def count(played: Rehearsal) -> dict[str, int]:
    """The checker's counts as things stand."""
    rehearsal_accounts.export(played.stage.database, played.release_id, played.stage.audience)
    return played.counts()


def journal_lines(played: Rehearsal) -> int:
    """How many letters the mail server wrote down."""
    return played.stage.journal.read_bytes().count(b"\n") if played.stage.journal.exists() else 0


def wait_for_journal(played: Rehearsal, standing: int) -> None:
    """Until the journal stands at so many lines."""
    seen, since = -1, time.monotonic()
    while (lines := journal_lines(played)) < standing:
        if lines != seen:
            seen, since = lines, time.monotonic()
        assert time.monotonic() - since < MOVES_WITHIN, f"the journal stays at {lines}: {played.tally()}"
        time.sleep(LOOK_EVERY)


def unknown_positions(played: Rehearsal) -> list[int]:
    """The letters an officer is asked about."""
    with played.stage.database.reading() as session:
        mine = select(Delivery.position).where(Delivery.release_id == played.release_id, col(Delivery.state).in_(UNCLEAR))
        return list(session.exec(mine))


def decide(played: Rehearsal, position: int, verdict: str) -> None:
    """An officer's word about one unclear letter."""
    assert played.cast is not None
    with played.stage.database.transaction() as session:
        decisions.decide(session, played.release_id, position, verdict=verdict, by=played.cast.drafter, at=clock.now())


def decide_by_the_journal(played: Rehearsal) -> None:
    """What an officer does who can ask the mail server: count as sent what it has, send again what it has not."""
    letters = [json.loads(line) for line in played.stage.audience.read_text("utf-8").splitlines()[1:]]
    has = {json.loads(line)["message_id"] for line in played.stage.journal.read_text("utf-8").splitlines()}
    for position in unknown_positions(played):
        decide(played, position, "count as sent" if letters[position]["message_id"] in has else "send again")
    wait_until_sent(played)


def wait_until_sent(played: Rehearsal) -> None:
    """Until every letter has its outcome and the release is closed."""
    since = time.monotonic()
    while played.release().state != "sent":
        assert time.monotonic() - since < MOVES_WITHIN, f"the release stays {played.release().state}: {played.tally()}"
        time.sleep(0.1)


def main() -> int:
    """Play it and print what came of it; 1 when anything was lost, doubled, or unknown more than once a kill."""
    parser = argparse.ArgumentParser(description="Kill a worker while it sends, and account for every letter.")
    parser.add_argument("--people", type=int, default=Drill.people)
    parser.add_argument("--kills", default=",".join(map(str, Drill.kills)), help="journal lines at which to kill, with commas")
    parser.add_argument("--pace", type=float, default=Drill.pace)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    drill = Drill(given.people, tuple(int(part) for part in given.kills.split(",")), given.pace, given.keep)
    found = play(drill)
    print(json.dumps(found))
    return int(any(found[fault] for fault in checker.FAULTS) or found["unknown"] > len(drill.kills))


if __name__ == "__main__":
    sys.exit(main())
