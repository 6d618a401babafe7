"""What a relay's outcome makes of a letter: a pure rule, asked of one with nothing behind it and of one that was tried before."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from campaigns.delivery import fates, retries
from campaigns.delivery.fates import LONGEST, Fate, InHand
from campaigns.delivery.retries import USUAL
from campaigns.delivery.transport import Outcome
from tests.campaigns.stories import HOUR, MINUTE, NOON

RELEASE = UUID(int=7)
NEW, AGAIN, LAST = InHand(3), InHand(3, attempts=2, first_at=NOON - HOUR), InHand(3, attempts=20, first_at=NOON - USUAL.give_up)
PUT_OFF = "450 4.2.0 later"


def fate(kind: str, said: str, letter: InHand = NEW) -> Fate:
    return fates.of(letter, Outcome(kind, "dot", said), release_id=RELEASE, plan=USUAL, at=NOON)


@pytest.mark.parametrize(
    ("kind", "said", "state", "tried", "fell"),
    [
        ("accepted", "250 OK", "accepted", True, False),
        ("rejected", "550 5.1.1 nobody", "rejected", True, False),
        ("rejected", "550 4.2.0 its code says never, its status says later", "queued", True, False),
        ("deferred", PUT_OFF, "queued", True, False),
        ("unknown", "LineFault: cut", "unknown", True, False),
        ("unsent", "no relay", "queued", False, False),
        ("unmade", "it cannot be put together", "queued", False, True),
        ("fell", "its worker ended", "queued", False, True),
    ],
)
def test_each_outcome_is_a_state_and_says_whether_a_relay_was_tried(kind: str, said: str, state: str, tried: bool, fell: bool) -> None:
    found = fate(kind, said)

    assert (found.state, found.tried, found.fell, found.given_up) == (state, tried, fell, False)


@pytest.mark.parametrize(("kind", "wait"), [("accepted", timedelta(0)), ("unsent", timedelta(0)), ("unmade", MINUTE)])
def test_only_what_cannot_be_put_together_waits_without_having_been_put_off(kind: str, wait: timedelta) -> None:
    assert fate(kind, "").due_at == NOON + wait


@pytest.mark.parametrize(("letter", "attempt", "first_at"), [(NEW, 1, NOON), (AGAIN, 3, NOON - HOUR)])
def test_what_is_put_off_is_tried_again_by_the_plan(letter: InHand, attempt: int, first_at: datetime) -> None:
    again = retries.next_try(RELEASE, 3, attempt, first_at=first_at, at=NOON, plan=USUAL)

    assert fate("deferred", PUT_OFF, letter).due_at == again


def test_what_was_put_off_since_too_long_is_given_up_with_the_last_answer() -> None:
    found = fate("deferred", PUT_OFF, LAST)

    assert (found.state, found.given_up, found.outcome.kind) == ("rejected", True, "rejected")
    assert found.reply == "Given up after 72 hours; the last answer: 450 4.2.0 later"


@pytest.mark.parametrize("kind", ["accepted", "deferred"])
def test_of_a_reply_what_can_be_kept_is_kept(kind: str) -> None:
    assert fate(kind, "4" + "\0" * 600).reply == "4" + " " * (LONGEST - 1)
