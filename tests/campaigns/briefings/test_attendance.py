"""Ticks on a sign-in sheet: entered whole, corrected, and evidence only of a briefing that was held."""

from uuid import UUID

import pytest

from campaigns.briefings import attendance, tours
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.campaigns import stories
from tests.campaigns.briefings.test_tours import arrange, hold, opened
from tests.campaigns.stories import NOON, Story

ADUR, BARROW = ("E07000223", "practitioner"), ("E07000027", "elected_member")


def held(database: Database) -> tuple[Story, UUID]:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing)
    hold(story, briefing)
    return story, briefing


def record(story: Story, briefing: UUID, *ticks: tuple[str, str]) -> bool:
    with story.database.transaction() as session:
        return attendance.record(session, briefing, ticks, by=story.house.drafter, at=NOON)


def evidence(story: Story, briefing: UUID) -> tuple[list[str], int]:
    with story.database.reading() as session:
        facts, taken_back = attendance.briefed(session, briefing, members=())
    return [fact.authority_code for fact in facts if fact.grade == "briefed"], len(taken_back)


def test_a_tick_is_evidence_that_an_authority_was_briefed(database: Database) -> None:
    story, briefing = held(database)

    assert record(story, briefing, ADUR, BARROW)

    codes, taken_back = evidence(story, briefing)
    assert (sorted(codes), taken_back) == (["E07000027", "E07000223"], 0)
    with database.reading() as session:
        facts, _ = attendance.briefed(session, briefing, members=())
        assert {fact.at for fact in facts} == {tours.get(session, briefing).starts_at} != {NOON}, "when it was, not when it was entered"
        assert attendance.present(session, briefing) == {ADUR, BARROW}
        assert log.read(log.history(session, briefing)[-1]) == attendance.AttendanceRecorded(present=2)


def test_a_sheet_entered_twice_changes_nothing(database: Database) -> None:
    story, briefing = held(database)
    record(story, briefing, ADUR)

    assert not record(story, briefing, ADUR, ADUR)

    with database.reading() as session:
        assert [entry.kind for entry in log.history(session, briefing)].count("AttendanceRecorded") == 1


def test_a_tick_taken_back_is_kept_and_counts_no_more(database: Database) -> None:
    story, briefing = held(database)
    record(story, briefing, ADUR, BARROW)

    assert record(story, briefing, BARROW)

    assert evidence(story, briefing) == (["E07000027"], 1)
    assert record(story, briefing, ADUR, BARROW) and evidence(story, briefing)[1] == 0
    with database.reading() as session:
        assert len(attendance.sheet(session, briefing)) == 2


def test_nobody_was_there_before_a_briefing_was_held(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing)

    with pytest.raises(NotAllowedNow, match="Mark the briefing as held"):
        record(story, briefing, ADUR)


def test_a_briefing_marked_as_held_by_mistake_is_evidence_of_nothing(database: Database) -> None:
    story, briefing = held(database)
    record(story, briefing, ADUR)

    with database.transaction() as session:
        tours.reopen(session, briefing, by=story.house.drafter, at=NOON)

    assert evidence(story, briefing) == ([], 1)
