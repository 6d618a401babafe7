"""How fast letters go to one mail domain: each gets a turn, and turns to one domain lie apart, whichever worker has them. Pure arithmetic.

So the turns need no counting of what went (virtual scheduling, GCRA). A letter goes within `LATE` of its turn or takes another one; turns are
that much farther apart, so that no second at the relay ever sees more letters than were allowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LATE = timedelta(seconds=0.4)
AHEAD = timedelta(seconds=2)  # so early a letter is taken in hand before its turn: the clock looks once a second
HORIZON = timedelta(minutes=10)  # no turn is given farther ahead: a release that is withdrawn leaves its turns behind, unused
KEPT = timedelta(seconds=0.15)  # so late a letter may still be begun; the rest of LATE is for the way to the relay


@dataclass(frozen=True)
class Limits:
    """Letters a second to one domain, where nothing else is said of it (None: as many as come); and connections that deliver to it at once."""

    pace: float | None = None
    own: Mapping[str, float] = field(default_factory=dict)
    connections: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is anything to mind."""
        return self.pace is not None or bool(self.own) or self.connections is not None

    def gap(self, domain: str) -> timedelta | None:
        """How far apart the turns to this domain are; None: nobody waits."""
        pace = self.own.get(domain, self.pace)
        if pace is None:
            return None
        return (timedelta(seconds=1) + LATE) / int(pace) if pace >= 1 else timedelta(seconds=1 / pace) + LATE


UNLIMITED = Limits()


@dataclass
class Stride:
    """How long this worker takes for a letter, as it has been going; a turn that it could not keep would be lost."""

    seconds: float = 0.01
    since: float | None = None

    def begun(self, now: float) -> None:
        """A letter is begun; `now` is a clock that only goes forward."""
        self.since = now

    def ended(self, now: float) -> None:
        """The letter that was begun last is over. One that hung tells nothing of the next."""
        if self.since is not None:
            self.seconds += (min(now - self.since, 0.1) - self.seconds) / 8
            self.since = None


@dataclass(frozen=True)
class Waiting:
    """A letter that asks for a turn, and the turn it was given before, if it was."""

    position: int
    domain: str
    turn: datetime | None = None


@dataclass
class Dealt:
    """Who goes, at which turn, if its domain has turns; who comes back when, and with which turn; and when each domain's next turn is free."""

    going: dict[int, datetime | None]
    later: dict[int, tuple[datetime, datetime | None]]
    free: dict[str, datetime]


def deal(letters: Sequence[Waiting], free: Mapping[str, datetime], limits: Limits, *, step: timedelta, at: datetime) -> Dealt:
    """Give each letter its turn. `step`: what the worker takes for a letter; a turn that it could not keep is not given."""
    dealt, ready = Dealt({}, {}, dict(free)), at
    for letter in letters:
        turn = letter.turn if letter.turn is not None and letter.turn + KEPT > ready else None
        if turn is None and (gap := limits.gap(letter.domain)) is not None:
            turn = max(dealt.free.get(letter.domain, at), ready)
            if turn > at + HORIZON:
                dealt.later[letter.position] = at + HORIZON / 2, None
                continue
            dealt.free[letter.domain] = turn + gap
        if turn is not None and turn > at + AHEAD:
            dealt.later[letter.position] = turn - AHEAD, turn
        else:
            dealt.going[letter.position] = turn
            ready += step
    return dealt


def read(typed: str) -> tuple[float | None, dict[str, float]]:
    """From a setting like `5 council.example=2`: the pace of every domain, if one is said, and those of their own."""
    pace, own = None, dict[str, float]()
    for word in typed.split():
        domain, named, number = word.rpartition("=")
        rate = float(number)
        if not rate > 0 or rate > 100_000:
            raise ValueError("a pace is a number of letters a second")
        if named:
            own[domain.lower()] = rate
        else:
            pace = rate
    return pace, own


def domain_of(address: str) -> str:
    """The mail domain of an address, as it is counted."""
    return address.rpartition("@")[2].lower()
