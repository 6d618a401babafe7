"""More than one relay: the first is used while it works; when it does not, the next takes over at once, and the first comes back bit by bit.

Only a letter of which nothing can have been taken goes on to the next relay: the first could not be reached, or turned us away (421) before
the body. A letter whose dot may have gone stays with the relay that may have it, and says which that is.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaigns.delivery.transport import Ends, Envelope, MayGo, OneAtATime, Outcome, Transport, always
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import TAKING_OVER

BEFORE_THE_BODY = frozenset({"MAIL", "RCPT", "DATA"})
TURNED_AWAY = "421"  # RFC 5321 §3.8: the service closes
IN_A_ROW = 3  # letters that fail before a relay is given a rest: one alone may be an idle connection's end
SHORTEST_REST, LONGEST_REST = 10.0, 600.0  # seconds
WHOLE = 16  # of so many letters, a relay that comes back is given one, then two, four and eight


@dataclass
class Way:
    """One relay, and how it has been doing: how often it failed in a row, how many rests it was given, its share of the letters now."""

    name: str
    transport: Transport
    failures: int = 0
    rests: int = 0
    rested_at: float = 0.0
    share: int = WHOLE

    def rest(self, now: float) -> None:
        """Leave it alone for a while, each time for longer."""
        self.rested_at = now + min(SHORTEST_REST * 2**self.rests, LONGEST_REST)
        self.rests, self.failures, self.share = self.rests + 1, 0, 1

    def failed(self, now: float) -> None:
        """It turned a letter away, or fell silent in the middle of one."""
        self.failures += 1
        if self.failures >= IN_A_ROW:
            self.rest(now)

    def answered(self) -> None:
        """It took part in a conversation to its end: it gets more letters, and once it has all of them its rests are forgotten."""
        self.failures, self.share = 0, min(self.share * 2, WHOLE)
        if self.share == WHOLE:
            self.rests = 0


class Relays(OneAtATime):
    """A transport over several, in the order in which they are preferred. `now` is a clock that only goes forward.

    Every outcome ends with the relay's name, so that whoever resolves an unclear letter knows whose log to read.
    """

    def __init__(self, ways: Sequence[tuple[str, Transport]], *, now: Callable[[], float] = time.monotonic) -> None:
        self.ways, self.now = [Way(*way) for way in ways], now
        self._letters = 0
        self._promised: Way | None = None  # which relay was shown the letter that follows

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None) -> Outcome:
        """Hand one message to the first relay that takes part; see `Transport`. Raises `TryLater` when none can be reached in time."""
        begun = self.now()
        said: Outcome | TryLater = TryLater("No relay was asked")
        for way in self._in_order():
            if self.now() - begun > TAKING_OVER:  # a lease has no room for another relay's answers
                break
            self._promised = way if following is not None and way.share == WHOLE else None
            said = self._through(way, envelope, may_go, following if self._promised else None)
            if isinstance(said, Outcome) and not _is_turned_away(said):
                return said
            self._promised = None
        if isinstance(said, TryLater):
            raise said
        return said

    def close(self) -> None:
        """Say goodbye to each, if connected."""
        for way in self.ways:
            way.transport.close()

    def _through(self, way: Way, envelope: Envelope, may_go: MayGo, following: Ends | None) -> Outcome | TryLater:
        try:
            outcome = way.transport.deliver(envelope, may_go=may_go, following=following)
        except TryLater as fault:
            way.rest(self.now())
            return fault
        if outcome.kind == "unsent":  # it was not to go: that says nothing of the relay
            return outcome
        if outcome.said.startswith(TURNED_AWAY) or outcome.kind == "unknown" or not outcome.said[:1].isdigit():
            way.failed(self.now())
            self._promised = None  # what it was shown of the next letter went with the connection
        else:
            way.answered()
        return outcome._replace(said=f"{outcome.said[:400]} [{way.name}]")

    def _in_order(self) -> list[Way]:
        """Who is asked first: whoever was shown this letter already, then those that are well, then those that rest."""
        self._letters += 1
        turn, now = self._letters % WHOLE, self.now()
        promised, self._promised = self._promised, None
        well = [way for way in self.ways if way.rested_at <= now]
        mine = [way for way in well if turn < way.share]
        return list({id(way): way for way in [*([promised] if promised else []), *mine, *well, *self.ways]}.values())


def _is_turned_away(outcome: Outcome) -> bool:
    return outcome.kind == "deferred" and outcome.stage in BEFORE_THE_BODY and outcome.said.startswith(TURNED_AWAY)
