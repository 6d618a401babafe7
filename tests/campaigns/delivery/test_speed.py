"""How fast letters go, and since when the oldest is due: by the rows of the last minute alone."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from campaigns.agreement import releases
from campaigns.delivery import speed
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.speed import Speed
from campaigns.delivery.transport import Envelope, Outcome, RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import MINUTE, NOON, Story

SECOND = timedelta(seconds=1)


def speed_of(story: Story, at: object) -> Speed:
    with story.database.reading() as session:
        return speed.of(session, releases.get(session, story.release), at=at)  # type: ignore[arg-type]


def test_letters_tried_in_the_last_minute_are_its_speed(database: Database) -> None:
    story = stories.sending_release(stories.house(database), size=1)
    transport = RecordingTransport()
    for chunk in posting.chunks(story)[:2]:
        claim = posting.claimed(story, chunk=chunk)
        posting.sender(database, transport, Clock(NOON)).send(claim)

    assert speed_of(story, NOON + 10 * SECOND).rate == 0.2
    assert speed_of(story, NOON + 3 * MINUTE).rate == 0


def test_a_chunk_in_hand_counts_letter_by_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    assert posting.claim(story)
    assert speed_of(story, NOON + 10 * SECOND).rate == 0

    with database.transaction() as session:
        first = col(Delivery.release_id) == story.release, col(Delivery.position) == 0
        session.exec(sa.update(Delivery).where(*first).values(state="accepted", at=NOON + SECOND))

    assert speed_of(story, NOON + 10 * SECOND).rate == 0.1


def test_the_oldest_due_letter_is_named_until_none_is(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    assert speed_of(story, NOON + MINUTE).oldest_due == NOON
    posting.sent(story)
    assert speed_of(story, NOON + MINUTE).oldest_due is None


def test_time_left_is_at_the_speed_seen_and_unknown_while_nothing_goes() -> None:
    assert Speed(2.0, None).time_left(120) == MINUTE
    assert Speed(0.0, None).time_left(120) is None


def test_letters_that_were_put_off_are_named_by_the_next_that_is_tried(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=[Outcome("deferred", "RCPT", "450 4.7.1 come back")] * 3))

    found = speed_of(story, NOON + 10 * SECOND)

    assert found.oldest_due is None
    assert found.next_due is not None
    assert NOON + 30 * SECOND < found.next_due < NOON + 2 * MINUTE
    assert found.no_relay == ""


def test_where_no_relay_answers_its_words_are_told(database: Database) -> None:
    class Nobody(RecordingTransport):
        def deliver(self, envelope: Envelope, **_: object) -> Outcome:
            raise TryLater("The relay mail.test:25 does not answer")

    story = stories.sending_release(stories.house(database))
    posting.send(story, Nobody())

    assert speed_of(story, NOON + 10 * SECOND).no_relay == "The relay mail.test:25 does not answer"
    posting.sent(story, Clock(NOON + 20 * SECOND))
    assert speed_of(story, NOON + 3 * MINUTE).no_relay == ""
