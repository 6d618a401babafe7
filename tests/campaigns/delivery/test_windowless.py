"""Letters that will not go are counted by authority, role and reason; those to readers of other bodies are found, so many of them."""

from dataclasses import replace

import pytest

from campaigns.agreement import releases, schedules
from campaigns.delivery import deliveries, plans, windowless
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.windowless import Elsewhere, Windowless
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Stale
from campaigns.foundation.officers import Officer
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """Four letters to one authority and two to other bodies; the first is with its reader, the others do not go."""
    there = [replace(stories.reader(number), authority_code="E07000223") for number in range(4)]
    others = [replace(stories.reader(number), authority_code=None) for number in (4, 5)]
    story = stories.sending_release(stories.house(database), readers=[*there, *others], size=2)
    with database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "accepted"
        deliveries.abandon(session, story.release, reason="late", at=NOON)
        session.get_one(Delivery, (story.release, 2)).maybe_twice = True
    return story


def test_they_are_counted_by_whose_they_are_and_why(story: Story) -> None:
    role = stories.reader(0).role
    with story.database.reading() as session:
        assert windowless.number(session, releases.get(session, story.release)) == 5
        found = set(windowless.of(session, story.release))

    assert found == {
        Windowless("E07000223", role, "late", False, 2),
        Windowless("E07000223", role, "late", True, 1),
        Windowless("", role, "late", False, 2),
    }


def test_so_many_of_those_to_other_bodies_are_found_in_their_order(story: Story) -> None:
    with story.database.reading() as session:
        assert windowless.elsewhere(session, story.release, limit=1) == [Elsewhere(4, "late", False)]
        assert windowless.elsewhere(session, story.release, limit=9) == [Elsewhere(4, "late", False), Elsewhere(5, "late", False)]


def test_of_a_release_that_was_withdrawn_somebody_has_decided(story: Story) -> None:
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON)
    with story.database.reading() as session:
        assert windowless.number(session, releases.get(session, story.release)) == 0


def test_readers_of_whom_no_letter_was_queued_before_its_time_was_over_come_back_too(database: Database) -> None:
    readers = [replace(stories.reader(number), authority_code="E07000223" if number < 3 else None) for number in range(4)]
    story = stories.agreed_release(stories.house(database), readers=readers)
    story.schedule()
    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=1, at=NOON)
        session.get_one(Delivery, (story.release, 0)).state = "accepted"
        posting.recount(session, story.release)
        schedules.end_overdue(session, at=stories.LATEST)

    with database.reading() as session:
        assert windowless.number(session, releases.get(session, story.release)) == story.tally()["missed"] == 3
        found = set(windowless.of(session, story.release))
        assert windowless.elsewhere(session, story.release, limit=9) == [Elsewhere(3, windowless.TOO_LATE, False)]

    role = stories.reader(0).role
    assert found == {Windowless("E07000223", role, windowless.TOO_LATE, False, 2), Windowless("", role, windowless.TOO_LATE, False, 1)}


def test_who_was_never_queued_is_found_once_in_order_and_of_that_release_alone(database: Database) -> None:
    others = [replace(stories.reader(number), authority_code=None) for number in (1, 2, 3)]
    house = stories.house(database)
    story = stories.agreed_release(house, readers=[stories.reader(0), *others])
    stories.agreed_release(house, stories.words(title="Another"), readers=list(reversed(others)))  # the same people, at other places
    story.schedule()
    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=1, at=NOON)
        assert windowless.number(session, releases.get(session, story.release)) == 0  # the others may be queued yet
        schedules.end_overdue(session, at=stories.LATEST)
        every = [Elsewhere(place, windowless.TOO_LATE, False) for place in (1, 2, 3)]

        assert windowless.elsewhere(session, story.release, limit=9) == every
        assert windowless.elsewhere(session, story.release, limit=2) == every[:2]
        assert sum(one.letters for one in windowless.of(session, story.release)) == 3


def test_of_what_nobody_let_go_no_letter_comes_back(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    with database.transaction() as session:
        schedules.end_overdue(session, at=stories.LATEST)

        assert releases.get(session, story.release).state == "missed"
        assert windowless.number(session, releases.get(session, story.release)) == 0


def test_whoever_may_write_says_of_just_those_that_were_seen_that_they_are_dealt_with_and_of_more_again(story: Story) -> None:
    def deal_with(seen: int, by: Officer = story.house.drafter) -> None:
        with story.database.transaction() as session:
            windowless.deal_with(session, story.release, seen=seen, by=by, at=NOON)

    with pytest.raises(NotYours):
        deal_with(5, story.house.observer)
    for shown in (4, 6):
        with pytest.raises(Stale, match="5 will not go"):
            deal_with(shown)
    deal_with(5)
    with story.database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "missed"
        posting.recount(session, story.release)
        assert windowless.dealt_with(session, story.release, 6) is None
    deal_with(6)
    with pytest.raises(NotAllowedNow, match="already"):
        deal_with(6)


def test_where_every_letter_may_go_nothing_is_dealt_with(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    with pytest.raises(NotAllowedNow), database.transaction() as session:
        windowless.deal_with(session, story.release, seen=0, by=story.house.drafter, at=NOON)
