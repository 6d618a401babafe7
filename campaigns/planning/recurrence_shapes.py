"""Which recurrences may stand: those that can be unrolled at once. One that never comes would be looked for to the year 9999.

Takes an RFC 5545 rule, and refuses with a sentence what says nothing, or what only a long search could tell. Source: RFC 5545, 3.3.10.
"""

import re
from collections.abc import Mapping

from campaigns.foundation.errors import Invalid, Problem

FIELD = "recurrence"
LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
RARE = frozenset({"BYWEEKNO", "BYYEARDAY"})
DAY = re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)")
MOST_OF_A_MONTH, MOST_OF_A_YEAR = 5, 53


def check(recurrence: str) -> None:
    """Refuse what cannot be unrolled at once; nothing of it is unrolled here."""
    parts = {name: value for name, _, value in (part.partition("=") for part in recurrence.split(";"))} if recurrence else {}
    for name in ("INTERVAL", "COUNT"):
        if not all(1 <= number <= 10**9 for number in _numbers(parts, name)):
            raise Invalid([Problem(FIELD, f"{name} must be a number from 1 on")])
    if RARE & set(parts) and len([name for name in parts if name.startswith("BY")]) > 1:
        raise Invalid([Problem(FIELD, "Week numbers and days of the year cannot be combined with other conditions here")])
    _months(parts)
    _weekdays(parts)
    _positions(parts)


def _months(parts: Mapping[str, str]) -> None:
    months, days = _numbers(parts, "BYMONTH"), _numbers(parts, "BYMONTHDAY")
    if not all(1 <= month <= 12 for month in months) or not all(1 <= abs(day) <= 31 for day in days):
        raise Invalid([Problem(FIELD, "Months are 1 to 12, and days of a month 1 to 31")])
    if months and days and not any(abs(day) <= LONGEST_MONTH.get(month, 31) for month in months for day in days):
        raise Invalid([Problem(FIELD, "These dates never come. Look at the rule again")])
    often = parts.get("FREQ") in {"DAILY", "WEEKLY"}
    if often and (days or (months and parts.get("INTERVAL", "1") != "1")):
        raise Invalid([Problem(FIELD, "For days of a month use FREQ=MONTHLY or FREQ=YEARLY")])


def _weekdays(parts: Mapping[str, str]) -> None:
    found = [DAY.fullmatch(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    most = MOST_OF_A_YEAR if parts.get("FREQ") == "YEARLY" and "BYMONTH" not in parts else MOST_OF_A_MONTH
    if not all(day and 1 <= abs(int(day[1] or 1)) <= most for day in found):
        raise Invalid([Problem(FIELD, "Weekdays are written like TU, or 2TU for the second Tuesday")])


def _positions(parts: Mapping[str, str]) -> None:
    if "BYSETPOS" not in parts:
        return
    days = parts.get("BYDAY", "").split(",")
    plain = all(len(day) == 2 for day in days) and "BYMONTHDAY" not in parts
    if not plain or parts.get("FREQ") not in {"MONTHLY", "YEARLY"}:
        raise Invalid([Problem(FIELD, "BYSETPOS goes with plain weekdays, every month or year")])
    if not all(1 <= abs(place) <= 4 * len(days) for place in _numbers(parts, "BYSETPOS")):
        raise Invalid([Problem(FIELD, "BYSETPOS names a day there is not in every month")])


def _numbers(parts: Mapping[str, str], name: str) -> list[int]:
    values = parts[name].split(",") if name in parts else []
    if not all(re.fullmatch(r"[+-]?[0-9]{1,10}", value) for value in values) or len(values) > 366:
        raise Invalid([Problem(FIELD, f"{name} must be a number, or numbers with commas between")])
    return [int(value) for value in values]
