"""The plan of tries, and what a refusal is about: pure rules."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery import retries, verdicts
from campaigns.delivery.retries import MOVED_BY, USUAL, Plan
from campaigns.delivery.transport import Outcome
from tests.campaigns.posting import most_tries
from tests.campaigns.stories import NOON

RELEASE = UUID(int=7)
MINUTE = timedelta(minutes=1)


def tries(release: UUID, position: int) -> list[datetime]:
    """When a letter is tried that is put off every time."""
    moments = [NOON]
    while (due := retries.next_try(release, position, len(moments), first_at=NOON, at=moments[-1], plan=USUAL)) is not None:
        moments.append(due)
    return moments


def test_the_first_tries_come_soon_and_later_ones_hours_apart() -> None:
    moments = tries(RELEASE, 3)

    for moment, minutes in zip(moments[1:7], (1, 5, 15, 30, 60, 120), strict=False):
        assert (1 - MOVED_BY) * minutes <= (moment - NOON) / MINUTE <= (1 + MOVED_BY) * minutes
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert all(96 * MINUTE <= gap <= 144 * MINUTE for gap in gaps[6:-1])


@given(st.uuids(), st.integers(0, 100_000))
def test_a_letter_is_tried_once_more_at_the_very_end_and_no_more_often_than_the_plan_allows(release: UUID, position: int) -> None:
    moments = tries(release, position)

    assert moments[-1] == NOON + timedelta(hours=72) and len(moments) <= most_tries(USUAL)
    assert moments == tries(release, position)


def test_letters_put_off_together_do_not_come_back_together() -> None:
    release = uuid4()
    again = sorted(tries(release, position)[1] for position in range(1000))

    fullest = max(sum(moment <= other < moment + timedelta(seconds=1) for other in again) for moment in again[::20])
    assert again[-1] - again[0] > timedelta(seconds=20) and fullest < 100


def test_what_was_answered_last_stands_with_a_letter_that_is_given_up() -> None:
    assert retries.given_up("450 4.2.0 later") == "Given up after 72 hours; the last answer: 450 4.2.0 later"
    assert retries.given_up("x", Plan(give_up=timedelta(hours=1.5))).startswith("Given up after 1.5 hours; ")
    assert retries.given_up("x", Plan(give_up=timedelta(hours=1))).startswith("Given up after 1 hour; ")


def test_a_plan_is_read_and_one_that_does_not_grow_is_refused() -> None:
    assert retries.read("0.5 5 30") == (0.5, 5, 30)
    for typed in ("", "5 1", "0 1", "1 1", "soon"):
        with pytest.raises(ValueError):
            retries.read(typed)


@pytest.mark.parametrize(
    ("kind", "said", "judged", "subject"),
    [
        ("rejected", "550 5.1.1 nobody here", "rejected", verdicts.READER),
        ("rejected", "550 nobody here", "rejected", verdicts.UNSAID),
        ("rejected", "550 4.7.1 greylisted", "deferred", verdicts.POLICY),
        ("rejected", "554 4.3.2 not now", "deferred", verdicts.SYSTEM),
        ("rejected", "550-5.7.1 blocked\nsee 4.4.4", "rejected", verdicts.POLICY),
        ("rejected", "552 5.2.2 full", "rejected", verdicts.FULL),
        ("rejected", "552 full", "rejected", verdicts.FULL),
        ("rejected", "552 5.3.4 too long", "rejected", verdicts.LETTER),
        ("rejected", "554 5.3.0 broken", "rejected", verdicts.SYSTEM),
        ("rejected", "550 5.4.4 no route", "rejected", verdicts.SYSTEM),
        ("rejected", "553 5.1.8 your address", "rejected", verdicts.LETTER),
        ("rejected", "550 5.2.1 disabled", "rejected", verdicts.READER),
        ("deferred", "450 5.1.1 nobody, for now", "deferred", verdicts.READER),
        ("deferred", "452 4.2.2 full", "deferred", verdicts.FULL),
        ("accepted", "250 4.0.0 strange", "accepted", verdicts.UNSAID),
        ("unknown", "TimeoutError: 550 4.4.4", "unknown", verdicts.UNSAID),
    ],
)
def test_a_refusal_is_for_good_only_where_code_and_status_agree(kind: str, said: str, judged: str, subject: str) -> None:
    assert verdicts.judged(Outcome(kind, "RCPT", said)).kind == judged
    assert verdicts.subject(said) == subject
