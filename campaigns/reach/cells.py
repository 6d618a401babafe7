"""Cells: how often and since when an authority was touched in one role, by message, channel and grade, counted from the touches.

A projection for quick looks: counting it anew from nothing gives the same. What is read here is always current: slices that wait to be
recounted are counted from their touches there and then.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from campaigns.reach import slices
from campaigns.reach.slices import Stale
from campaigns.reach.touches import COUNTED, STANDING, Touch, standing

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


class Counted(NamedTuple):
    """How often an authority was touched in one role by one channel with one grade, and since when (see `moment`)."""

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
    # Whether a slice waited was asked first: whatever happens meanwhile, it is read whole from one of the two.
    kept: type[Cell | Sum] = Cell if message else Sum
    figures = [getattr(kept, name) for name in ("touches", "first_at", "last_at")]
    ready = _asked(kept, campaign_id, wanted, figures).where(col(kept.authority_code).not_in(waiting))
    return found + _rows(session, ready)


def moment(read: datetime) -> datetime:
    """`first` or `last` of what was counted, aware, in UTC: they come as the driver reads them, for there are thousands and few are looked at."""
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


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
    asked = _asked(Touch, campaign_id, wanted, _figures()).where(these)
    return _rows(session, asked.group_by(*_columns("authority_code", "role", "grade", "channel")))


def _asked(table: type[Cell | Sum | Touch], campaign_id: UUID, wanted: dict[str, Any], figures: Iterable[Any]) -> sa.Select[Any]:
    place = [getattr(table, name) for name in ("authority_code", "role", "channel", "grade")]
    touched, *times = figures
    columns = [*place, touched, *(sa.type_coerce(time, sa.DateTime()) for time in times)]
    shown = [column.label(name) for column, name in zip(columns, Counted._fields, strict=True)]
    mine = [col(table.campaign_id) == campaign_id, *(getattr(table, name) == value for name, value in wanted.items())]
    return sa.select(*shown).where(*mine)


def _rows(session: Session, asked: sa.Select[Any]) -> list[Counted]:
    # A page reads thousands of these, and each of their values several times: by the name of a row's column that takes five times as long.
    return [Counted._make(row) for row in session.connection().execute(asked).all()]


def _count(session: Session, campaign_id: UUID, codes: list[str] | None = None) -> None:
    """A slice at a time: of several together PostgreSQL, before it knows how many touches there are, looks through all of the campaign's."""
    slices_of = [{"of_code": code} for code in codes] if codes is not None else None

    def mine(table: type[Cell | Sum | Touch]) -> list[sa.ColumnElement[bool]]:
        campaign = col(table.campaign_id) == campaign_id
        return [campaign] if codes is None else [campaign, col(table.authority_code) == sa.bindparam("of_code")]

    for kept in (Cell, Sum):
        session.connection().execute(sa.delete(kept).where(*mine(kept)), slices_of)
    place = _columns("campaign_id", "authority_code", "role", "channel", "grade")
    message = sa.func.coalesce(Touch.message_id, sa.literal(NO_MESSAGE, sa.Uuid()))
    together = _columns("campaign_id", "authority_code", *COUNTED)
    from_touches = sa.select(*place, message, *_figures()).where(*mine(Touch), STANDING).group_by(*together)
    names = [column.name for column in sa.inspect(Cell).columns]
    session.connection().execute(sa.insert(Cell).from_select(names, from_touches), slices_of)
    names.remove("message_id")
    place = [getattr(Cell, name) for name in names[:5]]
    figures = (sa.func.sum(Cell.touches), sa.func.min(Cell.first_at), sa.func.max(Cell.last_at))
    summed = sa.select(*place, *figures).where(*mine(Cell)).group_by(*place)
    session.connection().execute(sa.insert(Sum).from_select(names, summed), slices_of)


def _columns(*names: str) -> list[Any]:
    return [getattr(Touch, name) for name in names]


def _figures() -> tuple[sa.ColumnElement[int], sa.ColumnElement[datetime], sa.ColumnElement[datetime]]:
    return sa.func.count(), sa.func.min(Touch.at), sa.func.max(Touch.at)
