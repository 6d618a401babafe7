"""Every day of 2024 to 2027 in four nations: bank holidays and quiet periods against dates worked out here from the law's rules alone.

Sources. Bank holidays: Banking and Financial Dealings Act 1971, Schedule 1 (for Scotland with the St Andrew's Day Bank Holiday (Scotland) Act
2007), the proclamations under section 1 that add New Year's Day and the early May holiday (England, Wales, Northern Ireland), Boxing Day and
the last Monday in May (Scotland), 12 July (Northern Ireland) and move what falls on a weekend to the next free weekday; the proclamation of
4 February 2026 for Scotland, 15 June 2026. Good Friday and Christmas Day are common-law holidays where the Act does not name them. Easter:
the tables of the Calendar (New Style) Act 1750. Quiet periods: each poll's own timetable, counted back from the poll without Saturdays,
Sundays, Christmas Eve, Christmas Day, Good Friday, bank holidays, and for Scottish polls Easter Monday.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from audiences import authorities, calendars, polls
from campaigns.foundation.database import Database
from campaigns.planning import rules, windows
from campaigns.planning.windows import PUBLICITY, QUIET
from tests.audiences.posts import NOON, OFFICER

NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
YEARS = (2024, 2025, 2026, 2027)
ONE_OF = {"England": "E08000035", "Scotland": "S12000042", "Wales": "W06000015", "Northern Ireland": "N09000003"}
DAY = timedelta(days=1)
PUBLISHED = Path(os.environ.get("COUNTERSIGN_TEST_CALENDARS", "nowhere"))


def easter(year: int) -> date:
    """Easter Sunday by the golden number, the century's corrections and the Sunday that follows the full moon (Gauss, as put right)."""
    golden, century = year % 19, year // 100
    moved = (15 + century - century // 4 - (8 * century + 13) // 25) % 30
    moon = (19 * golden + moved) % 30
    moon -= moon == 29 or (moon == 28 and golden > 10)
    full = date(year, 3, 21) + moon * DAY
    return full + (7 - (full.weekday() + 1) % 7) * DAY


def monday(year: int, month: int, nth: int) -> date:
    """The nth Monday of a month, or the last."""
    days = [date(year, month, 1) + number * DAY for number in range(31)]
    mondays = [day for day in days if day.month == month and day.weekday() == 0]
    return mondays[nth - 1] if nth > 0 else mondays[-1]


def bank_holidays(nation: str, year: int) -> set[date]:
    """A nation's, with the weekday that stands for one on a weekend."""
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    moving = [easter(year) - 2 * DAY, monday(year, 5, 1), monday(year, 5, -1)]
    if nation == "Scotland":
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        moving += [monday(year, 8, 1), *([date(2026, 6, 15)] if year == 2026 else [])]
    else:
        moving += [easter(year) + DAY, monday(year, 8, -1)]
    if nation == "Northern Ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    found = set(moving) | {day for day in fixed if day.weekday() < 5}
    for day in sorted(day for day in fixed if day.weekday() >= 5):
        while day.weekday() >= 5 or day in found:
            day += DAY
        found.add(day)
    return found


def back(poll: date, days: int, nation: str, *, scottish_poll: bool = False) -> date:
    """So many working days before a poll."""
    free = bank_holidays(nation, poll.year) | ({easter(poll.year) + DAY} if scottish_poll else set())
    day = poll
    while days:
        day -= DAY
        days -= day.weekday() < 5 and day not in free
    return day


def thursday_in_may(year: int) -> date:
    """The first: the ordinary day of elections (Representation of the People Act 1983, section 37, and the Acts of the three other nations)."""
    return next(day for number in range(1, 8) if (day := date(year, 5, number)).weekday() == 3)


def quiet_periods(nation: str) -> Iterator[tuple[date, date]]:
    """From the last day for the notice to poll day."""
    yield date(2024, 6, 4), date(2024, 7, 4)  # the writs were received on Friday 31 May 2024; two days later, without the weekend
    may = {year: thursday_in_may(year) for year in YEARS}
    if nation == "England":  # councils by thirds, halves or whole: some poll every year
        yield from ((back(day, 25, nation), day) for day in may.values())
    if (
        nation == "Wales"
    ):  # commissioners for four years from 2020, put off to 2021: 2024; Senedd five years after 2021; councils after 2022
        yield from ((back(may[year], 25, nation), may[year]) for year in (2024, 2026, 2027))
    if nation == "Scotland":  # Parliament five years after 2021; councils five years after 2022
        yield from ((back(may[year], 28, nation, scottish_poll=True), may[year]) for year in (2026, 2027))
    if nation == "Northern Ireland":  # Assembly five years after 2022; councils four years after 2023
        yield back(may[2027], 25, nation), may[2027]


def every_day() -> Iterator[date]:
    day = date(2024, 1, 1)
    while day.year <= 2027:
        yield day
        day += DAY


def ours(database: Database) -> dict[str, dict[str, set[date]]]:
    """By nation and kind, the days the product holds for one authority of it."""
    first, last = date(2024, 1, 1), date(2027, 12, 31)
    with database.reading() as session:
        assert [authorities.get(session, code).nation for code in ONE_OF.values()] == list(ONE_OF)
        found = calendars.of(session, ONE_OF.values(), first=first, last=last)
    return {
        nation: {
            kind: {
                hold.first + number * DAY
                for hold in windows.holds(
                    [rule for rule in found[code] if rule.kind == kind], first=first, last=last, message_class=PUBLICITY, weekends=False
                )
                for number in range((hold.last - hold.first).days + 1)
            }
            for kind in ("bank holiday", QUIET)
        }
        for nation, code in ONE_OF.items()
    }


def test_every_day_of_four_years_is_what_the_law_makes_it(desk: Database, record_property: Callable[[str, object], None]) -> None:
    held, looked, wrong = ours(desk), 0, []

    for nation in NATIONS:
        holidays = {day for year in YEARS for day in bank_holidays(nation, year)}
        periods = list(quiet_periods(nation))
        for day in every_day():
            expected = (day in holidays, any(first <= day <= last for first, last in periods))
            said = (day in held[nation]["bank holiday"], day in held[nation][QUIET])
            looked, wrong = looked + 1, wrong + ([(nation, day, said, expected)] if said != expected else [])

    assert wrong == []
    assert looked == 4 * 1461
    record_property("figure", f"calendar: {looked:,} days of four nations against the law's rules, wrong {len(wrong)}")


@pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="COUNTERSIGN_TEST_CALENDARS names no folder with GOV.UK's bank holidays and others' polls"
)
def test_the_same_days_as_those_others_publish(desk: Database) -> None:
    held = ours(desk)
    published = json.loads((PUBLISHED / "govuk_bank_holidays.json").read_text("utf-8"))
    division = {
        "England": "england-and-wales",
        "Wales": "england-and-wales",
        "Scotland": "scotland",
        "Northern Ireland": "northern-ireland",
    }
    elections = json.loads((PUBLISHED / "elections_2024_2027.json").read_text("utf-8"))["elections"]
    nation_of = {"senedd": ["Wales"], "sp": ["Scotland"], "nia": ["Northern Ireland"], "parl": NATIONS}

    for nation in NATIONS:
        theirs = {date.fromisoformat(one["date"]) for one in published[division[nation]]["events"]}
        assert held[nation]["bank holiday"] == {day for day in theirs if day.year in YEARS}
        spans = [
            (date.fromisoformat(one["dates"]["Notice of election deadline"]), date.fromisoformat(one["poll_date"]))
            for one in elections
            if nation in nation_of.get(one["election"], [one.get("nation")])
        ]
        if nation == "Wales":
            spans.append(
                (date(2024, 3, 26), date(2024, 5, 2))
            )  # they leave out polls for police and crime commissioners; councils held one
        assert held[nation][QUIET] == {day for day in every_day() if any(first <= day <= last for first, last in spans)}


