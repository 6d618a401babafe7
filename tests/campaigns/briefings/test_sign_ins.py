"""Signing in at the door and on paper: each attendee once, whoever they say they are, and whoever is typed in again."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from campaigns.briefings import attendance, sign_ins, tours
from campaigns.briefings.attendance import APOLOGIES, PRESENT, TAKEN_BACK, Attendance
from campaigns.briefings.sign_ins import Attendee, Entered, Line
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns import stories
from tests.campaigns.briefings.test_attendance import held
from tests.campaigns.briefings.test_tours import arrange, hold, opened
from tests.campaigns.stories import DAY, NOON, Story

ADUR, BARROW = "E07000223", "E07000027"
JANE = Attendee("practitioner", ADUR, name="Jane Fields")
START = NOON + DAY  # of every briefing arranged here


def dated(database: Database) -> tuple[Story, UUID]:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing)
    return story, briefing


def sign_in(story: Story, briefing: UUID, who: Attendee = JANE, *, status: str = PRESENT, at: timedelta = timedelta()) -> bool:
    with story.database.transaction() as session:
        return sign_ins.sign_in(session, briefing, who, status=status, at=START + at)


def enter(story: Story, briefing: UUID, *lines: Line) -> Entered:
    with story.database.transaction() as session:
        return sign_ins.enter(session, briefing, lines, by=story.house.drafter, at=START)


def rows(story: Story, briefing: UUID) -> Sequence[Attendance]:
    with story.database.reading() as session:
        return attendance.standing(session, briefing)


def evidence(story: Story, briefing: UUID) -> tuple[dict[str, tuple[str, str]], list[str]]:
    with story.database.reading() as session:
        facts, gone = attendance.briefed(session, briefing)
    return {fact.evidence: (fact.authority_code, fact.role) for fact in facts}, gone


def test_whoever_signs_in_twice_is_there_once(database: Database) -> None:
    story, briefing = dated(database)

    assert sign_in(story, briefing)
    assert not sign_in(story, briefing)
    assert not sign_in(story, briefing, replace(JANE, name="  JANE \u00a0 fields "))

    (row,) = rows(story, briefing)
    assert (row.name, row.status, row.how, row.by) == ("Jane Fields", PRESENT, "scan", "the sign-in page")
    with database.reading() as session:
        assert [entry.kind for entry in log.history(session, briefing)].count("SignedIn") == 1
        assert "Jane" not in str([entry.payload for entry in log.history(session, briefing)])


def test_names_only_nearly_alike_and_other_roles_or_authorities_are_other_people(database: Database) -> None:
    story, briefing = dated(database)
    for who in (JANE, replace(JANE, name="Jane Field"), replace(JANE, role="senior_manager"), replace(JANE, authority_code=BARROW)):
        assert sign_in(story, briefing, who)

    assert len(rows(story, briefing)) == 4


def test_a_post_of_the_register_and_its_name_are_one_attendee(database: Database) -> None:
    story, briefing = held(database)
    person, other = uuid4(), uuid4()
    sign_in(story, briefing)

    assert enter(story, briefing, Line(replace(JANE, person_id=person))) == Entered(0, 0, 1)
    assert enter(story, briefing, Line(replace(JANE, person_id=person, name=""))) == Entered(0, 0, 1)
    assert not sign_in(story, briefing)
    assert enter(story, briefing, Line(replace(JANE, person_id=other))) == Entered(1, 0, 0)  # a namesake

    assert {row.person_id for row in rows(story, briefing)} == {person, other}


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
    facts, gone = evidence(story, briefing)
    assert (len(facts), gone) == (60, [])


def test_two_who_sign_in_at_once_under_one_name_are_one_row(database: Database) -> None:
    story, briefing = dated(database)
    begin, said = threading.Barrier(4), list[bool]()

    def arrive() -> None:
        begin.wait()
        said.append(sign_in(story, briefing))

    arrivals = [threading.Thread(target=arrive) for _ in range(4)]
    for arrival in arrivals:
        arrival.start()
    for arrival in arrivals:
        arrival.join()

    assert sorted(said) == [False, False, False, True]
    assert len(rows(story, briefing)) == 1


def test_the_database_itself_takes_no_attendee_twice(database: Database) -> None:
    story, briefing = dated(database)
    sign_in(story, briefing)
    (row,) = rows(story, briefing)

    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(sa.insert(Attendance).values({**row.model_dump(), "id": uuid4()}))


def test_the_door_is_open_from_the_day_before_until_two_days_after(database: Database) -> None:
    story, briefing = dated(database)
    minute = timedelta(minutes=1)
    with database.reading() as session:
        opens, closes = sign_ins.window(tours.get(session, briefing)) or (START, START)

    for at in (opens - minute, closes + minute):
        with pytest.raises(NotFound):
            sign_in(story, briefing, at=at - START)
    assert sign_in(story, briefing, at=opens - START)
    assert not sign_in(story, briefing, at=closes - START)
    assert opens <= START - DAY + timedelta(hours=12) and closes >= START + 2 * DAY


def test_nobody_signs_in_to_a_briefing_that_has_no_date(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id

    with pytest.raises(NotFound):
        sign_in(story, briefing)


def test_apologies_are_no_evidence_and_give_way_to_presence(database: Database) -> None:
    story, briefing = dated(database)
    early = timedelta(hours=-2)
    assert sign_in(story, briefing, status=APOLOGIES, at=early)
    assert not sign_in(story, briefing, status=APOLOGIES, at=early)
    with pytest.raises(NotAllowedNow, match="has begun"):
        sign_in(story, briefing, replace(JANE, name="Late"), status=APOLOGIES)
    hold(story, briefing)
    assert evidence(story, briefing)[0] == {}

    assert sign_in(story, briefing)

    assert [row.status for row in rows(story, briefing)] == [PRESENT]
    assert list(evidence(story, briefing)[0].values()) == [(ADUR, "practitioner")]


def test_nobody_else_excuses_whoever_has_signed_in(database: Database) -> None:
    story, briefing = dated(database)
    sign_in(story, briefing, at=timedelta(hours=-2))

    with pytest.raises(NotAllowedNow, match="signed in already"):
        sign_in(story, briefing, status=APOLOGIES, at=timedelta(hours=-1))


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


def test_somebody_of_no_authority_is_kept_and_is_no_touch(database: Database) -> None:
    story, briefing = held(database)

    assert sign_in(story, briefing, Attendee("union_contact", body_code="gmb", name="An officer"))

    assert [row.seat for row in rows(story, briefing)] == [("gmb", "union_contact")]
    assert evidence(story, briefing) == ({}, [])


def test_a_tick_stands_beside_names_and_saving_ticks_takes_no_name_back(database: Database) -> None:
    story, briefing = held(database)
    sign_in(story, briefing)
    with database.transaction() as session:
        assert not attendance.record(session, briefing, [(ADUR, "practitioner")], by=story.house.drafter, at=START)
        assert attendance.record(session, briefing, [(BARROW, "practitioner")], by=story.house.drafter, at=START)
        assert attendance.record(session, briefing, [], by=story.house.drafter, at=START)

    assert [row.name for row in rows(story, briefing)] == ["Jane Fields"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "Jane\nFields\x00", "\u202eenaJ", "Jane\u200bFields", "\ud800"])
def test_what_can_be_no_name_is_refused_with_a_sentence(database: Database, name: str) -> None:
    story, briefing = held(database)

    with pytest.raises(Invalid, match="name or a post"):
        sign_in(story, briefing, replace(JANE, name=name))
    if name.strip():
        with pytest.raises(Invalid, match="name or a post"):
            enter(story, briefing, Line(replace(JANE, name=name)))

    assert rows(story, briefing) == []


@pytest.mark.parametrize("name", ["'; DROP TABLE people; --", "<script>alert(1)</script>", "{{ 7 * 7 }}", "=1+1", "O’Neil-Çağlar 李"])
def test_a_hostile_name_is_kept_as_it_is(database: Database, name: str) -> None:
    story, briefing = held(database)

    assert sign_in(story, briefing, replace(JANE, name=name))

    assert [row.name for row in rows(story, briefing)] == [name]


def test_a_paper_sheet_is_typed_in_by_a_writer_once_the_briefing_was_held(database: Database) -> None:
    story, briefing = dated(database)

    with pytest.raises(NotAllowedNow, match="Mark the briefing as held"):
        enter(story, briefing, Line(JANE))
    assert enter(story, briefing, Line(JANE, APOLOGIES)) == Entered(1, 0, 0)
    with pytest.raises(Invalid), database.transaction() as session:
        sign_ins.enter(session, briefing, [Line(JANE, "perhaps"), Line(JANE, number=501)], by=story.house.drafter, at=NOON)
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


def test_a_full_list_takes_nobody_more_at_the_door(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, briefing = dated(database)
    monkeypatch.setattr(sign_ins, "MOST", 1)
    sign_in(story, briefing)

    with pytest.raises(NotAllowedNow, match="paper"):
        sign_in(story, briefing, replace(JANE, name="One more"))
