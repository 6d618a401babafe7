"""A list that is complete, and what became of everybody who was asked: attended, apologies or absent."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.briefings import attendance, outcomes, tours
from campaigns.briefings.attendance import APOLOGIES
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.campaigns.briefings.test_attendance import held
from tests.campaigns.briefings.test_sign_ins import ADUR, BARROW, JANE, START, dated, enter, rows, sign_in

OVER = START + timedelta(hours=2)


def test_a_row_of_a_person_wins_over_those_of_their_role(database: Database) -> None:
    story, briefing = held(database)
    came, excused, asked = uuid4(), uuid4(), uuid4()
    enter(
        story,
        briefing,
        Line(replace(JANE, person_id=came)),
        Line(Attendee("practitioner", ADUR, person_id=excused), APOLOGIES),
        Line(Attendee("senior_manager", ADUR, name="A head"), APOLOGIES),
        Line(Attendee("senior_manager", ADUR), number=2),
        Line(Attendee("elected_member", ADUR, name="A member"), APOLOGIES),
    )

    with database.reading() as session:
        found = outcomes.told_by(attendance.standing(session, briefing))

    assert found.of(came, ADUR, "practitioner") == "attended"
    assert found.of(excused, ADUR, "practitioner") == "apologies"
    assert found.of(asked, ADUR, "practitioner") == "absent"  # those who came are known by their posts
    assert found.of(asked, ADUR, "senior_manager") == "attended"
    assert found.of(asked, ADUR, "elected_member") == "apologies"
    assert found.of(asked, BARROW, "elected_member") == "absent"
    assert found.of(asked, None, "union_contact") == "absent"
    assert found.of(came, None, "practitioner") == "attended"


def test_what_was_taken_back_speaks_for_nobody(database: Database) -> None:
    story, briefing = held(database)
    seat = (ADUR, "practitioner")
    with database.transaction() as session:
        attendance.record(session, briefing, [seat], by=story.house.drafter, at=START)
    with database.reading() as session:
        assert outcomes.told_by(attendance.standing(session, briefing)).of(uuid4(), *seat) == "attended"

    with database.transaction() as session:
        attendance.record(session, briefing, [], by=story.house.drafter, at=START)

    with database.reading() as session:
        assert outcomes.told_by(attendance.standing(session, briefing)).of(uuid4(), *seat) == "absent"


def test_a_list_is_complete_once_and_may_still_be_corrected(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)

    with database.transaction() as session:
        assert attendance.complete(session, briefing, by=story.house.drafter, at=OVER)
        assert not attendance.complete(session, briefing, by=story.house.drafter, at=OVER)
    with pytest.raises(NotAllowedNow, match="completed"):
        sign_in(story, briefing, replace(JANE, name="Too late"))
    enter(story, briefing, Line(replace(JANE, name="On the paper")))

    with database.reading() as session:
        assert [entry.kind for entry in log.history(session, briefing)][-2:] == ["AttendanceCompleted", "AttendanceRecorded"]
        assert tours.get(session, briefing).list_completed_at == OVER


def test_a_list_is_not_complete_while_the_briefing_goes_on(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)

    with pytest.raises(NotAllowedNow, match="The briefing lasts until"), database.transaction() as session:
        attendance.complete(session, briefing, by=story.house.drafter, at=OVER - timedelta(seconds=1))


def test_a_list_of_nobody_or_of_what_was_not_held_is_not_complete(database: Database) -> None:
    story, briefing = dated(database)
    sign_in(story, briefing, status=APOLOGIES, at=-timedelta(minutes=1))
    for match in ("Mark the briefing as held", "Nobody is on the list"):
        with pytest.raises(NotAllowedNow, match=match), database.transaction() as session:
            attendance.complete(session, briefing, by=story.house.drafter, at=OVER)
        with database.transaction() as session:
            if tours.get(session, briefing).state == "dated":
                tours.hold(session, briefing, by=story.house.drafter, at=START)


def test_a_briefing_not_held_after_all_has_no_complete_list(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)
    with database.transaction() as session:
        attendance.complete(session, briefing, by=story.house.drafter, at=OVER)
        tours.reopen(session, briefing, by=story.house.drafter, at=START)

    with database.reading() as session:
        assert tours.get(session, briefing).list_completed_at is None
    assert len(rows(story, briefing)) == 1
