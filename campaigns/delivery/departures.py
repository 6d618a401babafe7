"""Which letters have left, or may have: whatever must go to the same readers, and whatever only they can answer, asks here.

One that was to go once more though nobody knows whether it had gone may have gone, whatever became of it since; but not one that came back.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import MAYBE_TWICE, SEALED, Delivery

LEFT = ("attempting", "accepted", "unknown", "held", "left")


def may_have_left(row: Delivery) -> bool:
    """Whether a letter may be in somebody's mailbox."""
    return row.state in LEFT or (row.maybe_twice and row.state != "returned")


def may_be_answered(row: Delivery) -> bool:
    """Whether its reader may hold it: also where it is said to have come back, as whoever answers it has it."""
    return may_have_left(row) or row.state == "returned"


def that_may_have_left() -> "sa.ColumnElement[bool]":
    """The same, asked of the database."""
    return sa.or_(col(Delivery.state).in_(LEFT), col(Delivery.maybe_twice) & (col(Delivery.state) != "returned"))


def some_went() -> "sa.ColumnElement[bool]":
    """As an SQL condition on releases: whether any letter of it left or may have, those that came back included."""
    theirs = col(Delivery.release_id) == col(Release.id)
    return sa.exists().where(theirs, sa.or_(that_may_have_left(), col(Delivery.state) == "returned"))


def went(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of these releases, by id, of which any did: counted by chunks, as a list asks of every release there was."""
    if not ids:
        return set()
    counts = deliveries.counted_each(session, ids, *LEFT, "returned")
    again = select(Delivery.release_id).where(col(Delivery.release_id).in_(ids), MAYBE_TWICE)  # whatever became of them since
    return {release_id for release_id, figures in counts.items() if any(figures.values())} | set(session.exec(again.distinct()))


def number(session: Session, release_id: UUID) -> int:
    """How many letters of a release may have left: added up from chunks, so that a page can ask of a million."""
    figures = deliveries.counted(session, release_id)
    again = sa.select(sa.func.count()).where(col(Delivery.release_id) == release_id, MAYBE_TWICE)
    whatever_became = again.where(col(Delivery.state).not_in((*LEFT, "returned")))
    return sum(figures.get(state, 0) for state in LEFT) + session.scalars(whatever_became).one()


def readers(session: Session, release: Release) -> tuple[int, int]:
    """To how many readers of a release letters may have gone, of how many; without those that a worker has in hand."""
    said, in_hand = releases.said(release), deliveries.counted(session, release.id).get("attempting", 0)
    if said is None or not said.is_invitation:
        return number(session, release.id) - in_hand, release.people
    theirs = select(sa.func.count(sa.distinct(col(SealedLetter.person_id)))).join(Delivery, SEALED)  # who was also reminded is one reader
    gone = that_may_have_left() & (col(Delivery.state) != "attempting")
    return session.exec(theirs.where(SealedLetter.release_id == release.id, gone)).one(), said.readers
