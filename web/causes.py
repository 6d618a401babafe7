"""Letters that need an officer's decision, by why they do: to be decided together or each, and only as they were shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from campaigns.agreement import manifest
from campaigns.agreement.readers import Reader
from campaigns.delivery import decisions, unclear
from campaigns.delivery.deliveries import Delivery


@dataclass(frozen=True)
class Cause:
    """Unclear letters with one cause, to be decided together or each."""

    reply: str
    letters: list[tuple[Delivery, Reader]]

    @property
    def rows(self) -> list[Delivery]:
        """The letters without their readers."""
        return [row for row, _ in self.letters]

    def may(self, verdict: str) -> bool:
        """Whether all of them can be decided so: what never left does not count as sent."""
        return verdict != unclear.SENT or not any(map(decisions.never_left, self.rows))


def of(letters: Iterable[tuple[Delivery, Reader]]) -> list[Cause]:
    """The letters by cause."""
    by_reply = groupby(sorted(letters, key=lambda one: reply(one[0])), key=lambda one: reply(one[0]))
    return [Cause(said, list(found)) for said, found in by_reply]


def reply(row: Delivery) -> str:
    """What a letter waits for a decision for."""
    return row.reply or "No reply was heard"


def sighting(rows: Sequence[Delivery]) -> str:
    """Which letters were shown, and why each was: as many others may wait by the time they are decided."""
    return manifest.digest(repr(sorted((row.position, reply(row)) for row in rows)).encode())
