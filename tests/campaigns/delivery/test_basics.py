"""What counts as having had the basics, and who need not have had them."""

from typing import Any

import pytest

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import timing
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_timing import FIRST, Seat, Wall, address, going, send
from tests.campaigns.stories import NOON


@pytest.mark.parametrize(("stage", "sent"), [("basics", [address(0)]), ("milestone", [])])
def test_another_milestone_is_not_the_basics(sqlite: Database, stage: Any, sent: list[str]) -> None:
    before = going(sqlite, terms=Terms(stage=stage, waives_basics="" if stage == "basics" else "The plenary asked for it"))
    with sqlite.transaction() as session:
        message = session.get_one(Release, before.release).message_id
        fact = Fact(before.house.campaign, FIRST, "practitioner", "written", "letter:1", NOON, "test", message_id=message)
        touches.put(session, [fact])
    story = stories.agreed_release(before.house, stories.words(title="Progress", terms=Terms(stage="milestone")))
    story.schedule()
    stories.begin(story)

    assert send(story, Wall(), NOON) == sent


def test_bodies_that_are_no_authorities_need_not_have_had_the_basics(sqlite: Database) -> None:
    story = going(sqlite, terms=Terms(stage="milestone"))
    with sqlite.transaction() as session:
        release = releases.get(session, story.release)
        seats = [Seat(0, FIRST), Seat(1, "")]

        found = timing.now(session, release, releases.read(release), seats, calendars=Wall(), briefings=posting.tomorrow, at=NOON)

    assert list(found) == [1]
