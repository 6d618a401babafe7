"""What an outcome makes of a letter: its state, its last words, and when it is tried again or given up; and what several tell together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from campaigns.delivery import domains, errors, retries
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.domains import Room
from campaigns.delivery.retries import NOT_TRIED, Plan
from campaigns.delivery.transport import Outcome
from campaigns.foundation import lifecycles, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN

SETTLED = {"accepted": "accept", "rejected": "reject", "deferred": "defer", "unknown": "lose"}
RELAY_DOWN = timedelta(seconds=10)
LONGEST = 500  # characters of a reply that are kept


class LettersGivenUp(Event):
    """Letters that had been put off again and again were given up."""

    letters: int


def of(outcome: Outcome, row: Delivery, plan: Plan, *, at: datetime) -> dict[str, Any]:
    """The columns of a letter that was being attempted, after this outcome (see `verdicts.judged`). `attempts` counts the one that ended.

    A letter for which there was no relay to talk to was not tried: that counts neither as a try nor as the first one.
    """
    state = lifecycles.move(lifecycles.DELIVERY, "attempting", SETTLED[outcome.kind])
    columns: dict[str, Any] = {"state": state, "stage": outcome.stage, "reply": outcome.said[:LONGEST], "at": at, "due_at": at}
    if outcome.stage == NOT_TRIED:
        return columns | {"due_at": at + RELAY_DOWN, "attempts": max(row.attempts - 1, 0)}
    columns["first_at"] = first_at = row.first_at or at
    if outcome.kind != "deferred":
        return columns
    due = retries.next_try(row.release_id, row.position, row.attempts, first_at=first_at, at=at, plan=plan)
    if due is not None:
        return columns | {"due_at": due}
    rejected = lifecycles.move(lifecycles.DELIVERY, "attempting", "reject")
    return columns | {"state": rejected, "reply": retries.given_up(outcome.said, plan)[:LONGEST]}


def heard(
    session: Session, release_id: UUID, room: Room, outcomes: Sequence[tuple[str, Outcome]], *, given_up: int = 0, at: datetime
) -> bool:
    """Keep what outcomes, each with its letter's address, say of the domains and of the whole release; True: too much of it is refused, it is held.

    Called in the transaction that settles them. `given_up`: how many of them were put off for the last time.
    """
    if given_up:
        log.record(session, LettersGivenUp(letters=given_up), subject=release_id, by=COUNTERSIGN.name, at=at)
    domains.heard(session, room, outcomes, at=at)
    return errors.heard(session, release_id, [outcome for _, outcome in outcomes], at=at)
