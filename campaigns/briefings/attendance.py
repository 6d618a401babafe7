"""Who was there, row by row: each of them evidence that an authority was briefed face to face.

A row is a person, by their post or the name they wrote; a tick for somebody of a role; or a head-count. However many there are of one
authority and role, together they are one touch. Source: HELA paper, Annex 2 ("Face to face communications, at a regional level will be the
most effective").
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing, Tour
from campaigns.foundation import clock, log, officers
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.reach.touches import BRIEFED, BRIEFING, Fact

PRESENT, APOLOGIES, TAKEN_BACK = ("present", "apologies", "taken back")
LIST, SCAN, PAPER, COUNT = ("list", "scan", "paper", "count")

Seat = tuple[str, str]  # an authority's code and a role


class AttendanceRecorded(Event):
    """The sign-in sheet was entered or corrected."""

    present: int


class AttendanceCompleted(Event):
    """The list of who was there is complete: what follows the briefing may go by it."""

    present: int


class Attendance(SQLModel, table=True):
    """One row per attendee, tick or head-count; taken back, it stays. `body_code`: of no authority; `digest`: who, so each has one row."""

    __tablename__ = "attendances"
    __table_args__ = (sa.UniqueConstraint("briefing_id", "digest", name="uq_attendances_attendee"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    authority_code: str | None = None
    body_code: str | None = None
    role: str
    person_id: UUID | None = Field(default=None, index=True)
    name: str = ""
    status: str = PRESENT
    how: str = LIST
    number: int = 1
    digest: str
    by: str
    at: datetime

    @property
    def seat(self) -> Seat:
        """Where they come from, and their role."""
        return self.authority_code or self.body_code or "", self.role


def record(
    session: Session, briefing_id: UUID, ticks: Iterable[Seat], *, shown: Iterable[Seat] | None = None, by: Officer, at: datetime
) -> bool:
    """Enter the sheet of ticks: (authority code, role) of every role that was there. False if nothing changed.

    `shown`: the ticks that stood when the sheet was opened; only what differs from them is entered, so that two officers do not undo each
    other. None: it is the whole sheet. Rows with names and head-counts stay. Refuses a briefing that has not been held.
    """
    officers.require_writer(by)
    require_held(tours.get(session, briefing_id, lock=True))
    rows = sheet(session, briefing_id)
    ticked = {row.seat: row for row in rows if row.digest == tick(row.seat)}
    now, named = seats(ticked.values()), seats(row for row in rows if row.digest != tick(row.seat))
    ticks, before = set(ticks), now if shown is None else set(shown)
    wanted = (now | (ticks - before)) - (before - ticks) - named
    if wanted == now:
        return False
    for seat, row in ticked.items():
        if (seat in wanted) != (row.status == PRESENT):
            set_status(session, row, PRESENT if seat in wanted else TAKEN_BACK, by=by.name, at=at)
    for code, role in sorted(wanted - set(ticked)):
        seat = (code, role)
        session.add(Attendance(briefing_id=briefing_id, authority_code=code, role=role, digest=tick(seat), by=by.name, at=at))
    tell(session, briefing_id, by=by.name, at=at)
    return True


def complete(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> bool:
    """The list of who was there is complete; False if it was already. It may be corrected afterwards, which is recorded.

    Refuses a briefing that has not been held or still goes on, as letters to who did not come cannot be called back; and a list of nobody:
    mark the group as declined, or enter who came.
    """
    officers.require_writer(by)
    briefing = tours.get(session, briefing_id, lock=True)
    require_held(briefing)
    if briefing.list_completed_at is not None:
        return False
    if briefing.until and at < briefing.until:
        raise NotAllowedNow(
            f"The briefing lasts until {clock.say(briefing.until)}, and somebody may still come. Say after that that the list is complete."
        )
    if not (there := seats(standing(session, briefing_id))):
        raise NotAllowedNow("Nobody is on the list yet. Enter who was there before you say that the list is complete.")
    briefing.list_completed_at = at
    session.add(briefing)
    log.record(session, AttendanceCompleted(present=len(there)), subject=briefing_id, by=by.name, at=at)
    return True


def sheet(session: Session, briefing_id: UUID) -> list[Attendance]:
    """Every row ever made for a briefing."""
    every = select(Attendance).where(Attendance.briefing_id == briefing_id)
    return list(session.exec(every.order_by(col(Attendance.at), col(Attendance.id))))


def standing(session: Session, briefing_id: UUID) -> list[Attendance]:
    """The rows that were not taken back, the first entered first."""
    return sheets(session, [briefing_id]).get(briefing_id, [])


def sheets(session: Session, briefing_ids: Iterable[UUID]) -> dict[UUID, list[Attendance]]:
    """The same of several briefings, by briefing."""
    found: dict[UUID, list[Attendance]] = {}
    theirs = select(Attendance).where(col(Attendance.briefing_id).in_(list(briefing_ids)), Attendance.status != TAKEN_BACK)
    for row in session.exec(theirs.order_by(col(Attendance.at), col(Attendance.id))):
        found.setdefault(row.briefing_id, []).append(row)
    return found


def present(session: Session, briefing_id: UUID) -> set[Seat]:
    """Which roles of which authorities (or bodies) were there."""
    return seats(standing(session, briefing_id))


def seats(rows: Iterable[Attendance]) -> set[Seat]:
    """The same, as these rows say."""
    return {row.seat for row in rows if row.status == PRESENT}


def apologies(rows: Iterable[Attendance]) -> int:
    """How many said that they could not come."""
    return sum(row.status == APOLOGIES for row in rows)


def heads(rows: Iterable[Attendance]) -> int:
    """How many people these rows say were there. A tick beside names, and names within a head-count, are nobody more."""
    by_seat: dict[Seat, list[Attendance]] = {}
    for row in rows:
        if row.status == PRESENT:
            by_seat.setdefault(row.seat, []).append(row)
    return sum(_heads(there) for there in by_seat.values())


def awaits_the_list(briefing: Briefing, row: Attendance, members: Collection[str]) -> bool:
    """Whether a line counts only once the list is complete: a sign-in by the link, which may be passed on, by somebody from elsewhere.

    `members`: the codes of the authorities that meet in the group, or did until they came to an end.
    """
    stranger = row.seat[0] not in {briefing.group_code, *members}
    return stranger and row.how == SCAN and row.status == PRESENT and briefing.list_completed_at is None


def briefed(session: Session, briefing_id: UUID, *, members: Collection[str]) -> tuple[list[Fact], list[str]]:
    """What a sheet is evidence of: a touch for each authority and role, and the evidence keys of those that no longer hold.

    `members`: see `awaits_the_list`. Apologies are no touch, and a body is no authority. Locks the briefing, so that of two who count the
    same sheet the later one sees the later sheet.
    """
    briefing = tours.get(session, briefing_id, lock=True)
    campaign = session.exec(select(Tour.campaign_id).where(Tour.id == briefing.tour_id)).one()
    rows = [row for row in sheet(session, briefing_id) if row.authority_code is not None]
    there: dict[Seat, Attendance] = {}
    for row in rows:
        if briefing.state == "held" and row.status == PRESENT and not awaits_the_list(briefing, row, members):
            there.setdefault(row.seat, row)
    facts = [_fact(campaign, briefing, row) for row in there.values()]
    return facts, sorted({_evidence(briefing_id, row.seat) for row in rows if row.seat not in there})


def signed_in(session: Session, authority_code: str) -> list[UUID]:
    """The briefings to which somebody signed in for this authority by the link, and whose list is not complete."""
    theirs = Attendance.authority_code == authority_code, Attendance.how == SCAN, col(Briefing.list_completed_at).is_(None)
    found = select(Briefing.id).join(Attendance, col(Attendance.briefing_id) == Briefing.id).where(*theirs)
    return list(session.exec(found.distinct().order_by(col(Briefing.id))))


def evidence(briefing_id: UUID) -> str:
    """The beginning of every evidence key of a briefing's sheet."""
    return f"attendance:{briefing_id}:"


