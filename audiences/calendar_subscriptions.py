"""Calendars that are read again every day from an address on the web, which the operator gave. Each loads its rules as a file would.

A clock takes a calendar by moving its next time on, so that of several clocks one reads it. When reading fails no rule changes; it is tried
again after an hour, then after six, then daily.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select, update

from audiences import calendar_addresses, calendar_fetching, calendar_loads, calendar_parsing
from audiences.calendar_files import LARGEST, Reading
from audiences.calendar_loads import Calendar, Difference
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotFound, Refused, TryLater
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer

EVERY = timedelta(days=1)
BACK_OFF = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
LEASE = BACK_OFF[0]  # whoever took one and died leaves it to the next clock after that
WORTH_SAYING = 3  # failures in a row after which the pages say so


class CalendarSubscribed(Event):
    """The operator subscribed to a calendar on the web: its rules are loaded again every day."""

    name: str


class CalendarUnsubscribed(Event):
    """A calendar on the web is read no more; the rules it brought stand until somebody retires them."""

    name: str


class CalendarSubscription(SQLModel, table=True):
    """One row per subscribed calendar. `url` is never shown whole: to know it may be all it takes to read the calendar."""

    __tablename__ = "calendar_subscriptions"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    url: str
    scope: str
    place: str
    kind: str
    lead_days: int
    added_by: str
    added_at: datetime
    next_at: datetime = Field(index=True)
    last_ok_at: datetime | None = None
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    last_error: str = ""

    def calendar(self) -> Calendar:
        """What the operator said of it."""
        return Calendar(self.name, self.scope, self.place, self.kind, self.lead_days)

    @property
    def shown(self) -> str:
        """Its address, as far as it may be seen."""
        return calendar_addresses.shown(self.url)

    @property
    def is_lost(self) -> bool:
        """Whether it failed often enough for somebody to look after it."""
        return self.failures >= WORTH_SAYING


def add(session: Session, calendar: Calendar, url: str, *, loopback: bool, by: Officer, at: datetime) -> CalendarSubscription:
    """Subscribe; it is due at once. Refuses an address that may not be read, what no file could be loaded as, and a name that is subscribed."""
    officers.require_writer(by)
    calendar_addresses.check(url, loopback=loopback)
    calendar_loads.check(session, calendar)
    name = calendar.name.strip()
    if _named(session, name) is not None:
        raise Refused(f"There is a subscription named “{name}” already. Unsubscribe from it first.", field="name")
    facts: dict[str, Any] = {"scope": calendar.scope, "place": calendar.place, "kind": calendar.kind, "lead_days": calendar.lead_days}
    row = CalendarSubscription(name=name, url=url, **facts, added_by=by.name, added_at=at, next_at=at)
    session.add(row)
    session.flush()
    log.record(session, CalendarSubscribed(name=name), subject=row.id, by=by.name, at=at)
    return row


def drop(session: Session, name: str, *, by: Officer, at: datetime) -> None:
    """Stop reading it. Its rules stand until an officer retires them: a rule only ever takes days away."""
    officers.require_writer(by)
    row = _named(session, name, lock=True)
    if row is None:
        raise _unknown(name)
    session.delete(row)
    log.record(session, CalendarUnsubscribed(name=row.name), subject=row.id, by=by.name, at=at)


def every(session: Session) -> list[CalendarSubscription]:
    """All of them, by name."""
    return list(session.exec(select(CalendarSubscription).order_by(CalendarSubscription.name)))


def is_read(session: Session, name: str) -> bool:
    """Whether a calendar of this name is read from the web."""
    return _named(session, name) is not None


def claim(session: Session, *, at: datetime) -> CalendarSubscription | None:
    """Take the one that has been due longest; None where none is due, or other clocks have all that are."""
    table = CalendarSubscription
    due = select(table.id).where(table.next_at <= at).order_by(col(table.next_at)).limit(1).with_for_update(skip_locked=True)
    taken = update(table).where(col(table.id) == due.scalar_subquery()).values(next_at=at + LEASE).returning(table)
    return session.exec(taken).scalar_one_or_none()


def claim_named(session: Session, name: str, *, at: datetime) -> CalendarSubscription:
    """Take this one, due or not. Refuses an unknown name."""
    row = _named(session, name, lock=True)
    if row is None:
        raise _unknown(name)
    row.next_at = at + LEASE
    session.add(row)
    return row


def look(row: CalendarSubscription, *, loopback: bool, given_up: Callable[[], bool] = lambda: False) -> Reading | str:
    """What the calendar says now, or the sentence that says why it cannot be read. No transaction may be open."""
    try:
        return calendar_parsing.opened(calendar_fetching.fetch(row.url, loopback=loopback, most=LARGEST, given_up=given_up))
    except (TryLater, Refused) as fault:
        return str(fault)


def settle(session: Session, subscription_id: UUID, outcome: Reading | str, *, at: datetime) -> Difference | str:
    """Load what was read, as a file is loaded, and give what changed; or keep and give why it could not be read, and leave every rule as it stands."""
    row = session.get(CalendarSubscription, subscription_id, with_for_update=True, populate_existing=True)
    if row is None:
        return "It was unsubscribed meanwhile."
    found = _loaded(session, row, outcome, at=at)
    if isinstance(found, str):
        row.next_at = at + BACK_OFF[min(row.failures, len(BACK_OFF) - 1)]
        row.failures, row.failing_since, row.last_error = row.failures + 1, row.failing_since or at, found
    else:
        row.next_at, row.last_ok_at = at + EVERY, at
        row.failures, row.failing_since, row.last_error = 0, None, ""
    session.add(row)
    return found


def _loaded(session: Session, row: CalendarSubscription, outcome: Reading | str, *, at: datetime) -> Difference | str:
    if isinstance(outcome, str):
        return outcome
    if not outcome.entries:
        why = f": {outcome.refused[0][1]}: {outcome.refused[0][2]}" if outcome.refused else ""
        return f"The calendar holds no day that can be read{why}."
    try:
        return calendar_loads.apply(session, row.calendar(), outcome, by=COUNTERSIGN, at=at)
    except Refused as refusal:  # said before anything is changed
        return refusal.sentence


def _named(session: Session, name: str, *, lock: bool = False) -> CalendarSubscription | None:
    chosen = select(CalendarSubscription).where(CalendarSubscription.name == name.strip())
    return session.exec(chosen.with_for_update() if lock else chosen).first()


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no subscription named “{name[:60]}”. List them: countersign calendars list")
