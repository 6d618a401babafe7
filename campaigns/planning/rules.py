"""Calendar rules: what an authority's own year says about when it can be spoken to, each with its source and the day it was confirmed.

A rule is for everywhere, a nation, a region, a regional group or one authority. An authority without a poll steps out of a nation's quiet
period by an exemption with its own source. Source: HELA paper, Annex 2 ("linked into LAs programme timescales").
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import clock, database, log, officers, one_line, sightings
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.planning import recurrences
from campaigns.planning.recurrences import EARLIEST, LATEST
from campaigns.planning.windows import HOLDS, Rule

EVERYWHERE = "everywhere"
SCOPES = (EVERYWHERE, "nation", "region", "group", "authority")
LONGEST_HOLD, MOST_LEAD = timedelta(days=400), 180


class CalendarChanged(Event):
    """A rule was added, changed or retired, or an authority stepped out of one or back in: what waits for its window is looked at again."""

    title: str
    what: str


class CalendarRule(SQLModel, table=True):
    """One row per rule. `uid` and `calendar` say which entry of which file or subscribed calendar it came from."""

    __tablename__ = "calendar_rules"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    scope: str
    place: str = Field(default="", index=True)
    kind: str
    title: str
    first: date
    last: date
    recurrence: str = ""
    excepted: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    lead_days: int = 0
    source: str
    confirmed_on: date | None = None
    calendar: str = Field(default="", index=True)
    uid: str = ""
    added_by: str
    added_at: datetime
    retired_at: datetime | None = Field(default=None, index=True)

    def value(self) -> Rule:
        """The rule as the window engine reads it."""
        days = tuple(date.fromisoformat(day) for day in self.excepted)
        return Rule(self.kind, self.title, self.first, self.last, self.recurrence, days, self.lead_days)


class CalendarExemption(SQLModel, table=True):
    """An authority that a wider rule is not for: no poll is held there, say."""

    __tablename__ = "calendar_exemptions"
    __table_args__ = (sa.UniqueConstraint("rule_id", "authority_code", name="uq_calendar_exemptions_place"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    rule_id: UUID = Field(foreign_key="calendar_rules.id", index=True)
    authority_code: str = Field(index=True)
    source: str
    by: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Typed:
    """A rule as typed or read from a file. `place` is empty for everywhere; dates include both ends."""

    scope: str
    place: str
    kind: str
    title: str
    first: date
    last: date
    source: str
    recurrence: str = ""
    excepted: tuple[date, ...] = ()
    lead_days: int = 0
    confirmed_on: date | None = None
    calendar: str = ""
    uid: str = ""

    def check(self) -> None:
        """Refuse, all at once, whatever cannot be a rule."""
        found = [*one_line.problems("title", self.title, "what it is"), *one_line.problems("source", self.source, "where you know it from")]
        found += [Problem("scope", "Choose what it is for")] * (self.scope not in SCOPES or bool(self.place) == (self.scope == EVERYWHERE))
        found += [Problem("kind", "Choose what kind of days these are")] * (self.kind not in HOLDS)
        found += [Problem("first", f"Choose days between {EARLIEST.year} and {LATEST.year}")] * (not EARLIEST <= self.first <= LATEST)
        found += [Problem("last", "The last day must not be before the first")] * (self.last < self.first)
        found += [Problem("last", "A rule covers at most 400 days; what comes again is a recurrence")] * (
            self.last - self.first >= LONGEST_HOLD
        )
        found += [Problem("lead_days", f"Give between 0 and {MOST_LEAD} days")] * (not 0 <= self.lead_days <= MOST_LEAD)
        if found:
            raise Invalid(found)
        recurrences.check(self.recurrence, self.first)

    def columns(self) -> dict[str, Any]:
        """The columns of a table's row."""
        said = {**vars(self), "title": self.title.strip(), "source": self.source.strip()}
        return {**said, "excepted": [day.isoformat() for day in sorted(self.excepted)]}


def add(session: Session, typed: Typed, *, by: Officer, at: datetime) -> UUID:
    """Add a rule. Refuses what `Typed.check` does; whether its place exists, whoever knows the register has looked."""
    officers.require_writer(by)
    typed.check()
    row = CalendarRule(**typed.columns(), added_by=by.name, added_at=at)
    session.add(row)
    log.record(session, CalendarChanged(title=row.title, what="added"), subject=row.id, by=by.name, at=at)
    return row.id


def shown(row: CalendarRule) -> dict[str, str]:
    """What a rule says, part by part: what an officer is shown who changes it."""
    return {
        "What it is": row.title,
        "What kind of days": row.kind,
        "What it is for": f"{row.scope} {row.place}".strip(),
        "First day": clock.day(row.first),
        "Last day": clock.day(row.last),
        "How often it comes": row.recurrence,
        "Except on": ", ".join(row.excepted),
        "Days before that belong to it": str(row.lead_days or ""),
        "Where it is known from": row.source,
        "Confirmed on": clock.day(row.confirmed_on) if row.confirmed_on else "",
        "Retired": clock.say(row.retired_at) if row.retired_at else "",
    }


