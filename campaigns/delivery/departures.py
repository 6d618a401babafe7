"""Which letters have left, or may have: whatever must go to the same readers, and whatever only they can answer, asks here.

One that was to go once more though nobody knows whether it had gone may have gone, whatever became of it since; but not one that came back.
"""

import sqlalchemy as sa
from sqlmodel import col

from campaigns.delivery.deliveries import Delivery

LEFT = ("attempting", "accepted", "unknown", "held", "left")


def may_have_left(row: Delivery) -> bool:
    """Whether a letter may be in somebody's mailbox."""
    return row.state in LEFT or (row.maybe_twice and row.state != "returned")


def that_may_have_left() -> "sa.ColumnElement[bool]":
    """The same, asked of the database."""
    return sa.or_(col(Delivery.state).in_(LEFT), col(Delivery.maybe_twice) & (col(Delivery.state) != "returned"))
