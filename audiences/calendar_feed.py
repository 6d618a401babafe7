"""iCalendar out: rules as events of whole days, for the calendar programs of officers and authorities.

Ids stay the same as long as the rule does. The first day is the first that comes, as RFC 5545 (3.8.5.3) counts DTSTART among the days.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from icalendar import Calendar, Event, vRecur
from sqlmodel import Session

from audiences import calendars
from audiences.calendars import Place
from campaigns.planning import recurrences, rules
from campaigns.planning.rules import EVERYWHERE, CalendarRule
from campaigns.planning.windows import DAY

PRODUCT = "-//Countersign//Calendar//EN"
AHEAD = timedelta(days=366 * 9)


def of(session: Session, place: Place) -> list[CalendarRule]:
    """The rules a feed holds: all that stand; or for one authority, those for it."""
    standing = rules.standing(session)
    if place[0] == EVERYWHERE:
        return standing
    outside, places = rules.exemptions(session), calendars.places_of(session, [place[1]]).get(place[1], [])
    return [rule for rule in standing if calendars.place(rule) in places and place[1] not in outside.get(rule.id, {})]


def written(name: str, found: Iterable[CalendarRule]) -> bytes:
    """The rules as an iCalendar file, its lines folded at 75 octets and ended by CRLF."""
    calendar = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("x-wr-calname", name)):
        calendar.add(key, value)
    for rule in found:
        calendar.add_component(_event(rule))
    raw: bytes = calendar.to_ical()
    return raw


def _event(rule: CalendarRule) -> Event:
    first = _first(rule)
    event = Event()
    event.add("uid", f"{rule.id}@countersign")
    event.add("dtstamp", rule.added_at.replace(microsecond=0))
    event.add("dtstart", first)
    event.add("dtend", first + (rule.last - rule.first) + DAY)
    event.add("summary", rule.title)
    event.add("description", f"{rule.kind}. Known from: {rule.source}")
    event.add("categories", [rule.kind])
    event.add("transp", "TRANSPARENT")
    if rule.recurrence:
        event.add("rrule", vRecur.from_ical(rule.recurrence))
    for day in rule.value().excepted if rule.recurrence else ():
        event.add("exdate", day, parameters={"VALUE": "DATE"})
    return event


def _first(rule: CalendarRule) -> date:
    found = recurrences.starts(rule.recurrence, rule.first, rule.first, rule.first + AHEAD)
    return found[0] if found else rule.first
