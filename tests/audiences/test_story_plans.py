"""The demonstration's plan: rows with and without owners, a milestone to come, and entries of calendars that say whose they are."""

from datetime import timedelta

import pytest

from audiences.pilot import story_plans, story_words
from campaigns.foundation.database import Database
from campaigns.planning import milestones, plan_rows, rules, windows
from tests.campaigns.stories import DAY, NOON
from tests.web import grounds


@pytest.mark.parametrize("days", range(0, 35, 5))
def test_whenever_it_begins_nothing_is_held_that_day_and_single_days_are_working_days(sqlite: Database, days: int) -> None:
    ground, at = grounds.found(sqlite), NOON + days * DAY
    with sqlite.transaction() as session:
        story_plans.load(session, ground.campaign, by=ground.house.drafter, at=at)

    with sqlite.reading() as session:
        rows, entries = plan_rows.standing(session), [one for one in rules.standing(session) if one.source == story_plans.OURS]
        assert not milestones.is_reached(session, ground.campaign, story_words.MILESTONE)
    assert {bool(row.hse_owner and row.lacors_owner) for row in rows} == {True, False} and len(rows) == len(story_words.PLAN)
    assert all(row.first.weekday() < 5 for row in rows if not row.whole_month)
    assert {entry.kind for entry in entries} == {"committee", "copy date"}
    for entry in entries:
        first = at.date()
        assert windows.held_days(entry.value(), first, first + timedelta(days=9)) == 0
        assert len(windows.starts(entry.value(), first, first + timedelta(days=120))) >= 2
