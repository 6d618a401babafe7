"""One look at the time, the lease and whether to stop is good for a moment: how long that moment is, what ends it before, and how fast letters follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest
from sqlmodel import col, select

from campaigns.delivery import sender
from campaigns.delivery.claims import Claim
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import Envelope
from campaigns.foundation import timekeeper
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_sender import Watching, rows
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import NOON, Story

GLANCE = 2.0


class Hands:
    """Both clocks of a sender, moved on by so much after each letter; and how often it asked whether to stop."""

    def __init__(self, patch: pytest.MonkeyPatch, *, each: float) -> None:
        self.clock, self.passed, self.each, self.asked = Clock(), timekeeper.seconds(), each, 0
        patch.setattr(sender, "seconds", lambda: self.passed)

    def move(self, _envelope: Envelope) -> None:
        self.passed += self.each
        self.clock.at += timedelta(seconds=self.each)

    def stopping(self) -> bool:
        self.asked += 1
        return False


def claimed(database: Database) -> tuple[Story, Claim]:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
    return story, claim


def send(database: Database, hands: Hands, *, closes: timedelta = timedelta(days=1), **how: Callable[[], object]) -> list[str]:
    """What becomes of three letters whose windows close so long after noon. `how`: another clock, or another word whether to stop."""
    story, claim = claimed(database)
    claim.closes.update(dict.fromkeys(claim.closes, NOON + closes))
    usual = {"clock": hands.clock, "stopping": hands.stopping, "glance": GLANCE, "ask_every": 9999}
    posting.sender(database, Watching(hands.move), **(usual | how)).send(claim)
    return [state for state, _ in rows(story)]


@pytest.mark.parametrize(("each", "looks"), [(GLANCE / 4, 2), (GLANCE * 1.1, 6)])
def test_whether_to_stop_is_asked_again_once_the_last_look_is_too_old(
    database: Database, monkeypatch: pytest.MonkeyPatch, each: float, looks: int
) -> None:
    hands = Hands(monkeypatch, each=each)

    assert send(database, hands) == ["accepted"] * 3 and hands.asked == looks  # before a letter is put together, and before its dot


def test_who_asks_to_stop_is_heard_after_a_glance(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch, each=GLANCE * 0.6)

    gone = send(database, hands, stopping=lambda: hands.clock.at > NOON)  # asked for during the first letter

    assert gone == ["accepted", "accepted", "queued"]  # the second was looked at already


def test_a_letter_is_dated_and_its_outcome_timed_by_the_last_look_while_that_is_good(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands, dates = Hands(monkeypatch, each=GLANCE * 0.6), list[str]()

    def dated(envelope: Envelope) -> None:
        dates.append(message_from_bytes(envelope.message)["Date"])
        hands.move(envelope)

    _, claim = claimed(database)
    posting.sender(database, Watching(dated), clock=hands.clock, stopping=hands.stopping, glance=GLANCE, ask_every=9999).send(claim)

    with database.reading() as session:
        times = session.exec(select(Delivery.at).order_by(col(Delivery.position))).all()
    moved = timedelta(seconds=hands.each)
    assert times == [NOON, NOON + 2 * moved, NOON + 2 * moved]
    assert [parsedate_to_datetime(date) for date in dates] == [(NOON + moments * moved).replace(microsecond=0) for moments in (0, 0, 2)]


def test_no_glance_lasts_beyond_the_end_of_a_letter_s_window(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(monkeypatch, each=GLANCE * 0.6)

    assert send(database, hands, closes=timedelta(seconds=GLANCE * 0.5)) == ["accepted", "queued", "queued"]


@pytest.mark.parametrize("frozen", ["once it was not asked to stop", "once it knew the time"])
def test_a_look_in_which_the_process_froze_is_good_for_no_other_letter(
    database: Database, monkeypatch: pytest.MonkeyPatch, frozen: str
) -> None:
    hands, nights = Hands(monkeypatch, each=0.001), [frozen]
    late = NOON + timedelta(seconds=2 * GLANCE)

    def sleeps(when: str) -> None:
        if hands.asked == 2 and when in nights:  # in the look before the first dot, once
            nights.clear()
            hands.passed += 3 * GLANCE
            hands.clock.at += timedelta(seconds=3 * GLANCE)

    def stopping() -> bool:
        hands.asked += 1
        said = frozen == "once it was not asked to stop" and hands.clock.at > late
        sleeps("once it was not asked to stop")
        return said

    def clock() -> datetime:
        said = hands.clock.at
        sleeps("once it knew the time")
        return said

    closes = timedelta(days=1) if frozen == "once it was not asked to stop" else late - NOON
    gone = send(database, hands, closes=closes, clock=clock, stopping=stopping)

    assert gone == ["accepted", "queued", "queued"]  # as if it froze after the last look of all


def test_no_glance_lasts_beyond_the_lease(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.campaigns.delivery.test_glances.GLANCE", 10 * LEASE.total_seconds())
    hands = Hands(monkeypatch, each=LEASE.total_seconds() + 1)

    assert send(database, hands) == ["accepted", "queued", "queued"]


def test_a_worker_begins_no_more_letters_a_second_than_its_pace(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    _, claim = claimed(database)
    waits = list[float]()
    monkeypatch.setattr(sender.PAUSE, "wait", waits.append)
    sending = posting.sender(database, Watching(lambda _: None))
    sending.pace = 0.1

    sending.send(claim)

    assert len(waits) == 3 and all(5 < wait <= 10 for wait in waits)
