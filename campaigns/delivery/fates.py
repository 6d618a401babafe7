"""What a relay's outcome makes of a letter: its new state, the reply that is kept, and whether and when it is tried again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from campaigns.delivery import retries, rooms, verdicts
from campaigns.delivery.retries import Plan
from campaigns.delivery.transport import Outcome
from campaigns.foundation import lifecycles

VERBS = {"accepted": "accept", "rejected": "reject", "deferred": "defer", "unknown": "lose", "unsent": "give back"}
VERBS |= {"unmade": "give back", "fell": "give back"}  # it could not be put together, or a worker ended with it in hand
ENDED_A_TRY = frozenset({"unmade", "fell"})  # three of these, and the letter is held
HEARD = frozenset({"accepted", "rejected", "deferred", "unknown"})  # a relay was tried
UNMADE_WAITS = timedelta(minutes=1)
LONGEST = 500  # characters of a reply that are kept
ACCEPTED = lifecycles.move(lifecycles.DELIVERY, "attempting", VERBS["accepted"])


class Letter(rooms.Letter, Protocol):
    """What is asked of a letter that was in hand. Its address is empty where it is not known."""

    @property
    def attempts(self) -> int:
        """How often it was tried before."""

    @property
    def first_at(self) -> datetime | None:
        """When a relay first answered for it, if one did before."""


@dataclass(frozen=True)
class InHand:
    """A letter known only to have been in hand: a journal or the database says so, and its address was not read."""

    position: int
    attempts: int = 0
    first_at: datetime | None = None
    falls: int = 0
    address: str = ""


class Fate(NamedTuple):
    """What becomes of a letter. `tried`: a relay was tried with it; `fell`: its worker died, or it could not be put together."""

    position: int
    address: str
    outcome: Outcome
    state: str
    reply: str
    at: datetime
    due_at: datetime
    tried: bool
    fell: bool
    given_up: bool = False


def of(letter: Letter, outcome: Outcome, *, release_id: UUID, plan: Plan, at: datetime) -> Fate:
    """What this outcome makes of a letter. Where there was no relay to talk to, it counts as not tried. A letter put off too often is given up."""
    if outcome.kind == "accepted":  # as nearly all are
        return Fate(letter.position, letter.address, outcome, ACCEPTED, _kept(outcome), at, at, tried=True, fell=False)
    outcome = verdicts.judged(outcome)
    due, given_up = at + UNMADE_WAITS if outcome.kind == "unmade" else at, False
    if outcome.kind == "deferred":
        again = retries.next_try(release_id, letter.position, letter.attempts + 1, first_at=letter.first_at or at, at=at, plan=plan)
        due, given_up = again or at, again is None
    if given_up:
        outcome = outcome._replace(kind="rejected", said=retries.given_up(outcome.said, plan))
    state = lifecycles.move(lifecycles.DELIVERY, "attempting", VERBS[outcome.kind])
    fell, tried = outcome.kind in ENDED_A_TRY, outcome.kind in HEARD
    return Fate(letter.position, letter.address, outcome, state, _kept(outcome), at, due, tried, fell, given_up)


def _kept(outcome: Outcome) -> str:
    return outcome.said[:LONGEST].replace("\0", " ")  # which PostgreSQL would not keep
