"""Recurrences: RFC 5545's RRULE for whole days, read strictly and unrolled only as far as somebody looks.

Every search ends with the days asked for, whether or not anything ever comes, so that nothing that is typed or subscribed to can run on for
ever. Parts of days and week numbers are refused. Source: RFC 5545, 3.3.10.
"""

import re
from calendar import isleap
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from campaigns.foundation import clock
from campaigns.foundation.errors import Invalid, Problem

LONGEST = 200
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
DAILY, WEEKLY, MONTHLY, YEARLY = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY, NUMBER = "|".join(WEEK), r"[+-]?0*[1-9]\d{0,2}"
SYNTAX = {  # each part, and what it may say; the BY… parts may say several
    "FREQ": f"{DAILY}|{WEEKLY}|{MONTHLY}|{YEARLY}",
    "INTERVAL": r"0*[1-9]\d{0,2}",
    "COUNT": r"0*[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": rf"([+-]?0?[1-9]\d?)?({WEEKDAY})",
    "BYMONTHDAY": r"[+-]?(0?[1-9]|[12]\d|3[01])",
    "BYMONTH": r"0?[1-9]|1[0-2]",
    "BYYEARDAY": NUMBER,
    "BYSETPOS": NUMBER,
    "WKST": WEEKDAY,
}


