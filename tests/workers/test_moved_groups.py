"""An authority that meets in another group, and a list that is corrected: what waited for a briefing, before or after it, is judged anew."""

from uuid import UUID

import pytest

from audiences import briefing_letters, organisation_changes
from audiences.organisation_changes import MemberMoved
from campaigns.briefings import sign_ins, tours
from campaigns.briefings.attendance import AttendanceRecorded
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Group
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.log import Event
from tests.audiences import invited
from tests.audiences.invited import WALES, YORKSHIRE
from tests.audiences.inviting import ADDRESSES, ADUR, LATER, LEEDS, SOON, Tour
from tests.audiences.test_briefing_letters import MISSED, READERS, THANKS, follow_up, held, sent
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.facts import fact
from workers import sending
from workers.subscriptions import SUBSCRIPTIONS
from workers.tools import Tools


def test_a_letter_goes_before_the_briefing_of_the_group_that_its_authority_meets_in_now(
    sqlite: Database, tools: Tools, transport: RecordingTransport, clock: Clock
) -> None:
    tour = Tour(sqlite)
    story = tour.both(invites_to=[], closed={}, core="Dear ((name)),\n\n((your part))", latest_send=LATER)
    story.schedule(tour=tour.tour, days=3)
    stories.begin(story)
    planned = fact(sqlite, ChunkPlanned)
    clock.at = NOON
    sending.send_chunk(planned, tools)
    assert transport.sent == []  # one waits for the briefing of Wales, another for the later one of Yorkshire

    clock.at = NOON + DAY
    with sqlite.transaction() as session:
        assert organisation_changes.move(session, LEEDS, WALES, by=tour.house.drafter, at=NOON + DAY)
    heard(sqlite, tools, MemberMoved)
    sending.send_chunk(planned, tools)
    clock.at = SOON - 3 * DAY
    sending.send_chunk(planned, tools)

    went = {one.recipient for one in transport.sent}
    assert ADDRESSES[LEEDS] in went and ADDRESSES[ADUR] not in went


def heard(database: Database, tools: Tools, event: type[Event]) -> None:
    """A worker hears of the newest fact of a kind."""
    for hear in SUBSCRIPTIONS[event]:
        hear(fact(database, event), tools)


@pytest.fixture
def follows(sqlite: Database) -> tuple[House, Story, UUID]:
    """A follow-up that is going, of a tour of which the Welsh list is complete; all in Wales have theirs."""
    house = invited.founded(sqlite)
    groups = [Group(WALES, "Wales", "Wales"), Group(YORKSHIRE, "Yorkshire", "England")]
    with sqlite.transaction() as session:
        tour = tours.open_tour(session, house.campaign, name="Spring", groups=groups, by=house.drafter, at=NOON)
    wales = held(house, tour)
    story = follow_up(house, tour)
    with sqlite.transaction() as session:
        assert briefing_letters.plan_release(session, story.release, at=NOON) == 4
    return house, story, wales


def test_a_reader_moved_into_a_group_whose_list_is_complete_gets_their_follow_up(follows: tuple[House, Story, UUID], tools: Tools) -> None:
    house, story, _ = follows
    sent(story)
    with house.database.transaction() as session:
        assert organisation_changes.move(session, LEEDS, WALES, by=house.drafter, at=NOON)
    heard(house.database, tools, MemberMoved)

    assert sent(story) == {READERS[4].address: MISSED}


def test_a_reader_whom_a_complete_list_names_since_it_was_corrected_gets_their_follow_up(
    follows: tuple[House, Story, UUID], tools: Tools
) -> None:
    (house, story, wales), lee = follows, READERS[4]
    sent(story)
    came = Line(Attendee("senior_manager", LEEDS, person_id=lee.person_id, name=lee.name))
    with house.database.transaction() as session:
        sign_ins.enter(session, wales, [came], by=house.drafter, at=NOON)
    heard(house.database, tools, AttendanceRecorded)

    assert sent(story) == {lee.address: THANKS}
