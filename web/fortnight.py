"""The next fourteen days, a box each: letters going out, briefings, copy dates and meetings, and whose bank holiday or quiet period it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import url_for
from sqlmodel import Session

from audiences import calendars, forward_plan
from audiences.calendars import SUBDIVISIONS
from campaigns.agreement import replaced
from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.delivery import timing, unsent
from campaigns.delivery.unsent import Going
from campaigns.foundation import clock
from campaigns.planning import rules, windows
from campaigns.planning.rules import CalendarRule
from campaigns.planning.windows import QUIET
from web.words import many

DAYS = 14


@dataclass(frozen=True)
class Coming:
    """Something with a date, and the page about it; without a moment it is for the whole day."""

    day: date
    moment: datetime | None
    sentence: str
    address: str


@dataclass(frozen=True)
class Day:
    """One box: what comes on that day, and what keeps others from reading on it."""

    day: date
    things: list[Coming] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def days(session: Session, *, at: datetime) -> list[Day]:
    """The boxes, from today on."""
    first = clock.london(at).date()
    last = first + timedelta(days=DAYS - 1)
    found = {first + timedelta(days=number): Day(first + timedelta(days=number)) for number in range(DAYS)}
    for thing in sorted(
        _coming(session, first, last, at), key=lambda thing: (thing.day, thing.moment is None, thing.moment or at, thing.sentence)
    ):
        if box := found.get(thing.day):
            box.things.append(thing)
    for day, said in _closed(session, first, last):
        found[day].closed.append(said)
    return list(found.values())


def _coming(session: Session, first: date, last: date, at: datetime) -> Iterator[Coming]:
    for release in replaced.without(session, "scheduled"):
        if release.scheduled_for:
            readers = many(release.people, "reader")
            whole, each = f"goes out to {readers}", f"begins to go out to {readers}, as each reader’s own turn comes"
            sentence = f"“{release.title}” {each if release.in_windows else whole}"
            yield _at(release.scheduled_for, sentence, url_for("releases.show", release_id=release.id))
    yield from (_goes_on(one, at) for one in unsent.going(session))
    for briefing in tours.dated(session, _morning(first), _morning(last + timedelta(days=1))):
        if briefing.starts_at:
            yield _at(briefing.starts_at, _briefing(briefing), url_for("briefings.show", briefing_id=briefing.id))
    for item in forward_plan.fixed(session, first=first, last=last):
        yield Coming(item.first, None, f"{item.kind.capitalize()}: {item.title}", url_for("forward_plan.show"))


def _goes_on(one: Going, at: datetime) -> Coming:
    """What is going out: today while letters leave or are looked at again and again, else when the next one's turn comes."""
    address, title = url_for("deliveries.show", release_id=one.release.id), f"“{one.release.title}”"
    letters, waits = many(one.letters, "letter"), "waits for its turn" if one.letters == 1 else "wait for their turns"
    if one.due is None or one.due <= at + timing.LOOK_AGAIN:
        return Coming(clock.london(at).date(), None, f"{title} is going out: {letters} not gone yet", address)
    return _at(one.due, f"{title} goes on: {letters} {waits}", address)


def _briefing(briefing: Briefing) -> str:
    """What is to take place where, and what is still missing for it."""
    missing = [f"no {what} yet" for what in briefing.missing] + (["focus awaiting steer"] if briefing.awaits_steer else [])
    return ": ".join(filter(None, [f"Briefing of {briefing.title}, {briefing.place or 'by joining link'}", ", ".join(missing)]))


def _morning(day: date) -> datetime:
    return clock.from_london(day, time(0))


def _closed(session: Session, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Bank holidays, a nation at a time, and quiet periods, where each begins to matter."""
    for nation in SUBDIVISIONS:
        for rule in calendars.bank_holidays(nation, tuple(range(first.year, last.year + 1))):
            if first <= rule.first <= last:
                yield rule.first, f"Bank holiday in {nation}: {rule.title}"
    for row in rules.standing(session, kinds=(QUIET,)):
        yield from _quiet(row, first, last)


def _quiet(row: CalendarRule, first: date, last: date) -> Iterator[tuple[date, str]]:
    found = windows.holds([row.value()], first=first, last=last, message_class=windows.PUBLICITY, weekends=False)
    for hold in found:
        ends = f" to {windows.say(hold.last)}" if hold.last < last else ""
        yield hold.first, f"{row.title}{ends}: {row.place or 'everywhere'}"


def _at(moment: datetime, sentence: str, address: str) -> Coming:
    return Coming(clock.london(moment).date(), moment, sentence, address)