def change(session: Session, rule_id: UUID, typed: Typed, *, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Change a rule; False if nothing changed. Refuses one that was retired, and `Stale` if it is not as `seen`."""
    officers.require_writer(by)
    typed.check()
    row, columns = _held(session, rule_id), typed.columns()
    if all(getattr(row, name) == value for name, value in columns.items()):
        return False
    sightings.require(seen, shown(row), "rule")
    row.sqlmodel_update(columns)
    session.add(row)
    log.record(session, CalendarChanged(title=row.title, what="changed"), subject=row.id, by=by.name, at=at)
    return True


def retire(session: Session, rule_id: UUID, *, by: Officer, at: datetime) -> bool:
    """Let a rule stand no longer; False if it did not."""
    officers.require_writer(by)
    row = get(session, rule_id, lock=True)
    if row.retired_at is not None:
        return False
    row.retired_at = at
    session.add(row)
    log.record(session, CalendarChanged(title=row.title, what="retired"), subject=row.id, by=by.name, at=at)
    return True


def exempt(session: Session, rule_id: UUID, authority_code: str, *, source: str, by: Officer, at: datetime) -> bool:
    """Say that a wider rule is not for one authority: no poll is held there. False if that stood already. Refuses a rule that was retired."""
    officers.require_writer(by)
    if problems := one_line.problems("source", source, "where you know it from"):
        raise Invalid(problems)
    rule, row = _held(session, rule_id), _exemption(session, rule_id, authority_code)
    if row is not None and row.ended_at is None:
        return False
    row = row or CalendarExemption(rule_id=rule_id, authority_code=authority_code, source="", by="", at=at)
    row.sqlmodel_update({"source": source.strip(), "by": by.name, "at": at, "ended_at": None})
    session.add(row)
    log.record(session, CalendarChanged(title=rule.title, what=f"not for {authority_code}"), subject=rule.id, by=by.name, at=at)
    return True


def include(session: Session, rule_id: UUID, authority_code: str, *, by: Officer, at: datetime) -> bool:
    """Let a wider rule be for an authority again; False if it was. Refuses a rule that was retired."""
    officers.require_writer(by)
    rule, row = _held(session, rule_id), _exemption(session, rule_id, authority_code)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = at
    session.add(row)
    log.record(session, CalendarChanged(title=rule.title, what=f"for {authority_code} again"), subject=rule.id, by=by.name, at=at)
    return True


def get(session: Session, rule_id: UUID, *, lock: bool = False) -> CalendarRule:
    """The rule; refuses an unknown id."""
    return database.get(session, CalendarRule, rule_id, "There is no such calendar rule.", lock=lock)


def require_standing(row: CalendarRule) -> None:
    """Refuse a rule that was retired: whatever is said of it counts nowhere."""
    if row.retired_at is not None:
        when = clock.say(row.retired_at)
        raise NotAllowedNow(f"This rule was retired on {when}, so nothing about it can be changed. Add a new one if it is needed again.")


def standing(
    session: Session, *, calendar: str | None = None, kinds: Collection[str] | None = None, lock: bool = False
) -> list[CalendarRule]:
    """Every rule that stands, the earliest first; of one calendar and of some kinds, or of all. `lock` keeps them standing meanwhile."""
    chosen = select(CalendarRule).where(col(CalendarRule.retired_at).is_(None))
    chosen = chosen if calendar is None else chosen.where(CalendarRule.calendar == calendar)
    chosen = chosen if kinds is None else chosen.where(col(CalendarRule.kind).in_(list(kinds)))
    chosen = chosen.with_for_update() if lock else chosen
    return list(session.exec(chosen.order_by(col(CalendarRule.first), CalendarRule.title, col(CalendarRule.id))))


def exemptions(session: Session) -> dict[UUID, dict[str, CalendarExemption]]:
    """Which authorities step out of which rule."""
    found: dict[UUID, dict[str, CalendarExemption]] = {}
    for row in session.exec(select(CalendarExemption).where(col(CalendarExemption.ended_at).is_(None))):
        found.setdefault(row.rule_id, {})[row.authority_code] = row
    return found


def _held(session: Session, rule_id: UUID) -> CalendarRule:
    row = get(session, rule_id, lock=True)
    require_standing(row)
    return row


def _exemption(session: Session, rule_id: UUID, authority_code: str) -> CalendarExemption | None:
    chosen = select(CalendarExemption).where(CalendarExemption.rule_id == rule_id, CalendarExemption.authority_code == authority_code)
    return session.exec(chosen).first()
