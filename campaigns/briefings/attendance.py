"""Who was there: ticks by authority and role, each of them evidence that an authority was briefed face to face.

Source: HELA paper, Annex 2 ("Face to face communications, at a regional level will be the most effective").
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing, Tour
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.reach.touches import BRIEFED, BRIEFING, Fact


class AttendanceRecorded(Event):
    """The sign-in sheet was entered or corrected."""

    present: int


class Attendance(SQLModel, table=True):
    """One tick: somebody in this role was there for this authority. Taken back, it stays as `present` false."""

    __tablename__ = "attendances"
    __table_args__ = (sa.UniqueConstraint("briefing_id", "authority_code", "role", name="uq_attendances_tick"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    authority_code: str
    role: str
    present: bool
    by: str
    at: datetime


def record(session: Session, briefing_id: UUID, ticks: Iterable[tuple[str, str]], *, by: Officer, at: datetime) -> bool:
    """Enter the whole sign-in sheet: (authority code, role) of everybody who was there. False if nothing changed.

    Refuses a briefing that has not been held.
    """
    officers.require_writer(by)
    if tours.get(session, briefing_id).state != "held":
        raise NotAllowedNow("Mark the briefing as held before you enter who was there.")
    wanted, rows = set(ticks), {(row.authority_code, row.role): row for row in sheet(session, briefing_id)}
    if wanted == {tick for tick, row in rows.items() if row.present}:
        return False
    for tick, row in rows.items():
        if row.present != (tick in wanted):
            row.sqlmodel_update({"present": tick in wanted, "by": by.name, "at": at})
            session.add(row)
    fresh = sorted(wanted - set(rows))
    session.add_all(
        Attendance(briefing_id=briefing_id, authority_code=code, role=role, present=True, by=by.name, at=at) for code, role in fresh
    )
    log.record(session, AttendanceRecorded(present=len(wanted)), subject=briefing_id, by=by.name, at=at)
    return True


def sheet(session: Session, briefing_id: UUID) -> list[Attendance]:
    """Every tick ever made for a briefing."""
    return list(session.exec(select(Attendance).where(Attendance.briefing_id == briefing_id)))


def present(session: Session, briefing_ids: Iterable[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """Who was there, by briefing."""
    found: dict[UUID, set[tuple[str, str]]] = {}
    ticks = select(Attendance).where(col(Attendance.briefing_id).in_(list(briefing_ids)), col(Attendance.present).is_(True))
    for row in session.exec(ticks):
        found.setdefault(row.briefing_id, set()).add((row.authority_code, row.role))
    return found


def briefed(session: Session, briefing_id: UUID) -> tuple[list[Fact], list[str]]:
    """What a sheet is evidence of: touches to put, and the evidence of ticks taken back or of a briefing that was not held after all.

    Locks the briefing, so that of two who hear of a sheet at once the later has the later sheet.
    """
    held = tours.get(session, briefing_id, lock=True).state == "held"
    query = (
        select(Attendance, Briefing, Tour)
        .join(Briefing, col(Briefing.id) == Attendance.briefing_id)
        .join(Tour, col(Tour.id) == Briefing.tour_id)
    )
    rows = session.exec(query.where(Attendance.briefing_id == briefing_id)).all()
    facts = [
        Fact(
            tour.campaign_id,
            row.authority_code,
            row.role,
            BRIEFED,
            f"attendance:{row.id}",
            briefing.starts_at or row.at,
            row.by,
            channel=BRIEFING,
        )
        for row, briefing, tour in rows
        if row.present and held
    ]
    return facts, [f"attendance:{row.id}" for row, *_ in rows if not (row.present and held)]