def require_held(briefing: Briefing) -> None:
    """Refuse a briefing that has not been held."""
    if briefing.state != "held":
        raise NotAllowedNow("Mark the briefing as held before you enter who was there.")


def set_status(session: Session, row: Attendance, status: str, *, by: str, at: datetime) -> None:
    """Give a row another status."""
    row.sqlmodel_update({"status": status, "by": by, "at": at})
    session.add(row)


def tell(session: Session, briefing_id: UUID, *, by: str, at: datetime) -> None:
    """Record that the sheet changed."""
    session.flush()
    log.record(session, AttendanceRecorded(present=len(seats(standing(session, briefing_id)))), subject=briefing_id, by=by, at=at)


def tick(seat: Seat) -> str:
    """The digest of a tick, which has no name."""
    return known("tick", *seat)


def known(*parts: str) -> str:
    """The digest by which an attendee is recognised."""
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def erase(session: Session, attendance_id: UUID, lines: Collection[str]) -> None:
    """Forget the name on a row, and by what its attendee is known again; authority and role stay."""
    row = session.get_one(Attendance, attendance_id)
    session.add(row.sqlmodel_update({**dict.fromkeys(lines, ""), "digest": f"erased {row.id}"}))


def _heads(there: list[Attendance]) -> int:
    named = sum(1 for row in there if row.how != COUNT and row.digest != tick(row.seat))
    counted = sum(row.number for row in there if row.how == COUNT)
    return max(named, counted, 1)


def _fact(campaign: UUID, briefing: Briefing, row: Attendance) -> Fact:
    key, moment = _evidence(briefing.id, row.seat), briefing.starts_at or row.at
    return Fact(campaign, row.seat[0], row.role, BRIEFED, key, moment, row.by, channel=BRIEFING)


def _evidence(briefing_id: UUID, seat: Seat) -> str:
    return f"{evidence(briefing_id)}{seat[0]}:{seat[1]}"
