"""Who each letter was to, as a class of records: of which releases it is due to go, and how it goes, some letters at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences.legal_holds import Covered
from campaigns.agreement import censuses, sealed
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import deliveries
from campaigns.foundation.officers import Officer

KEY = "letters"
ENDED = frozenset({"sent", "withdrawn", "missed", "lapsed", "returned", "superseded", "unsealed"})
AT_ONCE = 20_000  # letters in one transaction: a quarter of a second, in which nobody else can write
PERSONAL = col(Particulars.address).is_not(None) | col(Particulars.salt).is_not(None)


def due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Releases that ended before `cutoff` whose readers' particulars are still kept."""
    kept = sa.exists().where(col(Particulars.release_id) == col(Release.id), PERSONAL)
    found = session.exec(select(Release.id).where(_ended(cutoff), kept).order_by(col(Release.submitted_at)))
    return [release for release in found if not _is_held(session, release, covered)]


def is_due(session: Session, release_id: UUID, cutoff: datetime, covered: Covered) -> bool:
    """Whether a release that was due a moment ago still is."""
    ended = session.exec(select(Release.id).where(Release.id == release_id, _ended(cutoff))).first() is not None
    return ended and not _is_held(session, release_id, covered)


def parts(session: Session, release_id: UUID) -> list[range]:
    """The places of a release's letters of which anything personal is kept, in parts of as many as one transaction may blank.

    The first places come last: `is_due` looks from the front, and so finds at once that something is left.
    """
    kept = select(Particulars.position).where(Particulars.release_id == release_id, PERSONAL)
    first = session.exec(kept.order_by(col(Particulars.position)).limit(1)).first()
    last = session.exec(kept.order_by(col(Particulars.position).desc()).limit(1)).first()
    if first is None or last is None:
        return []
    return [range(start, min(start + AT_ONCE, last + 1)) for start in range(first, last + 1, AT_ONCE)][::-1]


def forget_part(session: Session, release_id: UUID, places: range) -> None:
    """Names, addresses, values and salts of these letters go, and what the relay said; done twice it does no harm."""
    censuses.take_out(session, release_id, col(SealedLetter.position).between(places.start, places.stop - 1))
    deliveries.forget_replies(session, release_id, places)
    sealed.forget(session, release_id, places)


def forget(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """Whatever is still kept of these releases goes; the leaves, the counts and both signatures stay. Gives of how many anything was kept."""
    left = {release: parts(session, release) for release in ids}
    for release, all_of_it in left.items():
        for places in all_of_it:
            forget_part(session, release, places)
    return sum(map(bool, left.values()))


def _ended(cutoff: datetime) -> "sa.ColumnElement[bool]":
    before = sa.func.coalesce(col(Release.ended_at), col(Release.submitted_at)) < cutoff
    return before & col(Release.state).in_(ENDED)


def _is_held(session: Session, release_id: UUID, covered: Covered) -> bool:
    to_them = bool(covered.people) and sealed.is_to_any(session, release_id, covered.people)
    return release_id in covered.releases or to_them or any(_names(session, release_id, text) for text in covered.texts)


def _names(session: Session, release_id: UUID, text: str) -> bool:
    """Whether a reader's name or address, as it was sealed, holds a text."""
    said = col(Particulars.address), col(Particulars.fields)["name"].as_string()
    holding = sa.or_(*(one.icontains(text, autoescape=True) for one in said))
    return session.exec(select(Particulars.position).where(Particulars.release_id == release_id, holding).limit(1)).first() is not None