@dataclass(frozen=True, slots=True, eq=False)  # told apart by what it is, not by what it says: it is looked up a great deal
class Pattern:
    """A recurrence as read: which days of each period fit. What it leaves open is filled from the day it first began on."""

    often: str
    interval: int
    count: int
    until: date
    weekdays: tuple[tuple[int, int], ...]  # which one of its month or year (0: each), and the day of the week
    month_days: tuple[int, ...]
    months: tuple[int, ...]
    year_days: tuple[int, ...]
    places: tuple[int, ...]
    week_start: int

    def fits(self, day: date) -> bool:
        """Whether a day of its months and days of months fits the rest."""
        return (
            (not self.months or day.month in self.months)
            and (not self.weekdays or any(weekday == day.weekday() and self._is_nth(day, nth) for nth, weekday in self.weekdays))
            and (not self.year_days or _among(day.timetuple().tm_yday, 365 + isleap(day.year), self.year_days))
        )

    def _is_nth(self, day: date, nth: int) -> bool:
        if nth == 0:
            return True
        within_year = self.often == YEARLY and not self.months
        place, size = (day.timetuple().tm_yday, 365 + isleap(day.year)) if within_year else (day.day, _month_size(day.year, day.month))
        return nth in ((place - 1) // 7 + 1, -((size - place) // 7 + 1))


def check(recurrence: str, first: date) -> None:
    """Refuse, with a sentence, what is no recurrence of whole days, or never comes."""
    if not recurrence:
        return
    try:
        found = starts(recurrence, first, first, min(LATEST, first + timedelta(days=366 * 9)))
    except ValueError as fault:
        sentence = "Give how often it comes as an RFC 5545 rule of days, for example FREQ=MONTHLY;BYDAY=2TU"
        raise Invalid([Problem("recurrence", sentence)]) from fault
    if not found:
        raise Invalid([Problem("recurrence", "These dates never come. Look at the rule again")])


def starts(recurrence: str, begins: date, first: date, last: date, excepted: Collection[date] = ()) -> list[date]:
    """The days from `first` to `last` on which something begins that first began on `begins`. Raises ValueError for what cannot be read."""
    if not recurrence:
        found: tuple[date, ...] = (begins,)
    else:
        pattern = _read(recurrence, *_implied(recurrence, begins))
        anchored = pattern.count or pattern.interval > 1
        found = _between(pattern, begins if anchored else date.min, first, last)
    earliest = max(first, begins)
    return [day for day in found if earliest <= day <= last and day not in excepted]


def _implied(recurrence: str, begins: date) -> tuple[int, int, int]:
    """The month, day and weekday that a recurrence leaves to the day it began on, and nothing more: what is alike is then read once."""
    if "BYDAY" in recurrence or "BYMONTHDAY" in recurrence or "BYYEARDAY" in recurrence:
        return 1, 1, 0
    if WEEKLY in recurrence:
        return 1, 1, begins.weekday()
    return (1, begins.day, 0) if MONTHLY in recurrence else (begins.month, begins.day, 0)


@lru_cache(maxsize=32768)
def _between(pattern: Pattern, begins: date, first: date, last: date) -> tuple[date, ...]:
    """Its days that may be between two days; shared by all that began at any time, where that makes no difference."""
    start, now, end = (_number(pattern, day) for day in (begins, first, last))
    looked_from = start if pattern.count else max(start, now - (now - start) % pattern.interval)
    days = (day for number in range(looked_from, end + 1, pattern.interval) for day in _days(pattern, number) if day >= begins)
    return tuple(day for day in islice(days, pattern.count or None) if day <= pattern.until)


@lru_cache(maxsize=65536)
def _days(pattern: Pattern, number: int) -> tuple[date, ...]:
    """Its days in one period."""
    found = [day for day in _period(pattern, number) if pattern.fits(day)]
    if pattern.places:
        found = [day for place, day in enumerate(found, 1) if _among(place, len(found), pattern.places)]
    return tuple(found)


def _number(pattern: Pattern, day: date) -> int:
    """The number of the period that a day is in: days, weeks, months or years from the calendar's beginning."""
    ordinal = day.toordinal()
    return {
        DAILY: ordinal,
        WEEKLY: (ordinal - 1 - pattern.week_start) // 7,
        MONTHLY: day.year * 12 + day.month - 1,
        YEARLY: day.year,
    }[pattern.often]


def _period(pattern: Pattern, number: int) -> list[date]:
    """The days of a period; of months and years only those of its months, and its days of months."""
    if pattern.often == WEEKLY:
        first = number * 7 + 1 + pattern.week_start
        return [date.fromordinal(ordinal) for ordinal in range(max(first, 1), first + 7)]
    if pattern.often == DAILY:
        day = date.fromordinal(number)
        return [day] if not pattern.month_days or _among(day.day, _month_size(day.year, day.month), pattern.month_days) else []
    if pattern.often == MONTHLY:
        return _month(pattern, number // 12, number % 12 + 1)
    return [day for month in sorted(set(pattern.months)) or range(1, 13) for day in _month(pattern, number, month)]


def _month(pattern: Pattern, year: int, month: int) -> list[date]:
    size = _month_size(year, month)
    days = {day if day > 0 else size + 1 + day for day in pattern.month_days} or range(1, size + 1)
    return [date(year, month, day) for day in sorted(days) if 0 < day <= size]


def _month_size(year: int, month: int) -> int:
    return 28 + isleap(year) if month == 2 else 30 + (month in LONG_MONTHS)


def _among(place: int, size: int, asked: tuple[int, ...]) -> bool:
    """Whether a place is asked for, counted from the beginning or, below nought, from the end."""
    return place in asked or place - size - 1 in asked


@lru_cache(maxsize=8192)
def _read(recurrence: str, month: int, day: int, weekday: int) -> Pattern:
    """A recurrence as a pattern. Raises ValueError for what RFC 5545 does not allow, and what is not read here."""
    said = _parts(recurrence)
    often, given = said["FREQ"], [name for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY") if name in said]
    implied = {WEEKLY: {"BYDAY": WEEK[weekday]}, MONTHLY: {"BYMONTHDAY": str(day)}, YEARLY: {"BYMONTHDAY": str(day), "BYMONTH": str(month)}}
    said = said if given else {**implied.get(often, {}), **said}
    numbers = {name: tuple(int(number) for number in said[name].split(",")) for name in said if name.startswith("BY") and name != "BYDAY"}
    return Pattern(
        often,
        int(said.get("INTERVAL", "1")),
        int(said.get("COUNT", "0")),
        _until(said["UNTIL"]) if "UNTIL" in said else date.max,
        tuple((int(one[:-2] or 0), WEEK.index(one[-2:])) for one in said["BYDAY"].split(",")) if "BYDAY" in said else (),
        numbers.get("BYMONTHDAY", ()),
        numbers.get("BYMONTH", ()),
        numbers.get("BYYEARDAY", ()),
        numbers.get("BYSETPOS", ()),
        WEEK.index(said.get("WKST", "MO")),
    )


def _parts(recurrence: str) -> dict[str, str]:
    """Its parts by name, each well written, and together what RFC 5545 allows."""
    pairs = [part.partition("=")[::2] for part in recurrence.split(";")]
    said = dict(pairs)
    if len(recurrence) > LONGEST or not recurrence.isascii() or len(said) < len(pairs) or not {"FREQ"} <= set(said) <= set(SYNTAX):
        raise ValueError(recurrence)
    for name, value in said.items():
        if not all(re.fullmatch(SYNTAX[name], one) for one in (value.split(",") if name.startswith("BY") else [value])):
            raise ValueError(recurrence)
    counted, often = bool(re.search(r"\d", said.get("BYDAY", ""))), said["FREQ"]
    if (
        (counted and often not in (MONTHLY, YEARLY))
        or ("BYMONTHDAY" in said and often == WEEKLY)
        or ("BYYEARDAY" in said and often != YEARLY)
        or ("BYSETPOS" in said and not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH"} & set(said))
    ):
        raise ValueError(recurrence)
    return said


def _until(text: str) -> date:
    """The last day, on a London calendar: a moment in UTC may be on the day after."""
    if text.endswith("Z"):
        return clock.london(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)).date()
    return datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC).date()
