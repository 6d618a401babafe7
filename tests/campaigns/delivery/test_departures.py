"""Letters that went again without evidence count as possibly twice, and are among those that may have left, whatever became of them then."""

import pytest
from sqlmodel import col, select

from campaigns.agreement import releases
from campaigns.delivery import corrections, decisions, deliveries, unclear
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.departures import may_have_left, number, that_may_have_left
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation.database import Database
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

UNCLEAR, REFUSED = Outcome("unknown", "dot", "cut"), Outcome("rejected", "dot", "550 no")


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """A release whose first letter is unclear, and goes again by an officer's word; its second is refused."""
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=[UNCLEAR, REFUSED]))
    decide(story, 0)
    return story


def decide(story: Story, position: int) -> None:
    with story.database.transaction() as session:
        decisions.decide(session, story.release, position, verdict="send again", by=story.house.drafter, at=NOON)


def row(story: Story, position: int = 0) -> Delivery:
    with story.database.reading() as session:
        return session.get_one(Delivery, (story.release, position))


def left(story: Story) -> list[int]:
    """The letters that may have left, by all three ways of asking."""
    with story.database.reading() as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.position))).all()
        asked = session.exec(select(Delivery.position).where(that_may_have_left()).order_by(col(Delivery.position))).all()
        counted = number(session, story.release)
    assert [one.position for one in rows if may_have_left(one)] == list(asked) and counted == len(asked)
    return list(asked)


def test_a_letter_sent_again_by_an_officer_counts_as_possibly_twice(story: Story) -> None:
    assert row(story).maybe_twice and row(story).state == "queued"
    with story.database.reading() as session:
        assert unclear.maybe_twice(session, story.release) == 1


def test_a_letter_that_never_left_and_is_sent_again_does_not(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).sqlmodel_update({"state": "held", "stage": "here"})
        posting.recount(session, story.release)
    decide(story, 0)
    assert not row(story).maybe_twice


def test_a_letter_that_was_to_go_again_and_then_was_withdrawn_is_corrected_all_the_same(story: Story) -> None:
    assert left(story) == [0, 2]
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON)
        deliveries.abandon(session, story.release, reason="Withdrawn", at=NOON)

    assert row(story).state == "missed" and left(story) == [0, 2]
    with story.database.reading() as session:
        assert corrections.recipients(session, story.release) == [stories.READERS[0], stories.READERS[2]]


def test_a_letter_that_was_refused_the_second_time_may_have_left_the_first_and_one_that_came_back_has_not(story: Story) -> None:
    posting.send(story, RecordingTransport(outcomes=[REFUSED]))
    assert row(story).state == "rejected" and left(story) == [0, 2]
    with story.database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "returned"
        posting.recount(session, story.release)
    assert left(story) == [2]


@pytest.mark.parametrize(
    ("state", "may_be_in_a_mailbox"),
    [(state, True) for state in ("attempting", "accepted", "unknown", "held", "left")]
    + [(state, False) for state in ("queued", "rejected", "returned", "removed", "missed")],
)
def test_its_state_tells_whether_a_letter_may_have_left(sqlite: Database, state: str, may_be_in_a_mailbox: bool) -> None:
    story = stories.sending_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        session.get_one(Delivery, (story.release, 1)).state = state
        posting.recount(session, story.release)

    assert left(story) == ([1] if may_be_in_a_mailbox else [])


def test_letters_of_another_release_are_not_counted(sqlite: Database) -> None:
    story = stories.sending_release(stories.house(sqlite))
    other = stories.sending_release(story.house, stories.words(title="Another"))
    with sqlite.transaction() as session:
        session.get_one(Delivery, (other.release, 0)).maybe_twice = True

        assert (number(session, story.release), number(session, other.release)) == (0, 1)
