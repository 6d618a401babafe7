"""The room that mail domains have for a claimed chunk: which of its letters may go, in which order, and when each has its turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from campaigns.delivery.pacing import KEPT, Stride, domain_of

NEVER = datetime.max.replace(tzinfo=UTC)


class Letter(Protocol):
    """What is asked of a letter here."""

    @property
    def position(self) -> int:
        """Its place in the release."""

    @property
    def address(self) -> str:
        """Whom it goes to."""


@dataclass
class Room:
    """Which letters of a claimed chunk may go, by position: each at its turn, or at any time (None).

    `shut`: the domains in trouble since. `probes`: the letters that try a domain again after a rest; they go last, as one more silence
    makes every letter behind it miss its turn.
    """

    turns: dict[int, datetime | None]
    troubled: frozenset[str] = frozenset()
    probes: frozenset[int] = frozenset()
    shut: set[str] = field(default_factory=set)
    stride: Stride = field(default_factory=Stride)

    @property
    def is_even(self) -> bool:
        """Whether no letter has a turn of its own, so that they go as they stand."""
        return not self.probes and not any(self.turns.values())

    def order(self, letter: Letter) -> tuple[bool, bool, datetime, int]:
        """By turn; letters without one come after, and probes after all."""
        turn = self.turns[letter.position]
        return letter.position in self.probes, turn is None, turn or NEVER, letter.position

    def is_shut(self, letter: Letter) -> bool:
        """Whether its domain came into trouble since it was claimed."""
        return bool(self.shut) and domain_of(letter.address) in self.shut

    def admits(self, letter: Letter, *, clock: Callable[[], datetime], wait: Callable[[float], object]) -> bool:
        """Wait for this letter's turn, a second or two. False when the turn is over or its domain is shut: the letter is claimed again for another turn."""
        if self.is_shut(letter):
            return False
        turn = self.turns.get(letter.position)
        if turn is None:
            return True
        self.stride.ended(time.monotonic())
        if (early := (turn - clock()).total_seconds()) > 0:
            wait(early)
        in_time = clock() <= turn + KEPT
        if in_time:
            self.stride.begun(time.monotonic())
        return in_time
