"""Grades of reach in words: what each says, and what it rests on, channel by channel. None of them says more than its evidence.

Source: HELA paper, Annex 2 ("Face to face communications, at a regional level will be the most effective").
"""

from dataclasses import dataclass
from datetime import datetime

from campaigns.foundation import clock
from campaigns.reach.touches import (
    ARTICLE,
    BRIEFED,
    BRIEFING,
    CALL,
    CONFIRMED,
    DELIVERED,
    GRADES,
    LETTER,
    POST,
    RELAY,
    UNDERSTANDS,
    UNRETURNED,
    VISIT,
    WRITTEN,
)

NONE = "none"
STEPS = (NONE, *GRADES)
BY_MACHINES = frozenset({WRITTEN, DELIVERED, UNRETURNED})  # no person has shown anything yet
SAID = {
    NONE: "not yet",
    WRITTEN: "written to",
    DELIVERED: "delivered",
    UNRETURNED: "not returned",
    CONFIRMED: "confirmed",
    BRIEFED: "briefed",
    UNDERSTANDS: "understands",
}
HOW = {
    (WRITTEN, LETTER): "letter accepted by our relay",
    (WRITTEN, RELAY): "passed on by HELA",
    (WRITTEN, ARTICLE): "an article they could read",
    (WRITTEN, POST): "a letter by post",
    (DELIVERED, LETTER): "letter accepted by the authority's server",
    (UNRETURNED, LETTER): "no bounce within 72 hours",
    (CONFIRMED, LETTER): "confirmed by the reader",
    (CONFIRMED, CALL): "confirmed on the telephone",
    (BRIEFED, BRIEFING): "on the attendance sheet",
    (BRIEFED, VISIT): "face to face, at a visit",
    (UNDERSTANDS, LETTER): "answered the short questions",
    (UNDERSTANDS, CALL): "answered an officer's questions on the telephone",
    (UNDERSTANDS, VISIT): "answered an officer's questions at a visit",
}


@dataclass(frozen=True)
class Mark:
    """Touches of one grade by one channel: how many, the first and the last."""

    grade: str
    channel: str
    touches: int
    first: datetime
    last: datetime

    def say(self) -> str:
        """`written to, Tuesday 12 May 2026, 10:00: letter accepted by our relay`; of several, how many and since when."""
        return f"{SAID[self.grade]}{self._often()}, {clock.say(self.first)}{self._since()}: {how(self.grade, self.channel)}"

    def _often(self) -> str:
        return "" if self.touches == 1 else f" {self.touches:,} times"

    def _since(self) -> str:
        return "" if self.first == self.last else f" to {clock.say(self.last)}"


def how(grade: str, channel: str) -> str:
    """What a grade by a channel rests on."""
    return HOW.get((grade, channel), f"by {channel}")


def at_least(grade: str) -> tuple[str, ...]:
    """A grade and those above it."""
    return GRADES[GRADES.index(grade) :]
