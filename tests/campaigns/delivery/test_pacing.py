"""Turns to a mail domain: no second at the relay ever sees more letters than were allowed, whoever asks and in whatever order."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery import pacing, troubles
from campaigns.delivery.pacing import AHEAD, HORIZON, LATE, Limits, Stride, Waiting
from campaigns.delivery.transport import Outcome
from campaigns.delivery.troubles import FIRST_REST, IN_A_ROW, LONGEST_REST, PROBING, WELL, Standing
from tests.campaigns.stories import NOON

SECOND = timedelta(seconds=1)
NO_STEP = timedelta(0)


def busiest(moments: list[datetime], span: timedelta) -> int:
    """The most of these moments within any span, its end left out."""
    return max((sum(start <= one < start + span for one in moments) for start in moments), default=0)


def test_turns_to_one_domain_lie_apart_and_those_far_ahead_come_back_before_theirs() -> None:
    letters = [Waiting(number, "la.test") for number in range(40)]

    dealt = pacing.deal(letters, {}, Limits(pace=5), step=NO_STEP, at=NOON)

    turns = [turn for turn in dealt.going.values() if turn] + [turn for _, turn in dealt.later.values() if turn]
    assert len(turns) == 40 and all(after - before == (SECOND + LATE) / 5 for before, after in itertools.pairwise(turns))
    assert all(turn is not None and turn <= NOON + AHEAD for turn in dealt.going.values())
    assert all(turn is not None and due == turn - AHEAD for due, turn in dealt.later.values())
    assert dealt.free == {"la.test": NOON + 8 * (SECOND + LATE)}


def test_no_turn_is_given_so_far_ahead_that_a_withdrawn_release_would_leave_the_domain_idle() -> None:
    dealt = pacing.deal([Waiting(0, "la.test")], {"la.test": NOON + HORIZON + SECOND}, Limits(pace=1), step=NO_STEP, at=NOON)

    assert dealt.going == {} and dealt.later == {0: (NOON + HORIZON / 2, None)} and dealt.free == {"la.test": NOON + HORIZON + SECOND}


def test_a_turn_is_kept_for_its_letter_and_one_that_is_over_gives_another() -> None:
    limits, mine = Limits(pace=1), NOON + SECOND / 2
    free = {"la.test": NOON + 5 * SECOND}

    assert pacing.deal([Waiting(0, "la.test", mine)], free, limits, step=NO_STEP, at=NOON).going == {0: mine}
    missed = pacing.deal([Waiting(0, "la.test", NOON - SECOND)], free, limits, step=NO_STEP, at=NOON)
    assert missed.later == {0: (NOON + 3 * SECOND, NOON + 5 * SECOND)}


def test_only_domains_with_a_pace_wait() -> None:
    letters = [Waiting(number, domain) for number, domain in enumerate(["la.test", "slow.test"] * 3)]

    dealt = pacing.deal(letters, {}, Limits(own={"slow.test": 0.5}), step=NO_STEP, at=NOON)

    assert [position for position, turn in dealt.going.items() if turn is None] == [0, 2, 4]
    assert dealt.going[1] is not None and set(dealt.later) == {3, 5}


@pytest.mark.long
@given(
    st.floats(0.2, 50),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 30)), max_size=12),
    st.lists(st.floats(0, 1), min_size=400, max_size=400),
)
def test_no_second_sees_more_than_was_allowed_however_late_each_letter_is(
    pace: float, claims: list[tuple[float, int]], late: list[float]
) -> None:
    limits, free, at, went, waiting = Limits(pace=pace), dict[str, datetime](), NOON, list[datetime](), list[Waiting]()
    for after, more in claims:
        at += timedelta(seconds=after)
        waiting += [Waiting(len(waiting) + number, "la.test") for number in range(more)]
        dealt = pacing.deal(waiting, free, limits, step=NO_STEP, at=at)
        free = dealt.free
        went += [turn + LATE * late[len(went) % 400] * 0.999 for turn in dealt.going.values() if turn]
        waiting = [Waiting(number, "la.test", turn) for number, (_, turn) in enumerate(dealt.later.values())]

    assert busiest(sorted(went), SECOND if pace >= 1 else SECOND / pace) <= max(pace, 1)


def test_a_pace_is_read_for_all_and_for_some() -> None:
    assert pacing.read("5 Council.example=2 other.test=0.5") == (5, {"council.example": 2, "other.test": 0.5})
    assert pacing.read("la.test=1") == (None, {"la.test": 1}) and pacing.read("") == (None, {})
    for typed in ("0", "-1", "x", "la.test=", "nan", "la.test=0"):
        with pytest.raises(ValueError):
            pacing.read(typed)


@pytest.mark.parametrize(
    ("kind", "stage", "said", "weight"),
    [
        ("deferred", "RCPT", "421 4.7.0 go away", 1),
        ("deferred", "MAIL", "421 closing", 0),
        ("deferred", "connection", "nobody answers", 0),
        ("deferred", "RCPT", "TimeoutError: the relay took too long", 3),
        ("unknown", "dot", "LineFault: the relay closed the connection", 3),
        ("rejected", "dot", "554 5.7.1 blocked", 1),
        ("deferred", "RCPT", "451 4.4.1 no answer from host", 1),
        ("deferred", "RCPT", "450 4.2.0 greylisted", 0),
        ("deferred", "RCPT", "450 4.7.1 greylisted for 300 seconds", 0),
        ("rejected", "RCPT", "550 5.1.1 nobody", 0),
        ("rejected", "RCPT", "552 5.2.2 full", 0),
        ("accepted", "dot", "250 ok", 0),
    ],
)
def test_only_what_a_domain_does_to_everybody_is_its_trouble(kind: str, stage: str, said: str, weight: int) -> None:
    assert troubles.weight(Outcome(kind, stage, said)) == weight


def test_a_domain_rests_after_five_in_a_row_and_each_time_for_longer() -> None:
    standing, at, rests = Standing(), NOON, []
    for _ in range(IN_A_ROW - 1):
        standing = troubles.after(standing, bad=1, good=0, at=at)
    assert not standing.is_troubled

    for _ in range(10):
        standing = troubles.after(standing, bad=1, good=0, at=at)
        assert standing.until is not None and standing.allowance == 1
        rests.append(standing.until - at)
        at = standing.until

    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST] and rests[-1] == LONGEST_REST


def test_one_good_answer_ends_a_row_and_a_troubled_domain_comes_back_bit_by_bit() -> None:
    assert troubles.after(Standing(in_a_row=4), bad=3, good=1, at=NOON) == Standing()

    standing, allowed = troubles.after(Standing(), bad=IN_A_ROW, good=0, at=NOON), []
    while standing.is_troubled:
        allowed.append(standing.allowance)
        standing = troubles.after(standing, bad=0, good=standing.allowance, at=NOON + timedelta(minutes=1))
    assert allowed == [1, 2, 4, 8, 16] and standing == Standing() and WELL == 32


@pytest.mark.parametrize(
    ("good", "bad", "allowance", "waits"), [(4, 0, 8, False), (3, 1, 6, False), (2, 2, 4, True), (1, 3, 2, True), (1, 9, 1, True)]
)
def test_a_domain_that_answers_in_part_gets_more_only_as_more_of_it_goes_well(good: int, bad: int, allowance: int, waits: bool) -> None:
    standing = troubles.after(Standing(rests=1, until=NOON, allowance=4), bad=bad, good=good, at=NOON)

    assert standing == Standing(rests=1, until=NOON + PROBING if waits else NOON, allowance=allowance)


def test_letters_in_hand_that_fail_while_a_domain_rests_make_the_rest_no_longer() -> None:
    resting = troubles.after(Standing(), bad=IN_A_ROW, good=0, at=NOON)

    assert troubles.after(resting, bad=9, good=0, at=NOON + SECOND).until == resting.until


def test_what_a_server_said_is_shown_without_addresses() -> None:
    assert troubles.words("421 <ann@la.test> try ann@la.test later") == "421 … try … later"


def test_a_worker_s_stride_follows_how_it_goes_and_one_letter_that_hung_moves_it_little() -> None:
    stride, now = Stride(), 0.0
    for _ in range(40):
        stride.begun(now)
        now += 0.03
        stride.ended(now)
    assert 0.029 < stride.seconds < 0.031

    stride.begun(now)
    stride.ended(now + 60)
    stride.ended(now + 90)
    assert stride.seconds < 0.04
    assert pacing.deal([Waiting(0, "a.test"), Waiting(1, "b.test")], {}, Limits(pace=1), step=SECOND / 20, at=NOON).going == {
        0: NOON,
        1: NOON + SECOND / 20,
    }
