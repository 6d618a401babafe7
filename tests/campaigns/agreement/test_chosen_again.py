"""Choices made again, or by two at once: only what changes is told, and of several that are due none keeps another from beginning."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from campaigns.agreement import releases, schedules
from campaigns.agreement.schedules import ReleaseScheduled
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.stories import HOUR, MINUTE, NOON, Story

LATER, IN_WINDOWS, BEFORE = {"when": NOON + HOUR}, {"in_windows": True}, {"tour": UUID(int=7), "days": 3}
SECOND = timedelta(seconds=1)


def chosen(story: Story, *, at: Any = NOON, **how: Any) -> bool:
    with story.database.transaction() as session:
        return schedules.schedule(session, story.release, **{"when": None, **how}, by=story.house.lacors, at=at)


@pytest.mark.parametrize(
    ("first", "second", "is_new"),
    [
        ({}, {"at": NOON + HOUR}, False),
        ({}, LATER, True),
        (LATER, {}, True),
        (LATER, {"when": NOON + HOUR + 59 * SECOND}, False),
        (LATER, {"when": NOON + HOUR + MINUTE}, True),
        (LATER, {"when": NOON + HOUR - SECOND}, True),
        ({}, IN_WINDOWS, True),
        (IN_WINDOWS, {}, True),
        (IN_WINDOWS, IN_WINDOWS | {"at": NOON + HOUR}, False),
        (BEFORE, BEFORE, False),
        (BEFORE, BEFORE | {"days": 4}, True),
        (BEFORE, IN_WINDOWS, True),
    ],
)
def test_only_another_choice_is_told(sqlite: Database, first: dict[str, Any], second: dict[str, Any], is_new: bool) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    assert chosen(story, **first)

    assert chosen(story, **second) is is_new

    with sqlite.reading() as session:
        assert len(log.of_kinds(session, story.release, "ReleaseScheduled")) == 1 + is_new


def test_now_is_told_as_the_moment_it_was_said_and_before_briefings_as_within_windows(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    chosen(story, **BEFORE, at=NOON + HOUR)

    with sqlite.reading() as session:
        said = log.read(log.of_kinds(session, story.release, "ReleaseScheduled")[-1])
        assert said == ReleaseScheduled(when=NOON + HOUR, in_windows=True, tour=BEFORE["tour"], days_before=3)
        assert releases.get(session, story.release).in_windows


def test_the_minute_that_runs_is_not_past(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    assert chosen(story, when=NOON + HOUR, at=NOON + HOUR + MINUTE)


def test_nor_is_the_minute_in_which_it_may_go_at_the_earliest_too_early(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite), stories.words(not_before=NOON + 20 * SECOND))

    assert chosen(story, when=NOON, at=NOON + 40 * SECOND)

    with sqlite.reading() as session:
        assert releases.get(session, story.release).scheduled_for == NOON + 20 * SECOND


def test_what_was_stopped_before_it_may_go_is_resumed_for_its_own_time(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite), stories.words(not_before=NOON + HOUR))
    chosen(story)
    with sqlite.transaction() as session:
        schedules.stop(session, story.release, by=story.house.hse, at=NOON)

    with sqlite.transaction() as session:
        assert schedules.resume(session, story.release, by=story.house.hse, at=NOON + MINUTE)

    assert story.state() == "scheduled"
    for at, begun in ((NOON + 59 * MINUTE, 0), (NOON + HOUR, 1)):
        with sqlite.transaction() as session:
            assert schedules.begin_due(session, at=at) == begun


def test_of_two_that_are_due_what_was_to_go_first_begins_first(sqlite: Database) -> None:
    house = stories.house(sqlite)
    second, first = (stories.agreed_release(house) for _ in range(2))
    second.schedule(when=NOON + HOUR)
    first.schedule(when=NOON + MINUTE)

    with sqlite.transaction() as session:
        assert schedules.begin_due(session, at=NOON + HOUR, limit=1) == 1

    assert (first.state(), second.state()) == ("sending", "scheduled")


def test_what_the_gate_refuses_keeps_no_other_from_beginning(sqlite: Database) -> None:
    house = stories.house(sqlite)
    refused, other = (stories.agreed_release(house) for _ in range(2))
    for minutes, story in enumerate((refused, other)):
        story.schedule(when=NOON + minutes * MINUTE)
    with sqlite.transaction() as session:
        messages.revise(session, refused.message, stories.words(title="Newer"), by=house.drafter, at=NOON)

    with sqlite.transaction() as session:
        schedules.begin_due(session, at=NOON + HOUR)

    assert (refused.state(), other.state()) == ("stopped", "sending")


def test_both_parties_stop_it_at_once_and_both_stops_stand(on_postgres: Database) -> None:
    story = stories.sending_release(stories.house(on_postgres))

    def stop() -> None:
        with on_postgres.transaction() as session:
            schedules.stop(session, story.release, by=story.house.lacors, at=NOON)

    with crossings.other(on_postgres, stop) as begin, on_postgres.transaction() as session:
        schedules.stop(session, story.release, by=story.house.hse, at=NOON)
        session.flush()
        other = begin()
    other.result()

    with on_postgres.reading() as session:
        assert releases.get(session, story.release).stoppers == ["hse", "lacors"]


def test_the_same_choice_made_at_once_is_told_once(on_postgres: Database) -> None:
    story = stories.agreed_release(stories.house(on_postgres))

    with crossings.other(on_postgres, lambda: chosen(story, **LATER)) as begin, on_postgres.transaction() as session:
        assert schedules.schedule(session, story.release, **LATER, by=story.house.hse, at=NOON)
        session.flush()
        other = begin()

    assert not other.result()
