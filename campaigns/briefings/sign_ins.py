"""Signing in: who says at the door, through a link or on paper that they are there, each of them once; and apologies.

A person is known again by their post in the register, else by the name they wrote for that authority and role, whatever its capitals and
spaces. Names that are only nearly alike are two people until an officer says otherwise.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.briefings import attendance, tours
from campaigns.briefings.attendance import APOLOGIES, COUNT, PAPER, PRESENT, SCAN, TAKEN_BACK, Attendance, Seat
from campaigns.briefings.tours import Briefing
from campaigns.foundation import clock, database, log, officers, one_line
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

DOOR = "the sign-in page"  # who did it, where somebody signs in for themselves
LONGEST_NAME = 200
LARGEST_COUNT = 500
MOST = 2000  # rows of one briefing that the door takes
BEFORE, AFTER = timedelta(days=1), timedelta(days=2)  # how long before and after its day the door is open


class SignedIn(Event):
    """Somebody signed in to a briefing, or sent apologies, by themselves."""

    status: str


class AttendanceLapsed(Event):
    """A briefing does not take place on its day: so many lines of who signed in for it, or sent apologies, count no more."""

    lines: int


@dataclass(frozen=True)
class Attendee:
    """Who: a role at an authority or a body, and of which person, by their post in the register, by a name, or by nothing."""

    role: str
    authority_code: str | None = None
    body_code: str | None = None
    name: str = ""
    person_id: UUID | None = None

    @property
    def seat(self) -> Seat:
        """Where they come from, and their role."""
        return self.authority_code or self.body_code or "", self.role


@dataclass(frozen=True)
class Line:
    """A line of the paper sheet. `number` is a head-count, of people whose names are not given; none takes the count back."""

    who: Attendee
    status: str = PRESENT
    number: int | None = None


@dataclass(frozen=True)
class Entered:
    """What became of the lines that were typed in."""

    fresh: int
    changed: int
    known: int


def spelt(name: str) -> str:
    """A name as it is compared: capitals, spaces and ways of writing a letter levelled."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def window(briefing: Briefing) -> tuple[datetime, datetime] | None:
    """From when until when the door is open: the day before until two days after, in London; None of a briefing without a date."""
    if briefing.starts_at is None or briefing.state not in ("dated", "held"):
        return None
    day = clock.london(briefing.starts_at).date()
    return clock.from_london(day - BEFORE, time(0)), clock.end_of(day + AFTER)


def sign_in(session: Session, briefing_id: UUID, who: Attendee, *, status: str = PRESENT, at: datetime) -> bool:
    """Somebody is there, or sends apologies. False if that was known already: nothing is recorded twice.

    Refuses a name that cannot be one, a door that is closed, apologies once it has begun or from whoever signed in, and a list that is complete.
    """
    if problems := _unfit(who.name, needed=True):
        raise Invalid(problems)
    briefing = tours.get(session, briefing_id, lock=True)  # whoever signs in at the same moment waits, and is known then
    require_open(session, briefing, status=status, at=at)
    row = _find(session, briefing_id, who)
    if row is not None and row.status == PRESENT and status == APOLOGIES:
        raise NotAllowedNow("Somebody of that name has signed in already. If you cannot come after all, write to us.")
    if _put(session, briefing_id, row, Line(who, status), how=SCAN, by=DOOR, at=at) == "known":
        return False
    log.record(session, SignedIn(status=status), subject=briefing_id, by=DOOR, at=at)
    return True


def enter(session: Session, briefing_id: UUID, lines: Iterable[Line], *, by: Officer, at: datetime) -> Entered:
    """Type in the paper sheet: nobody twice, apologies also before it is held. Refuses unfit names and numbers, and presence too early."""
    officers.require_writer(by)
    lines = list(lines)
    if problems := [problem for line in lines for problem in _problems(line)]:
        raise Invalid(problems)
    briefing = tours.get(session, briefing_id, lock=True)
    if any(line.status == PRESENT for line in lines):
        attendance.require_held(briefing)
    done: list[str] = []
    for line in lines:
        how = PAPER if line.number is None else COUNT
        done.append(_put(session, briefing_id, _find(session, briefing_id, line.who, how=how), line, how=how, by=by.name, at=at))
    if set(done) - {"known"}:
        attendance.tell(session, briefing_id, by=by.name, at=at)
    return Entered(done.count("fresh"), done.count("changed"), done.count("known"))


def take_back(session: Session, attendance_id: UUID, *, by: Officer, at: datetime) -> Attendance:
    """It was a mistake, or somebody stands there twice: the row stays and counts no more. Refuses one taken back already."""
    officers.require_writer(by)
    row = database.get(session, Attendance, attendance_id, "There is no such line on the list.")
    tours.get(session, row.briefing_id, lock=True)
    session.refresh(row)
    if row.status == TAKEN_BACK:
        raise NotAllowedNow("This line was taken back already.")
    attendance.set_status(session, row, TAKEN_BACK, by=by.name, at=at)
    attendance.tell(session, row.briefing_id, by=by.name, at=at)
    return row


