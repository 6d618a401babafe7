"""A turn is a letter's own: what waits in one release moves nothing in another, and only what waits for a turn is listed as waiting for it."""

from datetime import UTC, datetime

from campaigns.agreement import schedules
from campaigns.delivery import timing
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_timing import FIRST, POLL, SECOND, Wall, address, going, rows, send
from tests.campaigns.stories import HOUR, NOON


def test_a_letter_put_off_puts_off_no_letter_of_another_release(sqlite: Database) -> None:
    story = going(sqlite)
    other = stories.agreed_release(story.house, stories.words(title="Another"))
    other.schedule()
    stories.begin(other)

    send(story, Wall({FIRST: [POLL]}), NOON)

    assert rows(other)[0] == ("queued", None)
    assert send(other, Wall(), NOON) == [address(0), address(1), address(2)]


def test_what_waits_is_listed_neither_once_it_is_in_hand_nor_where_it_ended_for_another_reason(sqlite: Database) -> None:
    story = going(sqlite)
    send(story, Wall({FIRST: [POLL], SECOND: [POLL]}), NOON)
    with sqlite.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "attempting"
        session.get_one(Delivery, (story.release, 2)).sqlmodel_update({"state": "missed", "reply": "Withdrawn"})
        posting.recount(session, story.release)

        (spell,) = timing.waiting(session, story.release)
        assert (spell.letters, spell.until) == (1, datetime(2026, 5, 20, 23, 0, tzinfo=UTC))


def test_a_rule_retired_while_the_release_is_stopped_lets_the_letter_go_when_it_goes_on(sqlite: Database) -> None:
    story = going(sqlite)
    send(story, Wall({FIRST: [POLL]}), NOON)
    with sqlite.transaction() as session:
        schedules.stop(session, story.release, by=story.house.hse, at=NOON)
    with sqlite.transaction() as session:
        timing.look_again(session, at=NOON + HOUR)
    with sqlite.transaction() as session:
        schedules.resume(session, story.release, by=story.house.hse, at=NOON + HOUR)

    assert send(story, Wall(), NOON + HOUR) == [address(0)]
