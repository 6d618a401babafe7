"""Times as a London clock shows them, and the two nights a year when it cannot be believed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.foundation import clock
from campaigns.foundation.errors import Refused

MINUTE = timedelta(minutes=1)


def test_a_time_typed_in_summer_is_an_hour_earlier_in_utc() -> None:
    assert clock.from_london(date(2026, 5, 12), time(10)) == datetime(2026, 5, 12, 9, tzinfo=UTC)
    assert clock.from_london(date(2026, 1, 12), time(10)) == datetime(2026, 1, 12, 10, tzinfo=UTC)


def test_a_time_the_clocks_skip_is_refused_with_the_choices() -> None:
    with pytest.raises(Refused, match=r"01:30 does not exist on Sunday 29 March 2026: .* Choose 00:30 or 02:30\."):
        clock.from_london(date(2026, 3, 29), time(1, 30))


def test_a_time_the_clocks_show_twice_is_refused_with_the_choices() -> None:
    with pytest.raises(Refused, match=r"01:30 comes twice on Sunday 25 October 2026: .* before 01:00 or from 02:00 on\."):
        clock.from_london(date(2026, 10, 25), time(1, 30))


@pytest.mark.parametrize(
    ("day", "hour", "utc"), [((3, 29), (0, 59), 0), ((3, 29), (2, 0), 1), ((10, 25), (0, 59), 23), ((10, 25), (2, 0), 2)]
)
def test_the_times_on_either_side_are_believed(day: tuple[int, int], hour: tuple[int, int], utc: int) -> None:
    assert clock.from_london(date(2026, *day), time(*hour)).hour == utc


@given(day=st.dates(date(2000, 1, 1), date(2040, 1, 1)), hour=st.times())
def test_what_is_not_refused_reads_back_as_typed(day: date, hour: time) -> None:
    try:
        moment = clock.london(clock.from_london(day, hour))
    except Refused:
        assert day.month in {3, 10} and hour.hour == 1
    else:
        assert (moment.date(), moment.time()) == (day, hour.replace(fold=0))


def test_a_moment_is_said_as_people_say_it() -> None:
    assert clock.say(datetime(2026, 5, 12, 9, 5, tzinfo=UTC)) == "Tuesday 12 May 2026, 10:05"


def test_only_in_the_hour_that_comes_twice_it_is_said_which_of_the_two_is_meant() -> None:
    night = [datetime(2026, 10, 25, hour, minute, tzinfo=UTC) for hour in (0, 1) for minute in (0, 59)]

    assert [clock.say(moment)[-9:] for moment in night] == ["01:00 BST", "01:59 BST", "01:00 GMT", "01:59 GMT"]
    assert [clock.hour(moment) for moment in (night[0] - MINUTE, night[-1] + MINUTE)] == ["00:59", "02:00"]
    assert clock.hour(datetime(2026, 3, 29, 1, tzinfo=UTC)) == "02:00"


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
