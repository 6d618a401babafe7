"""The brake of one sending process: it leaves its relay alone for a while when that cannot be reached, or goes silent letter after letter.

Without it a silent relay would leave an unclear letter every few seconds, and an unreachable one would have every chunk claimed and given
back again and again. Other processes, with other relays, go on.
"""

import re
from dataclasses import dataclass, field

import structlog

from campaigns.delivery.transport import NO_RELAY, Outcome
from campaigns.foundation.timekeeper import seconds

DOWN, LONGEST_DOWN = 1.0, 10.0  # seconds until a relay that could not be reached is tried again, doubled each time
SILENT = 3  # domains after whose letters, one after another, it was silent: then the silence is the relay's and not theirs
QUIET, LONGEST_QUIET = 10.0, 160.0  # seconds until one that was silent is, doubled each time that the first letter meets silence again
MOST = 10  # times that are counted
TIMED_OUT = re.compile(r"(?!\d\d\d)(TimeoutError|.*\btimed out\b)")  # what we say of a wait that ended; a server's words begin with a code
logger = structlog.get_logger()


@dataclass
class Brake:
    """`silent`: the mail domains whose letters got no answer since the relay last answered; at `silent_from` of them it is left alone.

    `rests`, `downs`: how often in a row it was left alone for silence, and for being unreachable; `until`: when that ends, in `seconds()`.
    """

    silent: set[str] = field(default_factory=set)
    rests: int = 0
    downs: int = 0
    until: float = 0.0
    silent_from: float = SILENT

    @property
    def left(self) -> float:
        """For how many seconds the relay is still to be left alone."""
        return max(self.until - seconds(), 0.0)

    @property
    def is_wary(self) -> bool:
        """Whether its last letters met silence: then a letter at a time is tried."""
        return bool(self.silent)

    def heard(self, address: str, outcome: Outcome, *, probe: bool = False) -> bool:
        """Note what became of a letter; True: begin no other for now. Silence after a `probe` is its domain's, not the relay's."""
        if outcome.kind == "accepted" and not (self.downs or self.is_wary):
            return False
        if outcome.stage == NO_RELAY:
            _tell("the relay cannot be reached, and is tried every few seconds", outcome, already=self.downs)
            self.until = seconds() + min(DOWN * 2**self.downs, LONGEST_DOWN)
            self.downs = min(self.downs + 1, MOST)
            return True
        if outcome.kind == "unsent":
            return False
        self.downs = 0
        if probe:
            return False
        if not TIMED_OUT.match(outcome.said):
            self.silent, self.rests = set(), 0
            return False
        self.silent.add(address.rpartition("@")[2].lower())
        if len(self.silent) < self.silent_from:
            return False
        _tell("the relay says nothing after one letter and another, and is left alone for a while", outcome, already=self.rests)
        self.until = seconds() + min(QUIET * 2**self.rests, LONGEST_QUIET)
        self.rests = min(self.rests + 1, MOST)
        return True


def _tell(event: str, outcome: Outcome, *, already: int) -> None:
    """Say in the worker's log, once for as long as it lasts, why letters stay: what is tried again every few seconds would fill it."""
    if not already:
        logger.warning(event, said=outcome.said)
