"""What became of letters after our relay took them: some come back, some are said to have arrived, and of most nothing more is heard.

A letter that came back is counted as written to no more; one of which nothing was heard for 72 hours is counted as not come back, and only
until it does. Each is a touch with its own evidence key; all three are about the letter, none about a person having read it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases, schedules
from campaigns.agreement.releases import Release
from campaigns.agreement.schedules import SendingResumed
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter
from campaigns.delivery import deliveries, pauses, unclear
from campaigns.delivery.chunk_joins import SameLetter
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.verp import Place
from campaigns.foundation import lifecycles, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.reach import touches
from campaigns.reach.touches import DELIVERED, LETTER, UNRETURNED, WRITTEN, Fact

QUIET = timedelta(hours=72)  # README, the life of a message, 7
QUIET_AT_ONCE = 20  # chunks that one look of the clock counts
GOING = ("queued", "attempting")
UNSETTLED = lifecycles.before(lifecycles.DELIVERY, "count as sent")
LONGEST_REASON = 500


class LetterReturned(Event):
    """A letter came back: it was not delivered."""

    chunk: UUID
    position: int
    permanent: bool
    status: str


class LettersCameBack(Event):
    """So many letters of a release came back that it is no more a matter of their readers' addresses."""

    letters: int


WEIGHED = (LettersCameBack.__name__, SendingResumed.__name__)


class LetterArrived(Event):
    """The reader's own mail server said that it has the letter."""

    chunk: UUID
    position: int


def reader(session: Session, place: Place) -> tuple[SealedLetter, str] | None:
    """A letter and the address it went to; empty once erased. None when there is no such letter."""
    letter = session.get(SealedLetter, (place.release_id, place.position))
    private = session.get(Particulars, (place.release_id, place.position))
    return None if letter is None else (letter, (private.address if private else None) or "")


def place_of(session: Session, release_id: UUID, person_id: UUID, *, named: str) -> Place | None:
    """The letter that a release sent to this person under this Message-ID, of an invitation there may be three; else the first it sent to them."""
    theirs = select(SealedLetter.position).join(Delivery, deliveries.SEALED).join(Particulars, PRIVATE)
    is_it = sa.case((col(Particulars.fields)["message_id"].as_string() == named, 0), else_=1)
    mine = theirs.where(SealedLetter.release_id == release_id, SealedLetter.person_id == person_id)
    position = session.exec(mine.order_by(is_it, col(SealedLetter.position)).limit(1)).first()
    return None if position is None else Place(release_id, position)


def is_in_hand(session: Session, place: Place) -> bool:
    """Whether it is not written down yet what became of a letter: news that came faster would be lost."""
    row = session.get(Delivery, (place.release_id, place.position))
    return row is not None and row.state == "attempting"


def come_back(session: Session, place: Place, *, permanent: bool, status: str, reason: str, at: datetime) -> bool:
    """Note that a letter came back. False, and nothing is changed, when it had come back before or had never gone."""
    row = deliveries.locked(session, place.release_id, place.position)
    if row is None or row.state not in lifecycles.before(lifecycles.DELIVERY, "bounce"):
        return False
    state = lifecycles.move(lifecycles.DELIVERY, row.state, "bounce")
    row.sqlmodel_update({"state": state, "reply": f"{status} {reason}".strip()[:LONGEST_REASON], "at": at})
    session.add(row)
    deliveries.recount(session, [row.chunk_id])
    event = LetterReturned(chunk=row.chunk_id, position=place.position, permanent=permanent, status=status)
    log.record(session, event, subject=place.release_id, by=COUNTERSIGN.name, at=at)
    _weigh(session, place.release_id, at)
    return True


def came_back_at(session: Session, place: Place) -> datetime | None:
    """When a letter was said to have come back, if it was."""
    row = session.get(Delivery, (place.release_id, place.position))
    return row.at if row is not None and row.state == "returned" else None


def _weigh(session: Session, release_id: UUID, at: datetime) -> None:
    """Where too many letters came back to be chance, tell both and hold the release (see pauses.py); let go on, the count begins anew."""
    figures = deliveries.tally(session, releases.get(session, release_id))
    went, back, since = figures["accepted"] + figures["returned"], figures["returned"], ""
    if not pauses.is_too_much(went, back):
        return  # of what went since neither, then: of what went before it was too much
    past = log.of_kinds(session, release_id, *WEIGHED)
    if any(entry.kind == LettersCameBack.__name__ for entry in past):
        if past[-1].kind == LettersCameBack.__name__:
            return  # told, and nobody has let it go on
        went, back, since = *_went_since(session, release_id, past[-1].at), " since it was resumed"
    if not pauses.is_too_much(went, back):
        return
    releases.get(session, release_id, lock=True)
    if log.of_kinds(session, release_id, *WEIGHED) == past:  # of two that come back at once, one is told of
        log.record(session, LettersCameBack(letters=figures["returned"]), subject=release_id, by=COUNTERSIGN.name, at=at)
        reason = f"Of {went:,} letters that the mail relay took{since} {back:,} came back. See why before you resume it."
        schedules.hold(session, release_id, reason=reason, at=at)


