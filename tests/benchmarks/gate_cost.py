"""What the gate and the leaf check cost: CPU microseconds a recipient of 20 kB, beyond joining the letter and hashing its body once.

A chunk of 500 is claimed as the worker claims it; `--people` and `--bytes` change the size. Asked for: at most 15.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaigns.agreement import gate, releases, sealed
from campaigns.delivery import claims
from campaigns.drafting.programs import Joined, Program
from campaigns.foundation.database import Database
from tests import conftest
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

AT_MOST = 15.0
ROUNDS = 40


@dataclass(frozen=True)
class Ready(Program):
    """Letters put together beforehand, so that only checking them is measured."""

    messages: dict[str, bytes]

    def joined(self, values: Mapping[str, str]) -> Joined:
        """The letter of this reader."""
        return Joined(self.messages[values["address"]], stands=True)


def measure(people: int, size: int) -> dict[str, Any]:
    """CPU a recipient of each part, the best of some rounds, as other work on the machine only adds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        conftest.found(database)
        story = _sending(database, people, size)
        claim = posting.claimed(story)
        assert len(claim.letters) == people
        messages = {letter.fields["address"]: claim.programs[letter.audience].join(letter.fields) for letter in claim.letters}
        ready = replace(claim, programs=dict.fromkeys(claim.programs, Ready((), messages)))

        def ask() -> None:
            with database.reading() as session:
                verified = gate.check(session, releases.get(session, story.release), at=NOON)
                sealed.leaves_under(session, story.release, [letter.position for letter in claim.letters], verified.branches)

        asked = _cpu(ask) / people
        verified = _cpu(lambda: [claims.put_together(ready, letter) for letter in claim.letters]) / people
        hashed = _cpu(lambda: [hashlib.sha256(messages[letter.fields["address"]]).digest() for letter in claim.letters]) / people
        database.dispose()
    leaf, size = verified - hashed, len(messages[claim.letters[0].address])
    figures = {"gate": asked, "leaf": leaf, "gate and leaf": asked + leaf, "hashing": hashed}
    return {"people": people, "bytes": size, **{f"{name} us": round(value * 1e6, 2) for name, value in figures.items()}}


def _sending(database: Database, people: int, size: int) -> Story:
    house = stories.house(database)
    said = stories.words(core="Dear ((name)),\n\n((your part))\n\n" + "One lead authority speaks for each organisation. " * (size // 125))
    return stories.sending_release(house, said, [stories.reader(number) for number in range(people)], size=people)


def _cpu(step: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        step()
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--bytes", type=int, default=20_000)
    asked = parser.parse_args()
    found = measure(asked.people, asked.bytes)
    print(json.dumps(found))
    sys.exit(0 if found["gate and leaf us"] <= AT_MOST else 1)


if __name__ == "__main__":
    main()
