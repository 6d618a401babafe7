"""The paper sheet typed in: beside what was scanned without a double, with head-counts and apologies, and lines taken back."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlmodel import select

from campaigns.briefings import attendance, sign_ins
from campaigns.briefings.attendance import APOLOGIES, PRESENT, TAKEN_BACK, Attendance
from campaigns.briefings.sign_ins import Attendee, Entered, Line
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns.briefings.test_attendance import held
from tests.campaigns.briefings.test_sign_ins import ADUR, BARROW, JANE, START, dated, enter, evidence, rows, sign_in
from tests.campaigns.briefings.test_tours import hold
from tests.campaigns.stories import NOON


def test_a_post_of_the_register_and_its_name_are_one_attendee(database: Database) -> None:
    story, briefing = held(database)
    person, other = uuid4(), uuid4()
    sign_in(story, briefing)

    assert enter(story, briefing, Line(replace(JANE, person_id=person))) == Entered(0, 0, 1)
    assert enter(story, briefing, Line(replace(JANE, person_id=person, name=""))) == Entered(0, 0, 1)
    assert not sign_in(story, briefing)
    assert enter(story, briefing, Line(replace(JANE, person_id=person, role="senior_manager"))) == Entered(0, 0, 1)
    assert enter(story, briefing, Line(replace(JANE, person_id=other))) == Entered(1, 0, 0)  # a namesake

    assert {row.person_id for row in rows(story, briefing)} == {person, other}
    with database.reading() as session:
        assert len(log.of_kinds(session, briefing, attendance.AttendanceRecorded.__name__)) == 1, "of what was known nothing is told"


@pytest.mark.long
def test_three_hundred_sign_ins_of_which_forty_are_typed_in_too_are_three_hundred(database: Database) -> None:
    story, briefing = dated(database)
    people = [Attendee("practitioner", f"E0700{number % 60:04}", name=f"Officer {number}") for number in range(300)]
    with database.transaction() as session:
        for who in people:
            assert sign_ins.sign_in(session, briefing, who, at=START)
    hold(story, briefing)

    again = [Line(replace(who, name=who.name.upper() + " ")) for who in people[100:140]]
    assert enter(story, briefing, *again) == Entered(0, 0, 40)

    found = rows(story, briefing)
    assert (len(found), attendance.heads(found)) == (300, 300)
    with database.reading() as session:
        facts, gone = attendance.briefed(session, briefing, members={who.seat[0] for who in people})
    assert (len(facts), gone) == (60, [])


def test_one_touch_stands_for_a_role_however_many_came_and_keeps_its_evidence(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)
    first, _ = evidence(story, briefing)
    enter(story, briefing, Line(replace(JANE, name="John Mills")), Line(replace(JANE, name=""), number=12), Line(replace(JANE, name="")))

    again, gone = evidence(story, briefing)

    assert first == again == {f"attendance:{briefing}:{ADUR}:practitioner": (ADUR, "practitioner")} and gone == []
    assert attendance.heads(rows(story, briefing)) == 12
    with database.transaction() as session:
        for row in attendance.standing(session, briefing):
            sign_ins.take_back(session, row.id, by=story.house.drafter, at=START)
    assert evidence(story, briefing) == ({}, list(first))
    with database.reading() as session:
        assert {row.status for row in session.exec(select(Attendance))} == {TAKEN_BACK}


def test_a_head_count_is_evidence_and_nought_takes_it_back(database: Database) -> None:
    story, briefing = held(database)
    some = Attendee("elected_member", BARROW)
    assert enter(story, briefing, Line(some, number=7)) == Entered(1, 0, 0)
    assert enter(story, briefing, Line(some, number=9)) == Entered(0, 1, 0)
    assert enter(story, briefing, Line(some, number=9)) == Entered(0, 0, 1)
    assert (attendance.heads(rows(story, briefing)), list(evidence(story, briefing)[0].values())) == (9, [(BARROW, "elected_member")])

    assert enter(story, briefing, Line(some, number=0)) == Entered(0, 1, 0)
    assert rows(story, briefing) == [] and len(evidence(story, briefing)[1]) == 1
    assert enter(story, briefing, Line(Attendee("practitioner", BARROW), number=0)) == Entered(0, 0, 1)


def test_a_tick_stands_beside_names_and_saving_ticks_takes_no_name_back(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)
    with database.transaction() as session:
        assert not attendance.record(session, briefing, [(ADUR, "practitioner")], by=story.house.drafter, at=START)
        assert attendance.record(session, briefing, [(BARROW, "practitioner")], by=story.house.drafter, at=START)
        assert attendance.record(session, briefing, [], by=story.house.drafter, at=START)

    assert [row.name for row in rows(story, briefing)] == ["Jane Fields"]


def test_a_tick_beside_a_name_is_nobody_more_and_apologies_without_a_name_stay_when_ticks_are_saved(database: Database) -> None:
    story, briefing = held(database)
    enter(story, briefing, Line(Attendee("practitioner", ADUR)), Line(JANE), Line(Attendee("elected_member", BARROW), APOLOGIES))
    assert attendance.heads(rows(story, briefing)) == 1

    with database.transaction() as session:
        assert attendance.record(session, briefing, [], by=story.house.drafter, at=START)

    assert {(row.name, row.status) for row in rows(story, briefing)} == {("Jane Fields", PRESENT), ("", APOLOGIES)}


def test_a_paper_sheet_is_typed_in_by_a_writer_once_the_briefing_was_held(database: Database) -> None:
    story, briefing = dated(database)

    with pytest.raises(NotAllowedNow, match="Mark the briefing as held"):
        enter(story, briefing, Line(JANE))
    assert enter(story, briefing, Line(JANE, APOLOGIES)) == Entered(1, 0, 0)
    for line in (Line(JANE, "perhaps"), Line(JANE, number=501), Line(JANE, number=-1)):
        with pytest.raises(Invalid), database.transaction() as session:
            sign_ins.enter(session, briefing, [line], by=story.house.drafter, at=NOON)
    for step in (
        lambda session: sign_ins.enter(session, briefing, [], by=story.house.observer, at=NOON),
        lambda session: sign_ins.take_back(session, uuid4(), by=story.house.observer, at=NOON),
        lambda session: attendance.complete(session, briefing, by=story.house.observer, at=NOON),
    ):
        with pytest.raises(NotYours), database.transaction() as session:
            step(session)


def test_a_line_is_taken_back_once_and_may_come_back(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)
    (row,) = rows(story, briefing)
    with database.transaction() as session:
        sign_ins.take_back(session, row.id, by=story.house.drafter, at=START)

    with database.transaction() as session:
        with pytest.raises(NotAllowedNow):
            sign_ins.take_back(session, row.id, by=story.house.drafter, at=START)
        with pytest.raises(NotFound):
            sign_ins.take_back(session, uuid4(), by=story.house.drafter, at=START)
    assert enter(story, briefing, Line(JANE)) == Entered(0, 1, 0)
    assert [one.id for one in rows(story, briefing)] == [row.id]
