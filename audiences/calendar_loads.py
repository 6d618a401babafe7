"""Calendars brought in: what a file's entries would add, change and retire among the rules of that calendar, then the same done.

An entry is known again by its calendar's name and its UID, so that bringing the same file twice changes nothing. What is gone from the file is
retired; what the file holds but could not be read keeps the rule it had: a rule only ever takes days away.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from audiences import calendar_places, polls
from audiences.calendar_events import Entry
from audiences.calendar_files import Reading
from campaigns.foundation import officers, one_line, stamps
from campaigns.foundation.errors import Invalid, Problem, Refused
from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from campaigns.planning.rules import CalendarRule, Typed


@dataclass(frozen=True)
class Calendar:
    """What an officer says of a whole file: its name, what it is for, what kind of days it holds."""

    name: str
    scope: str
    place: str
    kind: str
    lead_days: int = 0


@dataclass
class Difference:
    """What applying would do, or did."""

    added: list[Typed] = field(default_factory=list)
    changed: list[tuple[CalendarRule, Typed]] = field(default_factory=list)
    retired: list[CalendarRule] = field(default_factory=list)
    same: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def check(session: Session, calendar: Calendar) -> dict[str, CalendarRule]:
    """The calendar's rules that stand, by UID. Refuses one without a name of its own, or for a place that is not there."""
    name = calendar.name.strip()
    if not 0 < len(name) <= one_line.LONGEST or not name.isprintable():
        raise Invalid([Problem("name", "Give the calendar a name, on one line, by which it is known again")])
    if (calendar.scope, calendar.place) not in calendar_places.named(session):
        raise Invalid([Problem("where", f"There is no {calendar.scope} “{calendar.place[:60]}” in the register")])
    if name.casefold() == polls.CALENDAR:
        raise Invalid([Problem("name", "This name is kept for the polls that come with the product. Give the calendar another")])
    standing = rules.standing(session, calendar=name)
    if any((row.scope, row.place) != (calendar.scope, calendar.place) for row in standing):
        raise Invalid([Problem("name", "A calendar of this name stands for somewhere else. Give this one another name")])
    return {row.uid: row for row in standing}


def compare(session: Session, calendar: Calendar, reading: Reading) -> Difference:
    """What would change; changes nothing. Refuses what `check` does, and an empty file over rules: it must not open closed days."""
    standing = check(session, calendar)
    if standing and not reading.entries and not reading.refused:
        sentence = f"This file holds no day, while rules of this calendar stand ({len(standing)}). Retire those one by one if they are over"
        raise Invalid([Problem("file", sentence)])
    kept = {uid for uid, _, _ in reading.refused}
    found = Difference(refused=[(name, why) for _, name, why in reading.refused], remarks=list(reading.remarks))
    seen: set[str] = set()
    for entry in reading.entries:
        typed = _typed(calendar, entry)
        if entry.uid in seen:
            continue
        seen.add(entry.uid)
        try:
            typed.check()
        except Refused as refusal:
            found.refused.append((entry.title, refusal.sentence))
            continue
        _sort(found, standing.get(entry.uid), typed)
    found.retired = [row for uid, row in standing.items() if uid not in seen and not {uid, uid.rpartition("/")[0]} & kept]
    return found


def apply(session: Session, calendar: Calendar, reading: Reading, *, by: Officer, at: datetime) -> Difference:
    """Bring the calendar in: all that `compare` finds, in one transaction."""
    officers.require_writer(by)
    stamps.wait_turn(session)  # whoever else loads one waits here, and then sees our rules: none is doubled
    rules.standing(session, calendar=calendar.name.strip(), lock=True)  # what nobody retires meanwhile, a change is not refused of
    found = compare(session, calendar, reading)
    for typed in found.added:
        rules.add(session, typed, by=by, at=at)
    for row, typed in found.changed:
        rules.change(session, row.id, typed, by=by, at=at)
    for row in found.retired:
        rules.retire(session, row.id, by=by, at=at)
    return found


def _typed(calendar: Calendar, entry: Entry) -> Typed:
    return Typed(
        scope=calendar.scope,
        place=calendar.place,
        kind=calendar.kind,
        title=entry.title,
        first=entry.first,
        last=entry.last,
        source=f"the calendar {calendar.name.strip()}"[: one_line.LONGEST],
        recurrence=entry.recurrence,
        excepted=entry.excepted,
        lead_days=calendar.lead_days,
        calendar=calendar.name.strip(),
        uid=entry.uid,
    )


def _sort(found: Difference, row: CalendarRule | None, typed: Typed) -> None:
    if row is None:
        found.added.append(typed)
        return
    typed = replace(typed, confirmed_on=row.confirmed_on)  # a file says nothing of it
    if all(getattr(row, name) == value for name, value in typed.columns().items()):
        found.same += 1
    else:
        found.changed.append((row, typed))
