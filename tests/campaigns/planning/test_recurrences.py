"""Recurrences that officers type and strangers' files bring: read strictly, refused with a sentence, and never for ever."""

import time
from datetime import date

import pytest

from campaigns.foundation.errors import Invalid
from campaigns.planning import recurrences

JANUARY = date(2026, 1, 5)


@pytest.mark.parametrize(
    "typed",
    [
        "every second Tuesday", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=MONTHLY;INTERVAL=-1", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;FREQ=DAILY",
        "INTERVAL=2", "FREQ=DAILY;BYHOUR=9", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=MONTHLY;BYDAY=",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;UNTIL=20260230", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;", "=;=",
        "FREQ=DAILY;COUNT=99999", "FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 80), "ＦＲＥＱ=DAILY",
    ],
)  # fmt: skip
def test_what_is_no_rule_of_days_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="for example FREQ=MONTHLY;BYDAY=2TU"):
        recurrences.check(typed, JANUARY)


@pytest.mark.parametrize(
    "typed",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;UNTIL=20250101",
        "FREQ=WEEKLY;INTERVAL=999;BYDAY=SU;BYMONTH=7", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", "FREQ=YEARLY;BYDAY=99MO",
    ],
)  # fmt: skip
def test_what_never_comes_is_refused_at_once(typed: str) -> None:
    began = time.process_time()

    with pytest.raises(Invalid, match="never come"):
        recurrences.check(typed, JANUARY)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", ["2026-01-13", "2026-02-10", "2026-03-10"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("FREQ=WEEKLY;INTERVAL=6", ["2026-01-05", "2026-02-16", "2026-03-30"]),
        ("FREQ=YEARLY;BYYEARDAY=60,-306", ["2026-03-01"]),
        ("FREQ=YEARLY;BYDAY=10WE", ["2026-03-11"]),
        ("FREQ=DAILY;INTERVAL=30;UNTIL=20260205T235959Z", ["2026-01-05", "2026-02-04"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", ["2026-01-31", "2026-03-31"]),
    ],
)
def test_days_of_rules_counted_on_a_calendar(typed: str, days: list[str]) -> None:
    assert recurrences.starts(typed, JANUARY, date(2026, 1, 1), date(2026, 3, 31)) == [date.fromisoformat(day) for day in days]


def test_an_end_in_utc_is_a_day_in_london() -> None:
    days = recurrences.starts("FREQ=DAILY;UNTIL=20260511T230000Z", date(2026, 5, 10), date(2026, 5, 1), date(2026, 5, 31))

    assert days[-1] == date(2026, 5, 12)  # midnight by a London clock in summer
