"""Retention: how long each class of records is kept, what was disposed of when, and the daily look at what is due.

The schedule is officers' to set; a disposal is written down and never changed. Source: UK GDPR, Article 5(1)(e).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from audiences import record_classes
from audiences.record_classes import CLASSES, RecordClass
from campaigns.foundation import database, log, officers, sightings
from campaigns.foundation.errors import NotFound, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

SHORTEST, LONGEST = 30, 36_500  # days
A_DAY = timedelta(days=1)
FRESH = {"populate_existing": True}
RECORDS = UUID("0f5f4a52-7f0c-5c1c-9d3b-3a9a0e1c6f21")  # what the facts of this module are about: the schedule itself


class RetentionSet(Event):
    """Officers decided how long a class of records is kept."""

    record_class: str
    days: int


class Disposed(Event):
    """Records of a class that were older than the schedule allows were disposed of."""

    record_class: str
    number: int
    cutoff: datetime


class RetentionRule(SQLModel, table=True):
    """One row per class that officers decided about, or that was looked at."""

    __tablename__ = "retention_rules"

    key: str = Field(primary_key=True)
    days: int
    looked_at: datetime | None = None


class Disposal(SQLModel, table=True):
    """One row per class and day on which something went, of letters per release; never changed (triggers see to that)."""

    __tablename__ = "disposals"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    record_class: str
    number: int
    cutoff: datetime
    by: str
    at: datetime


@dataclass(frozen=True)
class Kept:
    """A class with how long it is kept now."""

    record: RecordClass
    days: int

    def cutoff(self, at: datetime) -> datetime:
        """What is older than this is due."""
        return at - timedelta(days=self.days)


def schedule(session: Session) -> list[Kept]:
    """Every class, with the days that hold."""
    decided = {rule.key: rule.days for rule in session.exec(select(RetentionRule))}
    return [Kept(one, decided.get(one.key, one.days)) for one in CLASSES]


def shown(one: Kept) -> dict[str, str]:
    """What an officer is shown who decides otherwise."""
    return {"Days it is kept": f"{one.days:,}"}


def keep(session: Session, key: str, *, days: int, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Decide how many days a class is kept; False when it is that already. Refuses fewer than thirty, and more than a hundred years, and as `Stale`
    to decide over what was not `seen`: the sighting of what is `shown`, where somebody may have decided meanwhile.
    """
    officers.require_writer(by)
    standing = kept(session, key)
    if not SHORTEST <= days <= LONGEST:
        raise Refused(f"Keep it for {SHORTEST} to {LONGEST:,} days.", field="days")
    if standing.days == days:
        return False
    rule = _rule(session, standing)
    sightings.require(seen, shown(replace(standing, days=rule.days)), "number of days")
    rule.days = days
    session.add(rule)
    log.record(session, RetentionSet(record_class=key, days=days), subject=RECORDS, by=by.name, at=at)
    return True


def due(session: Session, *, at: datetime) -> dict[str, int]:
    """How many things of each class are due now: what disposing would do, without doing it."""
    found = {one.record.key: len(record_classes.due(session, one.record, one.cutoff(at))) for one in schedule(session)}
    return {key: number for key, number in found.items() if number}


def to_look_at(session: Session, *, at: datetime) -> list[str]:
    """The classes nobody looked at in the last day."""
    looked = dict(session.exec(select(RetentionRule.key, RetentionRule.looked_at)).all())
    return [one.key for one in CLASSES if one.dispose and ((last := looked.get(one.key)) is None or last <= at - A_DAY)]


def dispose(session: Session, key: str, *, by: Officer, at: datetime) -> int:
    """Dispose of what is due of a class, and record how many, unless none; gives the number. Two at once queue for the class's row."""
    look(session, key, at=at)
    one = kept(session, key)
    return dispose_of(session, key, record_classes.due(session, one.record, one.cutoff(at)), by=by, at=at)


def look(session: Session, key: str, *, at: datetime) -> None:
    """Note that a class was looked at, and hold its row: for a day it is not looked at again."""
    rule = _rule(session, kept(session, key))
    rule.looked_at = at
    session.add(rule)


def dispose_of(session: Session, key: str, ids: Sequence[UUID], *, by: Officer, at: datetime) -> int:
    """Dispose of these things of a class, which are due, and write down how many; gives the number, and writes nothing when it is none."""
    officers.require_writer(by)
    one = kept(session, key)
    _rule(session, one)
    cutoff, number = one.cutoff(at), one.record.dispose(session, ids, by, at) if ids and one.record.dispose else 0
    if number:
        session.add(Disposal(record_class=key, number=number, cutoff=cutoff, by=by.name, at=at))
        log.record(session, Disposed(record_class=key, number=number, cutoff=cutoff), subject=RECORDS, by=by.name, at=at)
    return number


def disposals(session: Session, *, limit: int | None = None) -> list[Disposal]:
    """What was disposed of, the newest first."""
    return list(session.exec(select(Disposal).order_by(col(Disposal.at).desc(), Disposal.record_class).limit(limit)))


def kept(session: Session, key: str) -> Kept:
    """A class as it is kept now. Refuses a key of none."""
    found = next((one for one in schedule(session) if one.record.key == key), None)
    if found is None:
        raise NotFound("There is no such class of records.")
    return found


def _rule(session: Session, one: Kept) -> RetentionRule:
    session.exec(database.insert(session, RetentionRule).values(key=one.record.key, days=one.days).on_conflict_do_nothing())
    return session.exec(select(RetentionRule).where(RetentionRule.key == one.record.key).with_for_update(), execution_options=FRESH).one()
