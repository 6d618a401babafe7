"""Before a briefing, from the tour's own pages down to the letter: each authority's date is that of the group it meets in, as it is now, and so is
that of the group's secretary; another body's is its own."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from audiences import briefing_days, outlooks
from audiences.contact_load import Limit
from audiences.forward_plan import Item, View
from campaigns.agreement.addressees import Addressee
from campaigns.briefings import additions, arranging, cancellations, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.delivery import timing
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, HOUR, NOON, Story
from tests.processes.window_scene import Ear
from tests.web import grounds
from tests.web.grounds import CARDIFF, Ground
from workers import actors, relay, scheduler
from workers.tools import Tools

LEEDS = "E08000035"
BEGINS = datetime(2026, 5, 21, 9, 30, tzinfo=UTC)
EIGHT = datetime(2026, 5, 18, 7, 0, tzinfo=UTC)
READERS = (stories.reader(0, authority_code=CARDIFF), stories.reader(1, authority_code=LEEDS))


@pytest.fixture
def ground(database: Database) -> Ground:
    """A founded register and a campaign."""
    return grounds.found(database)


@pytest.fixture
def tour(ground: Ground) -> UUID:
    groups = [Group("group-wales", "Wales", "Wales"), Group("group-yorkshire", "Yorkshire", "England")]
    with ground.database.transaction() as session:
        return tours.open_tour(session, ground.campaign, name="Spring", groups=groups, by=ground.house.drafter, at=NOON)


def briefing(ground: Ground, tour: UUID) -> UUID:
    with ground.database.reading() as session:
        return next(one.id for one in tours.briefings(session, tour) if one.group_code == "group-wales")


def date_it(ground: Ground, tour: UUID, begins: datetime, *, at: datetime = NOON) -> None:
    with ground.database.transaction() as session:
        arrangement = Arrangement(begins, "Cardiff", "LOPP team, HSE", "LOPP lead, LACoRS", None)
        arranging.arrange(session, briefing(ground, tour), arrangement, by=ground.house.drafter, at=at)


def at_a_body(ground: Ground, body: str, role: str) -> Addressee:
    person = ground.person(body, role, address := f"post@{body}.test")
    return stories.reader(2, person_id=person, address=address, role=role, authority_code=None)


def begun(ground: Ground, tour: UUID, *others: Addressee) -> Story:
    story = stories.agreed_release(ground.house, readers=others or READERS)
    story.schedule(tour=tour, days=3)
    stories.begin(story)
    return story


def test_an_authority_s_briefing_is_its_group_s_while_that_has_a_date(ground: Ground, tour: UUID) -> None:
    date_it(ground, tour, BEGINS)
    with ground.database.reading() as session:
        assert briefing_days.of(session, tour, [CARDIFF, LEEDS, "group-wales", ""]) == {CARDIFF: [BEGINS], "group-wales": [BEGINS]}
        assert briefing_days.of(session, tour, [LEEDS]) == {}
        assert briefing_days.of(session, UUID(int=5), [CARDIFF]) == {}

    with ground.database.transaction() as session:
        cancellations.call_off(session, briefing(ground, tour), reason="Snow", by=ground.house.drafter, at=NOON)
    with ground.database.reading() as session:
        assert briefing_days.of(session, tour, [CARDIFF, LEEDS]) == {}


def test_another_date_is_heard_of_and_the_letter_goes_by_it(ground: Ground, tour: UUID, settings: Settings) -> None:
    transport, clock = RecordingTransport(), Clock(NOON)
    tools = Tools(settings, ground.database, transport, clock, arming=armed.ALWAYS)
    date_it(ground, tour, BEGINS)
    story = begun(ground, tour)
    heard(tools)
    assert held(story) == ["held until its briefing has a date", "held: it goes 3 days before its briefing on 21 May"]

    clock.at = NOON + HOUR
    date_it(ground, tour, BEGINS - 7 * DAY, at=clock.at)
    heard(tools)

    assert [one.recipient for one in transport.sent] == [READERS[0].address]  # two days before the new one: at once
    assert held(story) == ["held until its briefing has a date"]


def test_a_group_s_secretary_is_written_to_before_the_group_s_briefing_and_another_body_before_its_own(
    ground: Ground, tour: UUID, settings: Settings
) -> None:
    transport = RecordingTransport()
    secretary, union = at_a_body(ground, "group-wales", "group_secretary"), at_a_body(ground, "tuc", "union_contact")
    date_it(ground, tour, BEGINS)
    story = begun(ground, tour, secretary, union)
    tools = Tools(settings, ground.database, transport, Clock(EIGHT), arming=armed.ALWAYS)
    with ground.database.reading() as session:
        assert briefing_days.without(session, story.release, [tour], at=NOON) == {tour: {"Trades Union Congress": 1}}

    heard(tools)

    assert [one.recipient for one in transport.sent] == [secretary.address]
    assert held(story) == ["held until its briefing has a date"]
    with ground.database.transaction() as session:
        additions.add(session, tour, Group("tuc", "Trades Union Congress", ""), by=ground.house.drafter, at=NOON)
        assert briefing_days.without(session, story.release, [tour], at=NOON) == {tour: {}}


def test_the_forward_plan_shows_the_days_before_the_briefings(ground: Ground, tour: UUID) -> None:
    begun(ground, tour, at_a_body(ground, "group-wales", "group_secretary"))
    assert [(one.stands, one.moment) for one in letters(ground)] == [
        ("going out, 3 days before each reader’s own briefing, of which none has a date", None)
    ]

    date_it(ground, tour, BEGINS)
    (item,) = letters(ground)
    assert (item.stands, item.first, item.last) == ("going out, 3 days before each reader’s own briefing", EIGHT.date(), BEGINS.date())


def letters(ground: Ground) -> list[Item]:
    with ground.database.reading() as session:
        found = outlooks.read(session, View(NOON.date()), Limit(30, 4), at=NOON)
    return [item for item in found.items if item.about[0] == "release"]


def held(story: Story) -> list[str]:
    with story.database.reading() as session:
        return sorted(spell.why for spell in timing.waiting(session, story.release))


def heard(tools: Tools) -> None:
    """What is told is heard, until nothing is due; then the clock hints at what has become due by that."""
    lanes = {lane: Ear(tools) for lane in actors.LANES}
    for _ in range(2):
        while relay.tell_due(tools, lanes):  # type: ignore[arg-type]
            pass
        scheduler.hint_again(tools)
