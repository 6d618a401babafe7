"""Letters are found by their state through what the chunks count, and those that wait for a turn are looked for only where some may."""

from datetime import timedelta

import pytest

from campaigns.delivery import listings
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.foundation.database import Database
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    return stories.sending_release(stories.house(database), size=2)


def put(story: Story, position: int, state: str) -> None:
    with story.database.transaction() as session:
        session.get_one(Delivery, (story.release, position)).state = state
        posting.recount(session, story.release)


def positions(story: Story, *states: str, after: int = -1) -> list[int]:
    with story.database.reading() as session:
        return [row.position for row, _ in listings.of_state(session, story.release, states, limit=9, after=after)]


@pytest.mark.parametrize("few", [0, 40])
def test_letters_are_found_by_state_whether_few_chunks_have_such_or_many(story: Story, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "FEW_CHUNKS", few)
    put(story, 1, "held")

    assert (positions(story, "queued"), positions(story, "queued", after=0)) == ([0, 2], [2])
    assert (positions(story, "held"), positions(story, "held", "queued"), positions(story, "left"), positions(story)) == (
        [1],
        [0, 1, 2],
        [],
        [],
    )


def test_only_chunks_that_count_such_a_letter_are_named(story: Story) -> None:
    put(story, 2, "missed")

    with story.database.reading() as session:
        (chunk,) = listings.chunks_with(session, story.release, ["missed"])
        assert chunk == session.get_one(Delivery, (story.release, 2)).chunk_id


def test_what_was_only_planned_was_not_looked_at(story: Story) -> None:
    with story.database.reading() as session:
        assert not listings.were_looked_at(session, story.release)


@pytest.mark.parametrize("column", ["not_before", "due_at"])
def test_what_was_given_back_with_letters_that_wait_was_looked_at(story: Story, column: str) -> None:
    with story.database.transaction() as session:
        chunk = session.get_one(Delivery, (story.release, 0)).chunk_id
        setattr(session.get_one(Chunk, chunk), column, NOON + timedelta(seconds=1))

    with story.database.reading() as session:
        assert listings.were_looked_at(session, story.release)


def test_a_letter_without_a_window_was_looked_at(story: Story) -> None:
    put(story, 0, "missed")

    with story.database.reading() as session:
        assert listings.were_looked_at(session, story.release)
