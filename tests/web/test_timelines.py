"""The picture of the forward plan is worked out from values: every bar inside the weeks shown, a letter for its state, words for all of it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiences.forward_plan import Item, View
from audiences.plan_calendars import Band, Mark
from audiences.planned_letters import DUE, HELD, PROPOSED
from web import timelines
from web.timelines import DAYS, LABELS, MARKS, MOST_LINES, Timeline

VIEW = View(date(2027, 5, 12))
DAY = st.dates(date(2026, 1, 1), date(2029, 1, 1))


def item(first: date, last: date | None = None, *, title: str = "What LOPP is") -> Item:
    return Item("letter", DUE, DUE, title, first, last or first, ("release", UUID(int=1)))


def draw(*items: Item, bands: list[Band] | None = None, today: date = VIEW.start) -> Timeline:
    return timelines.draw(VIEW, items, bands or [], today=today)


def test_a_view_begins_on_a_monday_and_is_as_many_weeks_long_as_asked() -> None:
    assert (VIEW.first, VIEW.last) == (date(2027, 5, 10), date(2027, 8, 8))


def test_a_day_stands_where_its_share_of_the_weeks_is() -> None:
    (line,) = draw(item(VIEW.first + timedelta(days=13))).lines

    assert line.bars[0].x == pytest.approx(LABELS + DAYS / 7, abs=0.1)
    assert (line.bars[0].mark, line.bars[0].look) == ("D", DUE)
    assert line.bars[0].said == "What LOPP is: letter, due, 23 May 2027"


@given(st.lists(st.tuples(DAY, st.integers(0, 500)), max_size=20), st.integers(1, 53), DAY)
def test_every_bar_stays_inside_the_picture(spans: list[tuple[date, int]], weeks: int, start: date) -> None:
    view = View(start, weeks)
    inside = [
        item(max(day, view.first), min(day + timedelta(days=long), view.last)) for day, long in spans if view.first <= day <= view.last
    ]
    found = timelines.draw(view, inside, [], today=start)

    for line in found.lines:
        for bar in line.bars:
            assert bar.x >= LABELS and bar.x + bar.wide <= LABELS + DAYS + 0.2 and bar.wide > 0 and line.y < found.height
    assert all(LABELS <= tick.x < LABELS + DAYS for tick in found.weeks + found.months)


def test_today_is_drawn_only_where_it_is_shown() -> None:
    assert draw(today=VIEW.first).today == LABELS
    assert draw(today=date(2030, 1, 1)).today is None


def test_a_long_title_is_shortened_and_kept_whole_in_words() -> None:
    (line,) = draw(item(VIEW.first, title="x" * 200)).lines

    assert len(line.label) == timelines.LONGEST_LABEL and line.label.endswith("…") and line.said == "x" * 200


def test_of_very_many_items_the_picture_says_how_many_it_leaves_out() -> None:
    found = draw(*[item(VIEW.first, title=f"{number}") for number in range(MOST_LINES + 7)])

    assert (len(found.lines), found.not_drawn) == (MOST_LINES, 7)


def test_every_state_has_a_letter_of_its_own_and_a_line_in_the_legend() -> None:
    letters = [mark for mark in MARKS.values() if mark]

    assert len(set(letters)) == len(letters) and set(timelines.LEGEND) == set(MARKS)
    assert (MARKS[PROPOSED], MARKS[HELD]) == ("P", "H")


def test_calendars_stand_under_the_items_with_their_counts() -> None:
    week = Mark(VIEW.first, VIEW.first + timedelta(days=6), "Committee papers: 14 of 27 authorities", "14", 14, 27)
    found = draw(item(VIEW.first), bands=[Band("Committee papers", [week])])

    assert found.bands[0].y > found.lines[0].y
    assert (found.bands[0].bars[0].mark, found.bands[0].bars[0].look) == ("14", "closed-3")
    assert found.bands[0].bars[0].said == "Committee papers: 14 of 27 authorities, 10 to 16 May 2027"
