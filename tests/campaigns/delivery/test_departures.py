"""Letters that went again without evidence count as possibly twice, and are among those that may have left, whatever became of them then."""

from uuid import UUID

import pytest
from sqlmodel import col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import decisions, deliveries, reached, unclear
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.departures import may_have_left, number, some_went, that_may_have_left, went
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


def row(story: Story) -> Delivery:
    with story.database.reading() as session:
        return session.get_one(Delivery, (story.release, 0))


def left(story: Story) -> list[int]:
    """The letters that may have left, by all three ways of asking."""
    with story.database.reading() as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.position))).all()
        asked = session.exec(select(Delivery.position).where(that_may_have_left()).order_by(col(Delivery.position))).all()
        counted = number(session, story.release)
    assert [one.position for one in rows if may_have_left(one)] == list(asked) and counted == len(asked)
    return list(asked)


def any_went(story: Story) -> set[UUID]:
    """The releases of which any letter went, those that came back included, by both ways of asking."""
    with story.database.reading() as session:
        every = session.exec(select(Release.id)).all()
        asked, counted = set(session.exec(select(Release.id).where(some_went()))), went(session, every)
        assert went(session, every[:0]) == set()
    assert asked == counted
    return asked


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
        assert reached.who(session, story.release) == [stories.READERS[0], stories.READERS[2]]


def test_a_letter_that_was_refused_the_second_time_may_have_left_the_first_and_one_that_came_back_has_not(story: Story) -> None:
    posting.send(story, RecordingTransport(outcomes=[REFUSED]))
    assert row(story).state == "rejected" and left(story) == [0, 2]
    with story.database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "returned"
        posting.recount(session, story.release)
    assert left(story) == [2]


@pytest.mark.parametrize("twice", [False, True])
def test_its_state_and_whether_it_went_twice_tell_what_of_a_letter_and_of_its_release_may_have_left(sqlite: Database, twice: bool) -> None:
    story = stories.sending_release(stories.house(sqlite))
    stories.sending_release(story.house, stories.words(title="Another, of which none went"))
    may_have = ("attempting", "accepted", "unknown", "held", "left")
    for state in (*may_have, "queued", "rejected", "returned", "removed", "missed"):
        with sqlite.transaction() as session:
            session.get_one(Delivery, (story.release, 1)).sqlmodel_update({"state": state, "maybe_twice": twice})
            posting.recount(session, story.release)

        may_be_in_a_mailbox = state in may_have or (twice and state != "returned")
        assert left(story) == ([1] if may_be_in_a_mailbox else []), state
        assert any_went(story) == ({story.release} if may_be_in_a_mailbox or state == "returned" else set()), state


def test_letters_of_another_release_are_not_counted(sqlite: Database) -> None:
    story = stories.sending_release(stories.house(sqlite))
    other = stories.sending_release(story.house, stories.words(title="Another"))
    with sqlite.transaction() as session:
        session.get_one(Delivery, (other.release, 0)).maybe_twice = True

        assert (number(session, story.release), number(session, other.release)) == (0, 1)
