"""An authority that meets in another group has another briefing: what waits for its turn before the briefing is judged anew."""

from audiences import organisation_changes
from audiences.organisation_changes import MemberMoved
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from tests.audiences.invited import WALES
from tests.audiences.inviting import ADDRESSES, ADUR, LATER, LEEDS, SOON, Tour
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, NOON
from tests.workers.test_telling import fact
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
    for hear in SUBSCRIPTIONS[MemberMoved]:
        hear(fact(sqlite, MemberMoved), tools)
    sending.send_chunk(planned, tools)
    clock.at = SOON - 3 * DAY
    sending.send_chunk(planned, tools)

    went = {one.recipient for one in transport.sent}
    assert ADDRESSES[LEEDS] in went and ADDRESSES[ADUR] not in went
