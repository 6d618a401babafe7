"""Signing in at the door and on paper: each attendee once, whoever they say they are, and whoever is typed in again."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from campaigns.briefings import attendance, repeats, sign_ins, tours
from campaigns.briefings.attendance import APOLOGIES, PRESENT, SCAN, Attendance
from campaigns.briefings.sign_ins import Attendee, Entered, Line
from campaigns.briefings.tours import Briefing
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound
from tests.campaigns import stories
from tests.campaigns.briefings.test_attendance import held
from tests.campaigns.briefings.test_tours import arrange, hold, opened
from tests.campaigns.stories import DAY, HOUR, NOON, Story

pytestmark = pytest.mark.long

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
        facts, gone = attendance.briefed(session, briefing, members={ADUR, BARROW})
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


@pytest.mark.parametrize(
    ("starts", "opens", "closes"),
    [
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), datetime(2026, 5, 31, 23, tzinfo=UTC), datetime(2026, 6, 4, 23, tzinfo=UTC)),
        (datetime(2026, 3, 28, 10, tzinfo=UTC), datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 3, 30, 23, tzinfo=UTC)),
    ],
)
def test_the_days_of_the_door_are_london_s_late_on_a_summer_evening_and_over_the_night_the_clocks_change(
    starts: datetime, opens: datetime, closes: datetime
) -> None:
    briefing = Briefing(tour_id=uuid4(), group_code="g", group_name="G", nation="Wales", state="dated", starts_at=starts)

    assert sign_ins.window(briefing) == (opens, closes - timedelta(microseconds=1))
    assert (repeats.window(briefing) or ())[0] == opens + DAY, "of a repeat it is told from the day itself on"
    briefing.state = "declined"
    assert sign_ins.window(briefing) is repeats.window(briefing) is None


def test_a_name_is_known_again_whatever_its_capitals_spaces_and_ways_of_writing_a_letter() -> None:
    assert sign_ins.spelt(" ＭÜLLER  Straße ") == sign_ins.spelt("Mu\u0308ller STRASSE")


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


@pytest.mark.parametrize("status", [APOLOGIES, PRESENT])
def test_whoever_signs_in_by_the_link_in_place_of_an_officers_line_counts_as_the_link_says(database: Database, status: str) -> None:
    story, briefing = held(database)
    away = replace(JANE, authority_code="E08000035")
    enter(story, briefing, Line(away, status))
    for row in rows(story, briefing):
        if status == PRESENT:
            with database.transaction() as session:
                sign_ins.take_back(session, row.id, by=story.house.drafter, at=START)

    assert sign_in(story, briefing, away)
    assert evidence(story, briefing)[0] == {}, "from elsewhere, by the link: it waits for the list to be complete"
    enter(story, briefing, Line(away, APOLOGIES))
    enter(story, briefing, Line(away))
    assert len(evidence(story, briefing)[0]) == 1, "an officer says so"


def test_nobody_else_excuses_whoever_has_signed_in(database: Database) -> None:
    story, briefing = dated(database)
    sign_in(story, briefing, at=timedelta(hours=-2))

    with pytest.raises(NotAllowedNow, match="signed in already"):
        sign_in(story, briefing, status=APOLOGIES, at=timedelta(hours=-1))


def test_somebody_of_no_authority_is_kept_and_is_no_touch(database: Database) -> None:
    story, briefing = held(database)

    assert sign_in(story, briefing, Attendee("union_contact", body_code="gmb", name="An officer"))

    assert [row.seat for row in rows(story, briefing)] == [("gmb", "union_contact")]
    assert evidence(story, briefing) == ({}, [])


def test_an_authority_s_briefings_are_those_it_signed_in_to_by_the_link_while_their_lists_are_open(database: Database) -> None:
    story, briefing = dated(database)
    enter(story, briefing, Line(replace(JANE, authority_code=BARROW), APOLOGIES))
    sign_in(story, briefing, status=APOLOGIES, at=-HOUR)

    with database.transaction() as session:
        assert [attendance.signed_in(session, code) for code in (ADUR, BARROW)] == [[briefing], []]
        [excused] = [row for row in attendance.standing(session, briefing) if row.how == SCAN]
        assert not attendance.awaits_the_list(tours.get(session, briefing), excused, members=())
        tours.get(session, briefing).list_completed_at = START
        assert attendance.signed_in(session, ADUR) == []


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


def test_a_full_list_takes_nobody_more_at_the_door(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, briefing = dated(database)
    monkeypatch.setattr(sign_ins, "MOST", 1)
    sign_in(story, briefing)

    with pytest.raises(NotAllowedNow, match="paper"):
        sign_in(story, briefing, replace(JANE, name="One more"))
