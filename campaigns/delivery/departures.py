"""Which letters have left, or may have: whatever must go to the same readers, and whatever only they can answer, asks here.

One that was to go once more though nobody knows whether it had gone may have gone, whatever became of it since; but not one that came back.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import MAYBE_TWICE, Delivery

LEFT = ("attempting", "accepted", "unknown", "held", "left")


def may_have_left(row: Delivery) -> bool:
    """Whether a letter may be in somebody's mailbox."""
    return row.state in LEFT or (row.maybe_twice and row.state != "returned")


def that_may_have_left() -> "sa.ColumnElement[bool]":
    """The same, asked of the database."""
    return sa.or_(col(Delivery.state).in_(LEFT), col(Delivery.maybe_twice) & (col(Delivery.state) != "returned"))


def number(session: Session, release_id: UUID) -> int:
    """How many letters of a release may have left: added up from chunks, so that a page can ask of a million."""
    figures = deliveries.counted(session, release_id)
    again = sa.select(sa.func.count()).where(col(Delivery.release_id) == release_id, MAYBE_TWICE)
    whatever_became = again.where(col(Delivery.state).not_in((*LEFT, "returned")))
    return sum(figures.get(state, 0) for state in LEFT) + session.scalars(whatever_became).one()
