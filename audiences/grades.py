"""Grades of reach in words: what each says, and what it rests on, channel by channel. None of them says more than its evidence.

Source: HELA paper, Annex 2 ("Face to face communications, at a regional level will be the most effective").
"""

from collections.abc import Mapping
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
HEADLINE = (WRITTEN, CONFIRMED, BRIEFED)  # what pages say of a campaign even while it is nought
COUNTED = {  # a figure of authorities with a grade or one that counts towards it (see `at_least`)
    WRITTEN: "contacted",  # by a call, too, where no letter ever went: only its own evidence is said to be "written to"
    DELIVERED: "at least delivered",
    UNRETURNED: "at least not returned",
    CONFIRMED: "at least confirmed",
    BRIEFED: "briefed",
    UNDERSTANDS: "understands",
}
HOW = {
    (WRITTEN, LETTER): "letter accepted by our relay, or counted as sent by an officer",
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
        """`briefed, Tuesday 12 May 2026, 10:00: on the attendance sheet`; of several, how many and since when."""
        return f"{SAID[self.grade]}{self._often()}, {clock.say(self.first)}{self._since()}: {how(self.grade, self.channel)}"

    def _often(self) -> str:
        return "" if self.touches == 1 else f" {self.touches:,} times"

    def _since(self) -> str:
        return "" if self.first == self.last else f" to {clock.say(self.last)}"


def how(grade: str, channel: str) -> str:
    """What a grade by a channel rests on."""
    return HOW.get((grade, channel), f"by {channel}")


def at_least(grade: str) -> tuple[str, ...]:
    """A grade and whatever else counts towards it: all above it. Towards briefed nothing else counts: no answer and no call shows a meeting."""
    return (BRIEFED,) if grade == BRIEFED else GRADES[GRADES.index(grade) :]


def standing(alike: Mapping[frozenset[str], int]) -> tuple[dict[str, int], dict[str, int]]:
    """Authorities at each grade: by its own evidence, and with all that counts towards it. `alike` is how many have which grades."""
    own = {grade: sum(number for grades, number in alike.items() if grade in grades) for grade in GRADES}
    enough = {grade: sum(number for grades, number in alike.items() if not grades.isdisjoint(at_least(grade))) for grade in GRADES}
    return own, enough
