"""Follow-ups: of three letters sealed for each invitee one goes, by what the list of their briefing says, and never a second."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from audiences import briefing_letters, calendars, overtaken
from campaigns.agreement import releases, schedules
from campaigns.agreement.addressees import Addressee
from campaigns.briefings import arranging, attendance, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import APOLOGIES, SCAN, Attendance
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Group
from campaigns.delivery import claims, deliveries
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from tests import snapshots
from tests.audiences import invited
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import DAY, NOON, House, Story

CARDIFF, SWANSEA, LEEDS = "W06000015", "W06000011", "E08000035"
THANKS, MISSED, SORRY = "Thank you for coming.", "We did not see you there.", "Thank you for telling us that you could not come."
READERS = (
    stories.reader(0, authority_code=CARDIFF),  # signs in by name of post
    stories.reader(1, authority_code=CARDIFF, role="practitioner", variant="practitioners"),  # their seat is ticked
    stories.reader(2, authority_code=SWANSEA),  # sends apologies
    stories.reader(3, authority_code=SWANSEA, role="practitioner", variant="practitioners"),  # nobody heard of them
    stories.reader(4, authority_code=LEEDS),  # another group, whose briefing is still to be held
)


def follow_up(house: House, tour: UUID, readers: Sequence[Addressee] = READERS) -> Story:
    """A follow-up of a tour that both parties have signed, and that is going."""
    said = stories.words(
        core="Dear ((name)),\n\n((attendance))\n\n((your part))",
        terms=Terms(follows_up=str(tour)),
        closed={"attendance": [THANKS, MISSED, SORRY]},
    )
    story = stories.waiting_release(house, said, readers)
    for signatory in (house.hse, house.lacors):
        story.sign(signatory)
    story.schedule()
    stories.begin(story)
    return story


def held(house: House, tour: UUID) -> UUID:
    """The Welsh briefing, held, with its list complete."""
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        briefing = next(one.id for one in tours.briefings(session, tour) if one.group_code == "group-wales")
        arranging.arrange(session, briefing, Arrangement(NOON - DAY, "Cardiff", "LOPP team, HSE", "LOPP lead, LACoRS", None), **by)
        tours.hold(session, briefing, why="The note came late", **by)
        lines = [
            Line(Attendee("senior_manager", CARDIFF, person_id=READERS[0].person_id, name=READERS[0].name)),
            Line(Attendee("senior_manager", SWANSEA, person_id=READERS[2].person_id, name=READERS[2].name), status=APOLOGIES),
        ]
        sign_ins.enter(session, briefing, lines, **by)
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by)
        attendance.complete(session, briefing, **by)
    return briefing


@pytest.fixture
@snapshots.beginning
def house(database: Database) -> House:
    """Both parties, on a founded register."""
    return invited.founded(database)


@pytest.fixture
def tour(house: House) -> UUID:
    """A tour of two groups."""
    groups = [Group("group-wales", "Wales", "Wales"), Group("group-yorkshire", "Yorkshire", "England")]
    with house.database.transaction() as session:
        return tours.open_tour(session, house.campaign, name="Spring", groups=groups, by=house.drafter, at=NOON)


def sent(story: Story) -> dict[str, str]:
    """What a worker makes of everything due: address → which of the three letters."""
    transport = RecordingTransport()
    for chunk in posting.chunks(story):
        with story.database.transaction() as session:
            taken = claims.claim_chunk(
                session, chunk, calendars=calendars.of, outdated=overtaken.letters, briefings=posting.tomorrow, lease=LEASE, at=NOON
            )
        if taken is not None:
            posting.sender(story.database, transport, Clock(NOON)).send(taken)
    return {one.recipient: next(text for text in (THANKS, MISSED, SORRY) if text.encode() in one.message) for one in transport.sent}


def test_each_reader_gets_the_one_letter_for_them_once_the_list_is_complete(house: House, tour: UUID) -> None:
    story = follow_up(house, tour)
    assert (story.tally()["queued"], sent(story)) == (5, {})

    briefing = held(house, tour)
    with house.database.transaction() as session:
        assert briefing_letters.plan(session, briefing, at=NOON) == 4
    assert sent(story) == {READERS[0].address: THANKS, READERS[1].address: THANKS, READERS[2].address: SORRY, READERS[3].address: MISSED}
    with house.database.reading() as session:
        assert not deliveries.is_done(session, releases.get(session, story.release))  # Leeds waits for its own briefing
    assert {state: number for state, number in story.tally().items() if number} == {"accepted": 4, "queued": 1}


def test_a_list_that_was_complete_before_it_began_counts_too_and_hearing_twice_queues_nothing(house: House, tour: UUID) -> None:
    held(house, tour)
    story = follow_up(house, tour)
    with house.database.transaction() as session:
        assert briefing_letters.plan_release(session, story.release, at=NOON) == 4
        assert briefing_letters.plan_release(session, story.release, at=NOON) == 0


@pytest.mark.parametrize("was_there", [True, False])
def test_whoever_is_only_signed_in_by_the_link_elsewhere_waits_until_that_list_is_complete(
    house: House, tour: UUID, was_there: bool
) -> None:
    briefing, story, by = held(house, tour), follow_up(house, tour), {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        leeds = next(one for one in tours.briefings(session, tour) if one.group_code == "group-yorkshire")
        arranging.arrange(session, leeds.id, Arrangement(NOON - DAY, "Leeds", "LOPP team, HSE", "LOPP lead, LACoRS", None), **by)
        tours.hold(session, leeds.id, why="The note came late", **by)
        row = {"authority_code": SWANSEA, "role": "practitioner", "name": "Somebody", "how": SCAN, "digest": "a", "by": "the door"}
        session.add(Attendance(briefing_id=leeds.id, at=NOON, **row))

    with house.database.transaction() as session:
        assert briefing_letters.plan(session, briefing, at=NOON) == 3
    assert READERS[3].address not in sent(story)

    with house.database.transaction() as session:
        lines = [Line(Attendee("senior_manager", LEEDS, person_id=READERS[4].person_id, name=READERS[4].name))]
        sign_ins.enter(session, leeds.id, lines, **by)
        if not was_there:
            row_id = next(one.id for one in attendance.sheet(session, leeds.id) if one.how == SCAN)
            sign_ins.take_back(session, row_id, **by)
        attendance.complete(session, leeds.id, **by)
        assert briefing_letters.plan(session, leeds.id, at=NOON) == 1
    assert sent(story) == {READERS[3].address: THANKS if was_there else MISSED}


def test_a_list_corrected_afterwards_sends_nobody_a_second_letter(house: House, tour: UUID) -> None:
    briefing, story = held(house, tour), follow_up(house, tour)
    with house.database.transaction() as session:
        briefing_letters.plan_release(session, story.release, at=NOON)
    assert len(sent(story)) == 4
    with house.database.transaction() as session:
        attendance.record(session, briefing, [(SWANSEA, "practitioner")], by=house.drafter, at=NOON)
        assert briefing_letters.plan(session, briefing, at=NOON) == 0
    assert sent(story) == {}


def test_another_tour_s_briefing_and_another_release_are_left_alone(house: House, tour: UUID) -> None:
    with house.database.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales")]
        other = tours.open_tour(session, house.campaign, name="Autumn", groups=groups, by=house.drafter, at=NOON)
    follow_up(house, other)
    briefing = held(house, tour)
    with house.database.transaction() as session:
        assert briefing_letters.plan(session, briefing, at=NOON) == 0


def test_nobody_chooses_a_case_for_all_readers(house: House, tour: UUID) -> None:
    said = stories.words(
        core="((attendance))\n\n((your part))", terms=Terms(follows_up=str(tour)), closed={"attendance": [THANKS, MISSED, SORRY]}
    )
    story = stories.waiting_release(house, said, READERS)
    for signatory in (house.hse, house.lacors):
        story.sign(signatory)
    bent = {"case": {"attendance": THANKS}}
    with pytest.raises(Invalid, match="own attendance"), house.database.transaction() as session:
        schedules.schedule(session, story.release, when=None, **bent, by=house.drafter, at=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closed": {"attendance": [THANKS, MISSED]}}, "closed-attendance"),
        ({"closed": {"attendance": [THANKS, MISSED, MISSED]}}, "closed-attendance"),
        ({"closed": {}}, "closed-attendance"),
        ({"terms": Terms()}, "follows_up"),
        ({"core": "Nothing differs.\n\n((your part))"}, "closed-attendance"),
    ],
)
def test_what_is_no_follow_up_is_refused_beside_its_field(changes: dict[str, object], field: str) -> None:
    good = {
        "core": "((attendance))\n\n((your part))",
        "terms": Terms(follows_up=str(uuid4())),
        "closed": {"attendance": [THANKS, MISSED, SORRY]},
    }
    stories.words(**good).check(at=NOON)
    with pytest.raises(Invalid) as refusal:
        stories.words(**(good | changes)).check(at=NOON + timedelta(0))
    assert field in {problem.field for problem in refusal.value.problems}