def test_what_an_officer_changed_or_retired_is_not_loaded_again(desk: Database) -> None:
    with desk.transaction() as session:
        [changed, retired, *_] = rules.standing(session, calendar=polls.CALENDAR)
        rules.retire(session, retired.id, by=OFFICER, at=NOON)
        later = {**polls.POLLS[0].typed().__dict__, "uid": changed.uid, "title": "put off", "last": changed.last + DAY}
        rules.change(session, changed.id, rules.Typed(**later), by=OFFICER, at=NOON)
        before = len(rules.standing(session))

    with desk.transaction() as session:
        loaded = polls.load(session, by=OFFICER, at=NOON)

    with desk.reading() as session:
        assert (loaded, len(rules.standing(session)), before) == (0, len(polls.POLLS) - 1, len(polls.POLLS) - 1)
        assert rules.get(session, changed.id).title == "put off"
        assert rules.get(session, retired.id).retired_at is not None


def test_where_no_poll_is_held_one_step_says_so(desk: Database) -> None:
    leeds, bradford = "E08000035", "E08000032"
    with desk.transaction() as session:
        [rule] = [
            row for row in rules.standing(session, calendar=polls.CALENDAR) if row.place == "England" and row.last == date(2026, 5, 7)
        ]
        rules.exempt(session, rule.id, bradford, source="No election in 2026", by=OFFICER, at=NOON)

    with desk.reading() as session:
        span = {"first": date(2026, 4, 20), "last": date(2026, 4, 24)}
        found = calendars.of(session, [leeds, bradford], **span)

    assert [bool(windows.windows(found[code], **span, message_class=PUBLICITY)) for code in (leeds, bradford)] == [False, True]
