"""When too much of a release is refused, or no answer is heard for letter after letter, it pauses itself and both parties are told: something
is wrong, and going on would make it worse.

The rule is pure; what was settled lately is counted for each release, in the transaction that settles it. After officers let it go on, the
count begins anew, so that it may pause again.
"""

from collections import Counter
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
MOST_UNHEARD = 500  # letters in a row without an answer to their dot


class RefusalCount(SQLModel, table=True):
    """Of one release, what was settled lately, and after how many letters in a row no answer was heard. No row until it has a refusal or a silence."""

    __tablename__ = "refusal_counts"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    settled: int
    refused: int
    by_policy: int
    unheard: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


def is_too_much(settled: int, refused: int) -> bool:
    """Whether, of what was settled lately, so much was refused that it is not the readers' addresses any more."""
    return refused >= FEWEST and refused * 3 > settled


def heard(session: Session, release_id: UUID, outcomes: Sequence[Outcome], *, at: datetime) -> bool:
    """Count what became of these letters; True where too many were refused or unheard, and the release is held. Letters put off count for neither."""
    kinds = Counter(outcome.kind for outcome in outcomes)
    count = session.get(RefusalCount, release_id, with_for_update=True, populate_existing=True) if kinds else None
    if count is None:
        if not (kinds["rejected"] or kinds["unknown"]):
            return False
        count = _begun(session, release_id)
    count.settled += kinds["accepted"] + kinds["rejected"]
    count.refused += kinds["rejected"]
    count.by_policy += sum(outcome.kind == "rejected" and verdicts.subject(outcome.said) == verdicts.POLICY for outcome in outcomes)
    count.unheard = count.unheard + len(outcomes) if kinds["unknown"] == len(outcomes) else 0
    session.add(count)
    if count.unheard > MOST_UNHEARD or is_too_much(count.settled, count.refused):
        schedules.hold(session, release_id, reason=_reason(count), at=at)
        count.settled = count.refused = count.by_policy = count.unheard = 0
        return True
    if count.settled > WINDOW:
        count.settled, count.refused, count.by_policy = count.settled // 2, count.refused // 2, count.by_policy // 2
    return False


def _begun(session: Session, release_id: UUID) -> RefusalCount:
    row = database.insert(session, RefusalCount).values(release_id=release_id, settled=0, refused=0, by_policy=0)
    session.exec(row.on_conflict_do_nothing())
    return session.get_one(RefusalCount, release_id, with_for_update=True, populate_existing=True)


def _reason(count: RefusalCount) -> str:
    if count.unheard > MOST_UNHEARD:
        return (
            f"Of {count.unheard:,} letters in a row it is not known whether they were taken, so it paused by itself. "
            "See what the mail relay says before you resume it."
        )
    policy = f", {count.by_policy:,} of them by a rule of the mail servers" if count.by_policy else ""
    return (
        f"Of the last {count.settled:,} letters {count.refused:,} were refused{policy}, so it paused by itself. "
        "See what was answered before you resume it."
    )
