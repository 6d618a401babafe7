"""Recurrences: RFC 5545's RRULE for whole days, read strictly and unrolled only as far as somebody looks.

A rule without an end is never unrolled beyond the days asked for, so that nothing that is typed or subscribed to can run on for ever.
Source: RFC 5545, 3.3.10.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrulestr

from campaigns.foundation.errors import Invalid, Problem

LONGEST = 200
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "WKST"})
OFTEN = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)


def check(recurrence: str, first: date, *, field: str = "recurrence") -> None:
    """Refuse, with a sentence, what is no recurrence of whole days, or never comes."""
    problem = Problem(field, "Give how often it comes as an RFC 5545 rule of days, for example FREQ=MONTHLY;BYDAY=2TU")
    if not recurrence:
        return
    parts = [part.partition("=") for part in recurrence.split(";")]
    names = [name for name, _, _ in parts]
    if len(recurrence) > LONGEST or not recurrence.isascii() or len(set(names)) < len(names) or not set(names) <= PARTS:
        raise Invalid([problem])
    if {name: value for name, _, value in parts}.get("FREQ") not in OFTEN:
        raise Invalid([problem])
    try:
        if not starts(recurrence, first, first, min(LATEST, first + timedelta(days=366 * 9))):
            raise Invalid([Problem(field, "These dates never come. Look at the rule again")])
    except (ValueError, TypeError, OverflowError) as fault:
        raise Invalid([problem]) from fault


def starts(recurrence: str, begins: date, first: date, last: date, excepted: Collection[date] = ()) -> list[date]:
    """The days from `first` to `last` on which something begins that first began on `begins`. Nothing is looked for after `last`'s year."""
    if not recurrence:
        found: Iterable[date] = [begins]
    elif last < begins:
        found = []
    else:
        anchor = begins if _depends_on_its_beginning(recurrence) else date(max(begins.year, first.year), 1, 1)
        found = _unrolled(recurrence, anchor, last.year)
    return [day for day in found if max(first, begins) <= day <= last and day not in excepted]


@lru_cache(maxsize=8192)
def _unrolled(recurrence: str, begins: date, year: int) -> tuple[date, ...]:
    """Every occurrence up to the end of a year: an endless rule that never comes is looked through to there and no further."""
    plain = re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", recurrence)  # whole days: the time of day says nothing
    ends = dict(part.split("=", 1) for part in plain.split(";")).get("UNTIL", f"{LATEST:%Y%m%d}")
    bound = min(ends, f"{year}1231")
    bounded = ";".join([*(part for part in plain.split(";") if not part.startswith(("UNTIL=", "COUNT="))), f"UNTIL={bound}"])
    most = dict(part.split("=", 1) for part in plain.split(";")).get("COUNT")
    found = rrulestr(bounded, dtstart=datetime.combine(begins, time()))
    return tuple(moment.date() for moment in islice(found, int(most) if most else None))


@lru_cache(maxsize=1024)
def _depends_on_its_beginning(recurrence: str) -> bool:
    """Whether the days depend on when it began: not so for `the second Tuesday of each month`, which is then unrolled once for everybody."""
    parts = dict(part.split("=", 1) for part in recurrence.split(";"))
    within = {"WEEKLY": ("BYDAY",), "MONTHLY": ("BYDAY", "BYMONTHDAY")}.get(parts["FREQ"], ())
    return "COUNT" in parts or parts.get("INTERVAL", "1") != "1" or not any(part in parts for part in within)
