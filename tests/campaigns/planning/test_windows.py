"""Windows and turns against days and hours asked one by one, by code that shares nothing with the engine."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.planning import turns, windows
from campaigns.planning.windows import CLASSES, HOLDS, PUBLICITY, QUIET, Hold, Rule
from tests.campaigns.planning import day_by_day
from tests.campaigns.planning.day_by_day import DAY, HOUR, NAMES, Plain

Look = tuple[list[Plain], date, date, str]
Moment = tuple[list[Plain], datetime, datetime, str, bool, bool]
CHANCE = st.randoms(use_true_random=True)  # drawn by hypothesis, which prints the seed of what fails; each case is then quick to make
FEW = settings(max_examples=200, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
BEGINNING = date(2024, 1, 1)  # a leap year; four years on, another is beyond what is looked at
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]  # Summer Time Order 2002: last Sundays


def when(chance: Random) -> date:
    return BEGINNING + chance.randrange(1400) * DAY


def recurrence(chance: Random) -> dict[str, object]:
    """None, or every few days, weeks, months or years, for ever or up to an end."""
    often = chance.choice(["", "DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"])
    said: dict[str, object] = {"FREQ": often} if often else {}
    if often:
        said |= chance.choice([{}, {"INTERVAL": chance.randint(2, 5)}])
        said |= chance.choice([{}, {}, {"COUNT": chance.randint(1, 12)}, {"UNTIL": f"{when(chance):%Y%m%d}"}])
    if often == "WEEKLY":
        said |= chance.choice([{}, {"BYDAY": chance.sample(NAMES, chance.randint(1, 3))}])
    if often in ("MONTHLY", "YEARLY"):
        said |= chance.choice([{}, {"BYDAY": nth_days(chance)}, {"BYMONTHDAY": month_days(chance)}])
    if often == "YEARLY" and (len({"BYDAY", "BYMONTHDAY"} & set(said)) or chance.random() < 0.5):
        said["BYMONTH"] = chance.sample(range(1, 13), chance.randint(1, 3))
    return said


def nth_days(chance: Random) -> list[str]:
    """`2TU`, `-1FR`, `MO`."""
    return sorted({chance.choice(["", "1", "2", "3", "4", "5", "-1", "-2"]) + chance.choice(NAMES) for _ in range(chance.randint(1, 2))})


def month_days(chance: Random) -> list[int]:
    """Also days that not every month has."""
    return sorted({chance.choice([1, 12, 15, 28, 29, 30, 31, -1, -3]) for _ in range(chance.randint(1, 2))})


def plain_rule(chance: Random) -> Plain:
    """Any rule."""
    first = chance.choice([when(chance), when(chance), when(chance), date(2024, 2, 29)])
    last, excepted = first + chance.choice([0, 0, 0, 1, 4, 13, 40]) * DAY, [first + chance.randrange(60) * DAY for _ in range(3)]
    return Plain(
        chance.choice(sorted(HOLDS)),
        first,
        last,
        recurrence(chance),
        tuple(excepted[: chance.randrange(4)]),
        chance.choice([0, 0, 3, 7, 14]),
    )


def look(chance: Random) -> Look:
    """Some rules, the days looked at (also one day, and none), and a class."""
    first = when(chance)
    last = first + chance.choice([-1, 0, 1, chance.randrange(120), chance.randrange(120), chance.randrange(120)]) * DAY
    return [plain_rule(chance) for _ in range(chance.randrange(7))], first, last, chance.choice(CLASSES)


def ours(plain: list[Plain]) -> list[Rule]:
    """The same rules as the engine takes them."""
    return [
        Rule(one.kind, f"{one.kind} {number}", one.first, one.last, one.text(), one.excepted, one.lead_days)
        for number, one in enumerate(plain)
    ]


def days_of(found: list[windows.Window] | list[Hold]) -> list[date]:
    return [day for one in found for day in day_by_day.days(one.first, one.last)]


def every_promise_of_the_engine_holds(looked: Look) -> None:
    plain, first, last, message_class = looked
    rules, span = ours(plain), {"first": first, "last": last, "message_class": message_class}
    found = windows.windows(rules, **span)  # type: ignore[arg-type]
    against = windows.holds(rules, **span)  # type: ignore[arg-type]
    open_days, held = days_of(found), set(days_of(against))

    assert open_days == day_by_day.free(plain, first, last, message_class)  # so none where it finds none, and never none where it finds one
    assert not held & set(open_days)  # no window meets a blackout
    assert held | set(open_days) == set(day_by_day.days(first, last))  # whatever is not in a window is held by something
    assert all(bool(windows.why(against, day)) == (day not in set(open_days)) for day in day_by_day.days(first, last))
    assert all(hold.reason and hold.ends >= hold.last for hold in against)
    assert windows.windows([*reversed(rules)], **span) == found  # type: ignore[arg-type]
    assert windows.holds([*reversed(rules), *rules], **span) == against  # type: ignore[arg-type]
    assert all(set(days_of(windows.windows(rules[:size], **span))) >= set(open_days) for size in range(len(rules)))  # type: ignore[arg-type]
    assert windows.next_window(rules, **span) == (found[0] if found else None)  # type: ignore[arg-type]
    assert all(before.last + DAY < after.first for before, after in pairwise(found))


@FEW
@given(CHANCE)
def test_windows_are_those_of_a_count_day_by_day(chance: Random) -> None:
    every_promise_of_the_engine_holds(look(chance))


@pytest.mark.long
def test_in_ten_thousand_cases_windows_are_those_of_a_count_day_by_day(record_property: Callable[[str, object], None]) -> None:
    cases = [0, 0]

    @MANY
    @given(CHANCE)
    def play(chance: Random) -> None:
        looked = look(chance)
        every_promise_of_the_engine_holds(looked)
        cases[0], cases[1] = cases[0] + 1, cases[1] + (looked[2] - looked[1]).days + 1

    play()

    assert cases[0] >= 10_000
    record_property("figure", f"windows: {cases[0]:,} cases, {cases[1]:,} days as day by day, wrong 0")


def moment(chance: Random) -> Moment:
    """Some rules, a moment, the latest one (also before it), often about a change of the clocks."""
    day = chance.choice([chance.choice(CHANGES) + chance.randint(-4, 3) * DAY, when(chance)])
    at = datetime.combine(day, time(), UTC) + timedelta(minutes=chance.randrange(24 * 60))
    latest = at + chance.choice([chance.randint(-50, 50), chance.randrange(24 * 30)]) * HOUR + timedelta(minutes=chance.randrange(60))
    rules = [plain_rule(chance) for _ in range(chance.randrange(4))]
    return rules, at, latest, chance.choice(CLASSES), chance.random() < 0.6, chance.random() < 0.2


def every_promise_of_a_turn_holds(asked: Moment) -> None:
    plain, at, latest, message_class, in_windows, overrides = asked
    turn = turns.of(ours(plain), at=at, latest=latest, message_class=message_class, in_windows=in_windows, overrides_quiet=overrides)

    expected = day_by_day.turn(_free(asked), at, latest, all_day=not in_windows)
    assert (turn.opens, turn.closes) == (expected or (None, None))
    assert bool(turn.why) == (turn.opens != at)  # what waits says for what, and what goes at once waits for nothing
    if turn.opens is not None and turn.closes is not None:
        assert at <= turn.opens < turn.closes <= latest
        shown = day_by_day.london(turn.opens)
        assert not in_windows or (8 <= shown.hour < 18 and shown.weekday() < 5)


def _free(asked: Moment) -> set[date]:
    plain, at, latest, message_class, in_windows, overrides = asked
    standing = [one for one in plain if (in_windows or one.kind == QUIET) and not (overrides and one.kind == QUIET)]
    first, last = at.date() - DAY, latest.date() + DAY
    if in_windows:
        return set(day_by_day.free(standing, first, last, message_class))
    held = {day for one in standing if message_class in day_by_day.HELD["pre-election"] for day in day_by_day.covered(one, last)}
    return set(day_by_day.days(first, last)) - held


@FEW
@given(CHANCE)
def test_a_turn_is_that_of_a_count_hour_by_hour(chance: Random) -> None:
    every_promise_of_a_turn_holds(moment(chance))


@pytest.mark.long
def test_in_ten_thousand_cases_a_turn_is_that_of_a_count_hour_by_hour(record_property: Callable[[str, object], None]) -> None:
    cases = [0]

    @MANY
    @given(CHANCE)
    def play(chance: Random) -> None:
        every_promise_of_a_turn_holds(moment(chance))
        cases[0] += 1

    play()

    assert cases[0] >= 10_000
    record_property("figure", f"turns: {cases[0]:,} cases as hour by hour, about the clocks' changes of 2026 and 2027 too, wrong 0")


@pytest.mark.parametrize("change", CHANGES)
def test_the_clocks_may_change_and_a_window_still_opens_at_eight_in_london(change: date) -> None:
    friday, monday = change - 2 * DAY, change + DAY
    spring = change.month == 3
    at = datetime.combine(friday, time(19), UTC)

    turn = turns.of([], at=at, latest=at + 5 * DAY, message_class=PUBLICITY, in_windows=True)

    assert turns.opening(friday) == datetime.combine(friday, time(8 if spring else 7), UTC)
    assert turn.opens == turns.opening(monday) == datetime.combine(monday, time(7 if spring else 8), UTC)
    assert turn.closes == turns.closing(monday) == datetime.combine(monday, time(17 if spring else 18), UTC)
    assert turn.why == f"held to {change.day} {change:%B}: weekend"


def test_what_waits_for_the_morning_is_not_said_to_wait_for_the_weekend() -> None:
    friday = datetime(2026, 5, 15, 5, tzinfo=UTC)

    turn = turns.of([], at=friday, latest=friday + DAY, message_class=PUBLICITY, in_windows=True)

    assert (turn.opens, turn.why) == (datetime(2026, 5, 15, 7, tzinfo=UTC), turns.OUT_OF_HOURS)


def test_after_its_latest_moment_it_has_no_turn_and_says_so() -> None:
    noon = datetime(2026, 5, 12, 11, tzinfo=UTC)

    for latest in (noon, noon - 40 * DAY):
        assert turns.of([], at=noon, latest=latest, message_class=PUBLICITY, in_windows=True) == turns.Turn(None, None, turns.TOO_LATE)


def test_without_windows_it_may_go_day_and_night_until_the_next_quiet_period() -> None:
    quiet = Rule(QUIET, "pre-election period", date(2026, 3, 30), date(2026, 5, 7))
    later = Rule(QUIET, "by-election", date(2026, 6, 1), date(2026, 6, 5))
    noon = datetime(2026, 3, 20, 12, tzinfo=UTC)

    before = turns.of([later, quiet], at=noon, latest=noon + 90 * DAY, message_class=PUBLICITY, in_windows=False)
    within = turns.of([later, quiet], at=noon + 20 * DAY, latest=noon + 90 * DAY, message_class=PUBLICITY, in_windows=False)

    assert (before.opens, before.closes) == (noon, datetime(2026, 3, 29, 23, tzinfo=UTC))  # midnight by a London clock, in summer time
    assert (within.opens, within.closes) == (datetime(2026, 5, 7, 23, tzinfo=UTC), datetime(2026, 5, 31, 23, tzinfo=UTC))
    assert within.why == "held to 7 May: pre-election period"


def test_a_hold_is_said_to_end_when_it_ends_wherever_one_stopped_looking() -> None:
    quiet = Rule(QUIET, "pre-election period", date(2026, 3, 30), date(2026, 5, 7))
    at = datetime(2026, 4, 1, 12, tzinfo=UTC)

    turn = turns.of([quiet], at=at, latest=at + 7 * DAY, message_class=PUBLICITY, in_windows=True)

    assert (turn.opens, turn.why) == (None, "held to 7 May: pre-election period")


def test_a_rule_of_29_february_comes_in_leap_years_only() -> None:
    leap = Rule("do not send", "leap day", date(2024, 2, 29), date(2024, 2, 29), "FREQ=YEARLY")

    found = [windows.starts(leap, date(year, 1, 1), date(year, 12, 31)) for year in range(2024, 2029)]

    assert found == [[date(2024, 2, 29)], [], [], [], [date(2028, 2, 29)]]


def test_a_day_that_is_excepted_is_not_held() -> None:
    weekly = Rule("committee", "planning committee", date(2026, 5, 5), date(2026, 5, 5), "FREQ=WEEKLY", (date(2026, 5, 12),))

    assert windows.starts(weekly, date(2026, 5, 1), date(2026, 5, 20)) == [date(2026, 5, 5), date(2026, 5, 19)]
