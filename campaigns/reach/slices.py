"""A slice: what touched one authority in one campaign. Whoever changes a touch marks its slice stale; whoever recounts it clears the mark.

A mark is the slice's lock as well: it is cleared in the transaction that recounts, and whoever marks it again meanwhile waits for that to end,
so that no change is ever missed.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import database

Slice = tuple[UUID, str]  # campaign and authority
ROWS_A_STATEMENT = 5_000


class Stale(SQLModel, table=True):
    """A slice whose touches have changed since it was last counted."""

    __tablename__ = "stale_slices"

    campaign_id: UUID = Field(primary_key=True)
    authority_code: str = Field(primary_key=True)


def mark(session: Session, slices: Iterable[Slice]) -> None:
    """These are to be recounted. In one order always, so that two who mark the same never wait for each other."""
    rows = [{"campaign_id": campaign, "authority_code": code} for campaign, code in sorted(set(slices))]
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        _put(session, _insert(session).values(rows[start : start + ROWS_A_STATEMENT]))


def mark_all(session: Session, found: sa.Select[Any]) -> None:
    """Every slice a query finds is to be recounted."""
    columns = ["campaign_id", "authority_code"]
    _put(session, _insert(session).from_select(columns, found.where(sa.true()).order_by(*columns)))  # SQLite asks for the WHERE


def take(session: Session, limit: int) -> list[Slice]:
    """Clear the marks of some stale slices, by chance so that none waits for ever; the caller recounts them in this transaction."""
    waiting = select(Stale).order_by(sa.func.random()).limit(limit).with_for_update(skip_locked=True)
    taken = [(row.campaign_id, row.authority_code) for row in session.exec(waiting)]
    clear(session, sa.tuple_(col(Stale.campaign_id), col(Stale.authority_code)).in_(taken))
    return taken


def clear(session: Session, these: sa.ColumnElement[bool]) -> None:
    """Forget marks."""
    session.exec(sa.delete(Stale).where(these))


def of_campaign(session: Session, campaign_id: UUID) -> list[str]:
    """The authorities whose slices of a campaign wait to be recounted."""
    return list(session.exec(select(Stale.authority_code).where(Stale.campaign_id == campaign_id)))


def _insert(session: Session) -> Any:
    return database.insert(session, Stale)


def _put(session: Session, insert: Any) -> None:
    # Writing a mark that is there already locks it: it cannot be cleared until we are done.
    again = {"authority_code": insert.excluded.authority_code}
    session.exec(insert.on_conflict_do_update(index_elements=["campaign_id", "authority_code"], set_=again))
