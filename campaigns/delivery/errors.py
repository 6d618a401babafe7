"""When too much of a release is refused, it pauses itself and both parties are told: something is wrong, and going on would make it worse.

The rule is pure; what was settled lately is counted for each release, in the transaction that settles it. After officers let it go on, the
count begins anew, so that it may pause again.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Session, SQLModel

from campaigns.agreement import schedules
from campaigns.delivery import verdicts
from campaigns.delivery.transport import Outcome
from campaigns.foundation import database

FEWEST = 20  # refusals; fewer are always told of and never stop anything
WINDOW = 1000  # letters, after which older ones count half


class RefusalCount(SQLModel, table=True):
    """Of one release, what was settled lately; nothing until its first refusal."""

    __tablename__ = "refusal_counts"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    settled: int
    refused: int
    by_policy: int


def is_too_much(settled: int, refused: int) -> bool:
    """Whether, of what was settled lately, so much was refused that it is not the readers' addresses any more."""
    return refused >= FEWEST and refused * 3 > settled


def heard(session: Session, release_id: UUID, outcomes: Sequence[Outcome], *, at: datetime) -> bool:
    """Count what was settled, and hold the release when too much was refused: then True. Letters put off or unclear do not count."""
    refused = [outcome for outcome in outcomes if outcome.kind == "rejected"]
    settled = len(refused) + sum(outcome.kind == "accepted" for outcome in outcomes)
    if not settled:
        return False
    by_policy = sum(verdicts.subject(outcome.said) == verdicts.POLICY for outcome in refused)
    count = session.get(RefusalCount, release_id, with_for_update=True, populate_existing=True)
    if count is None:
        if not refused:
            return False
        count = _begun(session, release_id)
    count.settled, count.refused, count.by_policy = count.settled + settled, count.refused + len(refused), count.by_policy + by_policy
    if is_too_much(count.settled, count.refused):
        schedules.hold(session, release_id, reason=_reason(count), at=at)
        count.settled = count.refused = count.by_policy = 0
        session.add(count)
        return True
    if count.settled > WINDOW:
        count.settled, count.refused, count.by_policy = count.settled // 2, count.refused // 2, count.by_policy // 2
    session.add(count)
    return False


def _begun(session: Session, release_id: UUID) -> RefusalCount:
    row = database.insert(session, RefusalCount).values(release_id=release_id, settled=0, refused=0, by_policy=0)
    session.exec(row.on_conflict_do_nothing())
    return session.get_one(RefusalCount, release_id, with_for_update=True, populate_existing=True)


def _reason(count: RefusalCount) -> str:
    policy = f", {count.by_policy:,} of them by a rule of the mail servers" if count.by_policy else ""
    return (
        f"Of the last {count.settled:,} letters {count.refused:,} were refused{policy}, so it paused by itself. "
        "See what was answered before you let it go on."
    )
