"""Cells: how often and since when an authority was touched in one role, by message, channel and grade, counted from the touches.

A projection for quick looks: counting it anew from nothing gives the same. What is read here is always current: slices that wait to be
recounted are counted from their touches there and then.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from campaigns.reach import slices
from campaigns.reach.slices import Stale
from campaigns.reach.touches import STANDING, Touch, standing

NO_MESSAGE = UUID(int=0)  # a touch about no message in particular


class Cell(SQLModel, table=True):
    """One row per authority, role, campaign, message, channel and grade there is evidence for."""

    __tablename__ = "coverage_cells"
    __table_args__ = (sa.Index("ix_coverage_cells_message", "campaign_id", "message_id"),)

    campaign_id: UUID = Field(primary_key=True)
    authority_code: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    grade: str = Field(primary_key=True)
    message_id: UUID = Field(primary_key=True)
    touches: int
    first_at: datetime
    last_at: datetime


class Sum(SQLModel, table=True):
    """The same with all messages together, so that a campaign's page reads few rows."""

    __tablename__ = "coverage_sums"

    campaign_id: UUID = Field(primary_key=True)
    authority_code: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    grade: str = Field(primary_key=True)
    touches: int
    first_at: datetime
    last_at: datetime


SHOWN = ("authority_code", "role", "channel", "grade", "touches", "first_at", "last_at")


class Counted(NamedTuple):
    """How often an authority was touched in one role by one channel with one grade, and since when; as SHOWN."""

    code: str
    role: str
    channel: str
    grade: str
    touches: int
    first: datetime
    last: datetime


def counted(
    session: Session, campaign_id: UUID, *, role: str = "", channel: str = "", message: UUID | None = None, at: datetime | None = None
) -> list[Counted]:
    """How a campaign's authorities were touched, now or at a moment; an empty choice means all."""
    wanted = {name: value for name, value in {"role": role, "channel": channel, "message_id": message}.items() if value}
    if at is not None:
        return _live(session, campaign_id, standing(at=at), wanted)
    waiting = slices.of_campaign(session, campaign_id)
    found = _live(session, campaign_id, STANDING & col(Touch.authority_code).in_(waiting), wanted) if waiting else []
    kept: type[Cell | Sum] = Cell if message else Sum
    ready = sa.select(*(getattr(kept, name) for name in SHOWN)).where(*_are(kept, campaign_id, wanted))
    # Whether a slice waited was asked first: whatever happens meanwhile, it is read whole from one of the two.
    return [*found, *(Counted(*row) for row in session.execute(ready.where(col(kept.authority_code).not_in(waiting))))]


def recount_stale(session: Session, *, limit: int) -> int:
    """Recount some of the slices that wait for it; gives how many it took."""
    taken = slices.take(session, limit)
    for campaign_id in {campaign for campaign, _ in taken}:
        _count(session, campaign_id, [code for campaign, code in taken if campaign == campaign_id])
    return len(taken)


def recount(session: Session, campaign_id: UUID) -> None:
    """Count a whole campaign from nothing."""
    touched = sa.select(*_columns("campaign_id", "authority_code")).where(col(Touch.campaign_id) == campaign_id).distinct()
    slices.mark_all(session, touched)  # no slice can be counted by anybody else until we are done
    slices.clear(session, col(Stale.campaign_id) == campaign_id)
    _count(session, campaign_id)


def _live(session: Session, campaign_id: UUID, these: sa.ColumnElement[bool], wanted: dict[str, Any]) -> list[Counted]:
    place = _columns("authority_code", "role", "channel", "grade")
    found = sa.select(*place, *_figures()).where(*_are(Touch, campaign_id, wanted), these)
    return [Counted(*row) for row in session.execute(found.group_by(*place))]


def _are(table: type[Cell | Sum | Touch], campaign_id: UUID, wanted: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [col(table.campaign_id) == campaign_id, *(getattr(table, name) == value for name, value in wanted.items())]


def _count(session: Session, campaign_id: UUID, codes: list[str] | None = None) -> None:
    def mine(table: type[Cell | Sum | Touch]) -> list[sa.ColumnElement[bool]]:
        campaign = col(table.campaign_id) == campaign_id
        return [campaign] if codes is None else [campaign, col(table.authority_code).in_(codes)]

    for kept in (Cell, Sum):
        session.exec(sa.delete(kept).where(*mine(kept)))
    place = _columns("campaign_id", "authority_code", "role", "channel", "grade", "message_id")
    message = sa.func.coalesce(Touch.message_id, sa.literal(NO_MESSAGE, sa.Uuid()))
    from_touches = sa.select(*place[:-1], message, *_figures()).where(*mine(Touch), STANDING).group_by(*place)
    names = [column.name for column in sa.inspect(Cell).columns]
    session.exec(sa.insert(Cell).from_select(names, from_touches))
    names.remove("message_id")
    place = [getattr(Cell, name) for name in names[:5]]
    figures = (sa.func.sum(Cell.touches), sa.func.min(Cell.first_at), sa.func.max(Cell.last_at))
    session.exec(sa.insert(Sum).from_select(names, sa.select(*place, *figures).where(*mine(Cell)).group_by(*place)))


def _columns(*names: str) -> list[Any]:
    return [getattr(Touch, name) for name in names]


def _figures() -> tuple[sa.ColumnElement[int], sa.ColumnElement[datetime], sa.ColumnElement[datetime]]:
    return sa.func.count(), sa.func.min(Touch.at), sa.func.max(Touch.at)