def lapse(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> None:
    """The briefing does not take place on its day: whoever signed in for that day or sent apologies has said nothing of another one."""
    rows = attendance.standing(session, briefing_id)
    for row in rows:
        attendance.set_status(session, row, TAKEN_BACK, by=by.name, at=at)
    if rows:
        log.record(session, AttendanceLapsed(lines=len(rows)), subject=briefing_id, by=by.name, at=at)


def require_open(session: Session, briefing: Briefing, *, status: str = PRESENT, at: datetime) -> None:
    """Refuse what nobody can say at the door any more, or yet."""
    open_between = window(briefing)
    if open_between is None or not open_between[0] <= at <= open_between[1]:
        raise NotFound("Nobody can sign in to this briefing now.")
    if briefing.list_completed_at is not None:
        raise NotAllowedNow("The list of who was there has been completed. If you were there and have not signed in, write to us.")
    if status == APOLOGIES and briefing.has_begun(at):
        raise NotAllowedNow("The briefing has begun. If you could not come, write to us.")
    rows = session.exec(select(sa.func.count()).select_from(Attendance).where(Attendance.briefing_id == briefing.id)).one()
    if rows >= MOST:
        raise NotAllowedNow("This list is full. Sign the sheet of paper instead.")


def _find(session: Session, briefing_id: UUID, who: Attendee, *, how: str = PAPER) -> Attendance | None:
    """The row of this attendee, if there is one: by their post, else by name, else the tick or the head-count of their role."""
    place = sa.and_(
        col(Attendance.authority_code) == who.authority_code if who.authority_code else col(Attendance.body_code) == who.body_code,
        col(Attendance.role) == who.role,
    )
    near = place if who.person_id is None else sa.or_(place, col(Attendance.person_id) == who.person_id)
    rows = session.exec(select(Attendance).where(Attendance.briefing_id == briefing_id, near).order_by(col(Attendance.at))).all()
    mine = _digest(who, how)
    if found := [row for row in rows if row.digest == mine or (who.person_id and row.person_id == who.person_id)]:
        return found[0]
    return next((row for row in rows if _one_name(row, who)), None)


def _one_name(row: Attendance, who: Attendee) -> bool:
    one_is_unknown = row.person_id is None or who.person_id is None
    return one_is_unknown and bool(who.name.strip()) and spelt(row.name) == spelt(who.name)


def _put(session: Session, briefing_id: UUID, row: Attendance | None, line: Line, *, how: str, by: str, at: datetime) -> str:
    status, number = (TAKEN_BACK if line.number == 0 else line.status), line.number or 1
    if row is None:
        return _add(session, briefing_id, replace(line, status=status), how=how, by=by, at=at)
    if row.person_id is None and line.who.person_id is not None:
        row.sqlmodel_update({"person_id": line.who.person_id, "digest": _digest(line.who, how)})
        session.add(row)
    if (row.status, row.number) == (status, number):
        return "known"
    row.number, row.how = number, how  # by whichever way it was said last
    attendance.set_status(session, row, status, by=by, at=at)
    return "changed"


def _add(session: Session, briefing_id: UUID, line: Line, *, how: str, by: str, at: datetime) -> str:
    if line.status == TAKEN_BACK:
        return "known"  # there was nothing to take back
    who = line.who
    row = Attendance(
        briefing_id=briefing_id,
        authority_code=who.authority_code,
        body_code=who.body_code,
        role=who.role,
        person_id=who.person_id,
        name=" ".join(who.name.split()),
        status=line.status,
        how=how,
        number=line.number or 1,
        digest=_digest(who, how),
        by=by,
        at=at,
    )
    session.add(row)
    return "fresh"


def _digest(who: Attendee, how: str) -> str:
    if how == COUNT:
        return attendance.known("count", *who.seat)
    if who.person_id is not None:
        return attendance.known("person", str(who.person_id))
    return attendance.known("name", *who.seat, spelt(who.name)) if who.name.strip() else attendance.tick(who.seat)


def _problems(line: Line) -> list[Problem]:
    if line.status not in (PRESENT, APOLOGIES):
        return [Problem("lines", "Say whether they were there or sent apologies")]
    if line.number is not None and not 0 <= line.number <= LARGEST_COUNT:
        return [Problem("counts", f"Enter a number of people from 0 to {LARGEST_COUNT}")]
    return _unfit(line.who.name, needed=False)


def _unfit(name: str, *, needed: bool) -> list[Problem]:
    return one_line.problems("name", " ".join(name.split()), "a name or a post", longest=LONGEST_NAME, needed=needed)
