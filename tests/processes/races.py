"""Two officers at the same moment, on PostgreSQL: whoever comes second meets what the first one did, and nothing unsigned can go.

`python -m tests.processes.races --rounds 1000` plays each race at full length. Every round lines two connections up at a barrier; an oracle
then reads the database, and tries to send. A race that one side always wins proves nothing and counts as void.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from unittest import mock

from sqlmodel import Session

from campaigns.agreement import gate, releases, schedules, signatures
from campaigns.drafting import letters, messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests import conftest
from tests.campaigns import posting, stories
from tests.campaigns.agreement import remembering
from tests.campaigns.stories import MINUTE, NOON, Story

Step = Callable[[Session], object]
FAIR = 0.02  # either side must come first in at least this share of the rounds


@dataclass(frozen=True)
class Race:
    """What two officers try at once, and what may be so afterwards. `spread`: by how many seconds, at most, chance lets one begin sooner."""

    first: Callable[[Story], Step]
    second: Callable[[Story], Step]
    verdict: Callable[[Story, bool, bool], str | None]
    spread: float = 0.01


def sign(by: str) -> Callable[[Story], Step]:
    """This signatory signs what their page shows."""

    def prepared(story: Story) -> Step:
        officer, seen = getattr(story.house, by), story.digest()
        with story.database.transaction() as session:
            evidence = stories.evidence(session, story.release, officer)
        return lambda session: releases.sign(session, story.release, seen=seen, evidence=evidence, by=officer, at=NOON)

    return prepared


def edit(story: Story) -> Step:
    """The drafter changes the words."""
    return lambda session: messages.revise(session, story.message, stories.words(subject="Other words"), by=story.house.drafter, at=NOON)


def withdraw(story: Story) -> Step:
    """The party that signed first withdraws."""
    return lambda session: releases.withdraw(session, story.release, reason="Not now.", by=story.house.hse, at=NOON)


def nothing_goes(story: Story, other: bool, signed: bool) -> str | None:
    """After an edit or a withdrawal, whichever came first: the gate refuses, and so does every step towards sending."""
    if not other:
        return "the edit or the withdrawal was refused"
    for step in (_check, _schedule):
        try:
            with story.database.transaction() as session:
                step(session, story)
        except Refused:
            continue
        return f"{step.__name__} was not refused"
    stories.begin(story)  # its letters are queued whatever the gate says, and then they are tried
    transport = posting.sent(story)
    return f"{len(transport.sent)} letters went" if transport.sent else _only_what_was_shown(story)


def one_of_them_counts(story: Story, first: bool, second: bool) -> str | None:
    """Of one party's two signatories exactly one signs, it is agreed once, and then it may go."""
    with story.database.reading() as session:
        told = [entry.kind for entry in log.history(session, story.release)]
    if first == second or told.count("ReleaseAgreed") != 1:
        return f"signed: {first}, {second}; agreed {told.count('ReleaseAgreed')} times"
    story.schedule()
    stories.begin(story)
    transport = posting.sent(story)
    return _only_what_was_shown(story) if len(transport.sent) == len(stories.READERS) else f"{len(transport.sent)} letters went"


RACES = {
    "edit versus sign": Race(edit, sign("lacors"), nothing_goes, spread=0.06),
    "withdraw versus sign": Race(withdraw, sign("lacors"), nothing_goes),
    "sign versus sign": Race(sign("lacors_other"), sign("lacors"), one_of_them_counts),
}


def play(database: Database, name: str, rounds: int) -> dict[str, Any]:
    """So many rounds of one race; gives how often each side came first, and every bad round."""
    race, house, began = RACES[name], stories.house(database), time.monotonic()
    tally: Counter[str] = Counter()
    bad = []
    with ThreadPoolExecutor(2) as officers, mock.patch.object(letters, "compile_letter", remembering.compiler()):
        for number in range(rounds):
            story = stories.half_signed_release(house)
            done = _at_once(officers, story, race)
            if fault := race.verdict(story, *done):
                bad.append(f"round {number}: {fault}")
            tally["second refused" if done == (True, False) else "second came first"] += 1
    void = min(tally["second refused"], tally["second came first"]) < FAIR * rounds
    return {"race": name, "rounds": rounds, **tally, "void": void, "bad": bad, "seconds": round(time.monotonic() - began, 1)}


@contextmanager
def postgres() -> Iterator[Database | None]:
    """A database of our own where PostgreSQL answers."""
    yield from conftest.own_postgres()


def _at_once(officers: ThreadPoolExecutor, story: Story, race: Race) -> tuple[bool, bool]:
    barrier, steps = Barrier(2), (race.first(story), race.second(story))
    late = random.uniform(-race.spread, race.spread)

    def run(step: Step, wait: float) -> bool:
        barrier.wait()
        time.sleep(max(0.0, wait))
        try:
            with story.database.transaction() as session:
                step(session)
        except Refused:
            return False
        return True

    first, second = officers.map(run, steps, (late, -late))
    return first, second


def _check(session: Session, story: Story) -> None:
    gate.check(session, releases.get(session, story.release), at=NOON + MINUTE)


def _schedule(session: Session, story: Story) -> None:
    schedules.schedule(session, story.release, when=None, by=story.house.drafter, at=NOON + MINUTE)


def _only_what_was_shown(story: Story) -> str | None:
    with story.database.reading() as session:
        given = signatures.given(session, story.release)
    return None if {one.digest for one in given} == {story.digest()} else "a signature over bytes that nobody was shown"


def main() -> None:
    """Play every race; the exit code is 1 when a round went wrong or a race was void."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    with postgres() as database:
        if database is None:
            sys.exit("No PostgreSQL answers at COUNTERSIGN_TEST_POSTGRES_URL.")
        found = []
        for name in RACES:
            conftest.empty(database)
            found.append(play(database, name, rounds))
            print(json.dumps(found[-1]), flush=True)
    sys.exit(1 if any(one["bad"] or one["void"] for one in found) else 0)


if __name__ == "__main__":
    main()
