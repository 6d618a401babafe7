"""Windows worked out the slow way: every day, and every hour, asked one by one. It imports nothing of the product and nothing that unrolls dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

ALL = {"operational", "publicity", "ministerial"}
HELD = {"pre-election": {"publicity", "ministerial"}, "copy date": set(), "meeting": set()}  # every other kind holds all three
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@dataclass(frozen=True)
class Plain:
    """A rule as plain values; `every` is its recurrence, part by part."""

    kind: str
    first: date
    last: date
    every: dict[str, Any] = field(default_factory=dict)
    excepted: tuple[date, ...] = ()
    lead_days: int = 0

    def text(self) -> str:
        """Its recurrence as RFC 5545 writes it."""
        said = {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in self.every.items()}
        return ";".join(f"{name}={value}" for name, value in said.items())


def free(rules: Sequence[Plain], first: date, last: date, message_class: str) -> list[date]:
    """The days on which it may go."""
    held = {day for rule in rules if message_class in HELD.get(rule.kind, ALL) for day in covered(rule, last)}
    return [day for day in days(first, last) if day.weekday() < 5 and day not in held]


def covered(rule: Plain, until: date) -> Iterator[date]:
    """Every day a rule covers, with its lead days, up to a day and somewhat beyond."""
    for start in starts(rule, until + rule.lead_days * DAY):
        yield from days(start - rule.lead_days * DAY, start + (rule.last - rule.first))


def starts(rule: Plain, until: date) -> Iterator[date]:
    """Every day on which it begins, counted from its first day on."""
    if not rule.every:
        yield from [] if rule.first in rule.excepted else [rule.first]
        return
    counted = 0
    for day in days(rule.first, min(until, _until(rule))):
        if _comes(rule, day):
            counted += 1
            if counted > rule.every.get("COUNT", 10**6):
                return
            if day not in rule.excepted:
                yield day


def days(first: date, last: date) -> Iterator[date]:
    """Both included."""
    day = first
    while day <= last:
        yield day
        day += DAY


def _until(rule: Plain) -> date:
    text = str(rule.every.get("UNTIL", "20991231"))
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _comes(rule: Plain, day: date) -> bool:
    every, begins, gap = rule.every, rule.first, rule.every.get("INTERVAL", 1)
    if every["FREQ"] == "DAILY":
        return bool((day - begins).days % gap == 0)
    if every["FREQ"] == "WEEKLY":
        weeks = ((day - day.weekday() * DAY) - (begins - begins.weekday() * DAY)).days // 7
        return weeks % gap == 0 and NAMES[day.weekday()] in every.get("BYDAY", [NAMES[begins.weekday()]])
    if every["FREQ"] == "MONTHLY":
        return ((day.year - begins.year) * 12 + day.month - begins.month) % gap == 0 and _in_month(every, begins, day)
    months = every.get("BYMONTH", [begins.month])
    return (day.year - begins.year) % gap == 0 and day.month in months and _in_month(every, begins, day)


def _in_month(every: dict[str, Any], begins: date, day: date) -> bool:
    size = _size(day.year, day.month)
    if "BYDAY" in every:
        name = NAMES[day.weekday()]
        nth, from_end = (day.day + 6) // 7, (size - day.day + 7) // 7
        return any(said in (name, f"{nth}{name}", f"-{from_end}{name}") for said in every["BYDAY"])
    return day.day in [number if number > 0 else size + 1 + number for number in every.get("BYMONTHDAY", [begins.day])]


@cache
def _size(year: int, month: int) -> int:
    return next(size for size in (31, 30, 29, 28) if (date(year, month, 1) + (size - 1) * DAY).month == month)


def london(moment: datetime) -> datetime:
    """What a clock in London shows: an hour more from 1:00 UTC on March's last Sunday to 1:00 UTC on October's. Source: Summer Time Order 2002."""
    begins, ends = (_last_sunday(moment.year, month) for month in (3, 10))
    return moment + HOUR if begins <= moment < ends else moment


@cache
def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - ((last.weekday() + 1) % 7) * DAY


def turn(free_days: set[date], at: datetime, latest: datetime, *, all_day: bool) -> tuple[datetime, datetime] | None:
    """From when until when it may go, hour by hour; None where it never may."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    moments, opens = [at], None
    while (hour := hour + HOUR) < latest:
        moments.append(hour)
    for moment in moments if at < latest else []:
        shown = london(moment)
        goes = shown.date() in free_days and (all_day or 8 <= shown.hour < 18)
        if goes and opens is None:
            opens = moment
        if not goes and opens is not None:
            return opens, moment
    return (opens, latest) if opens is not None else None
