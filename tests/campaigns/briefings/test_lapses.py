"""A briefing that does not take place on its day: whoever signed in for that day, or sent apologies, has said nothing of another one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from campaigns.briefings import attendance, cancellations, outcomes, tours
from campaigns.briefings.attendance import APOLOGIES, PRESENT
from campaigns.briefings.sign_ins import AttendanceLapsed, Attendee
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.campaigns.briefings.test_sign_ins import ADUR, BARROW, JANE, START, dated, evidence, rows, sign_in
from tests.campaigns.briefings.test_tours import arrange, state
from tests.campaigns.stories import DAY, NOON, Story

LATER = START + 20 * DAY
BOB = Attendee("elected_member", BARROW, name="Bob", person_id=uuid4())


def called_off(story: Story, briefing: UUID) -> None:
    with story.database.transaction() as session:
        cancellations.call_off(session, briefing, reason="Snow", by=story.house.drafter, at=NOON)


def declined(story: Story, briefing: UUID) -> None:
    with story.database.transaction() as session:
        cancellations.decline(session, briefing, reason="Another event", by=story.house.drafter, at=NOON)


def moved(story: Story, briefing: UUID) -> None:
    arrange(story, briefing, starts_at=START + DAY)


def signed_in(database: Database) -> tuple[Story, UUID]:
    """A briefing whose door is open: Jane signed in, and Bob sent apologies."""
    story, briefing = dated(database)
    sign_in(story, briefing, at=-DAY)
    sign_in(story, briefing, BOB, status=APOLOGIES, at=-DAY)
    return story, briefing


def held_later(story: Story, briefing: UUID) -> None:
    arrange(story, briefing, starts_at=LATER)
    with story.database.transaction() as session:
        tours.hold(session, briefing, by=story.house.drafter, at=LATER)


@pytest.mark.parametrize("step", [called_off, declined, moved])
def test_nobody_is_briefed_or_excused_by_what_they_said_of_another_day(database: Database, step: Callable[[Story, UUID], None]) -> None:
    story, briefing = signed_in(database)

    step(story, briefing)
    held_later(story, briefing)

    assert (evidence(story, briefing)[0], rows(story, briefing)) == ({}, [])
    assert BOB.person_id is not None
    with database.reading() as session:
        found = outcomes.told_by(attendance.standing(session, briefing))
        told = [log.read(entry) for entry in log.history(session, briefing) if entry.kind == "AttendanceLapsed"]
    assert found.of(uuid4(), ADUR, JANE.role) == found.of(BOB.person_id, BARROW, BOB.role) == "absent"
    assert told == [AttendanceLapsed(lines=2)]


def test_whoever_signs_in_again_on_the_new_day_was_there(database: Database) -> None:
    story, briefing = signed_in(database)
    called_off(story, briefing)
    held_later(story, briefing)

    assert sign_in(story, briefing, at=LATER - START)

    assert [(row.name, row.status) for row in rows(story, briefing)] == [("Jane Fields", PRESENT)]
    assert len(evidence(story, briefing)[0]) == 1


def test_an_hour_or_a_place_that_changes_on_the_day_takes_nobody_off_the_list(database: Database) -> None:
    story, briefing = signed_in(database)

    arrange(story, briefing, starts_at=START + timedelta(hours=1), place="The other hall")

    assert len(rows(story, briefing)) == 2
    assert not sign_in(story, briefing)


def test_a_list_of_nobody_does_not_lapse(database: Database) -> None:
    story, briefing = dated(database)

    called_off(story, briefing)

    assert state(story, briefing) == "wanted"
    with database.reading() as session:
        assert "AttendanceLapsed" not in [entry.kind for entry in log.history(session, briefing)]