def _went_since(session: Session, release_id: UUID, at: datetime) -> tuple[int, int]:
    """How many letters that were taken in hand since then went, and how many of these came back."""
    back = sa.func.count().filter(col(Delivery.state) == "returned")
    since = sa.select(sa.func.count(), back).where(col(Delivery.release_id) == release_id, col(Delivery.tried_at) >= at)
    went, came_back = session.execute(since.where(col(Delivery.state).in_(("accepted", "returned")))).one()
    return went, came_back


def written(session: Session, chunk_id: UUID, same: SameLetter) -> sa.Select[Any]:
    """What a chunk's accepted letters are evidence of, as a query of touches: an authority was written to, in one role. `same`: see chunk_joins.py."""
    whose = select(Release.id, Release.campaign_id, Release.message_id).join(Chunk, col(Chunk.release_id) == Release.id)
    release_id, campaign_id, message_id = session.exec(whose.where(Chunk.id == chunk_id)).one()
    columns: dict[str, Any] = {
        "evidence": sa.literal(f"letter:{release_id}:") + sa.cast(Delivery.position, sa.String),
        "campaign_id": sa.literal(campaign_id, sa.Uuid()),
        "authority_code": SealedLetter.authority_code,
        "role": SealedLetter.role,
        "grade": sa.literal(WRITTEN),
        "at": Delivery.at,
        "by": sa.func.coalesce(Delivery.vouched_by, COUNTERSIGN.name),
        "channel": sa.literal(LETTER),
        "message_id": sa.literal(message_id, sa.Uuid()),
    }
    query = (
        sa.select(*(column.label(name) for name, column in columns.items())).select_from(Delivery).join(SealedLetter, same(SealedLetter))
    )
    return query.where(col(Delivery.chunk_id) == chunk_id, col(Delivery.state) == "accepted", col(SealedLetter.authority_code) != "")


def arrive(session: Session, place: Place, *, at: datetime) -> bool:
    """Note that the reader's own server has a letter, which settles whether it went. False for one that came back, or was never sent."""
    row = deliveries.locked(session, place.release_id, place.position)
    if row is not None and row.state in UNSETTLED:
        unclear.arrived(session, row, at=at)
    if row is None or row.state != "accepted":
        return False
    log.record(session, LetterArrived(chunk=row.chunk_id, position=place.position), subject=place.release_id, by=COUNTERSIGN.name, at=at)
    return True


def arrived(session: Session, place: Place, *, at: datetime) -> list[Fact]:
    """The fact that one letter arrived; none once it came back, or where that stands already."""
    return _facts(session, DELIVERED, Delivery.release_id == place.release_id, Delivery.position == place.position, at=at)


def about(session: Session, place: Place, grade: str, *, evidence: str, by: str, at: datetime) -> list[Fact]:
    """A fact about whoever one letter went to, on evidence that is not the letter's own; none where they are at no authority."""
    letter, release = session.get(SealedLetter, (place.release_id, place.position)), session.get_one(Release, place.release_id)
    if letter is None or not letter.authority_code:
        return []
    return [Fact(release.campaign_id, letter.authority_code, letter.role, grade, evidence, at, by, message_id=release.message_id)]


def gone_back(session: Session, chunk_id: UUID) -> list[str]:
    """The evidence that letters of a chunk gave until they came back."""
    rows = select(Delivery.release_id, Delivery.position).where(Delivery.chunk_id == chunk_id, Delivery.state == "returned")
    return [f"{kind}:{release}:{position}" for release, position in session.exec(rows) for kind in ("letter", DELIVERED, UNRETURNED)]


def quiet_chunks(session: Session, *, at: datetime) -> list[UUID]:
    """Chunks whose last letter went 72 hours ago or earlier and that were not counted yet, `QUIET_AT_ONCE` at the most."""
    late = (col(Delivery.state) == "accepted") & (col(Delivery.at) > at - QUIET)
    busy = select(Delivery.position).where(Delivery.chunk_id == Chunk.id, sa.or_(col(Delivery.state).in_(GOING), late))
    ripe = select(Chunk.id).where(col(Chunk.counted_at).is_(None), Chunk.not_before <= at - QUIET, col(Chunk.claim).is_(None))
    return list(session.exec(ripe.where(~busy.exists()).order_by(col(Chunk.not_before)).limit(QUIET_AT_ONCE)))


def count_quiet(session: Session, chunk_id: UUID, *, at: datetime) -> list[Fact]:
    """The facts that a chunk's accepted letters have not come back, without those that stand already. The chunk counts once: asked again, none."""
    mine = sa.update(Chunk).where(col(Chunk.id) == chunk_id, col(Chunk.counted_at).is_(None)).values(counted_at=at)
    if not session.exec(mine.returning(col(Chunk.id))).all():
        return []
    return _facts(session, UNRETURNED, Delivery.chunk_id == chunk_id, at=at)


def _facts(session: Session, grade: str, *which: bool, at: datetime) -> list[Fact]:
    query = select(Delivery.position, SealedLetter, Release).join(SealedLetter, deliveries.SEALED)
    found = session.exec(query.join(Release, col(Release.id) == Delivery.release_id).where(*which, Delivery.state == "accepted"))
    facts = [
        Fact(
            release.campaign_id,
            letter.authority_code,
            letter.role,
            grade,
            f"{grade}:{release.id}:{position}",
            at,
            COUNTERSIGN.name,
            message_id=release.message_id,
        )
        for position, letter, release in found
        if letter.authority_code
    ]
    return touches.unsaid(session, facts)
