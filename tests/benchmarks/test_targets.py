"""Whether a target is met, and how far a figure is from it."""

import pytest

from tests.benchmarks import senders, targets
from tests.benchmarks.runs import Run
from tests.benchmarks.targets import Target


def run(rate: float, cost: float, *, failed: str = "") -> Run:
    """Ten thousand letters at such a rate, at such a cost in microseconds."""
    return Run(10_000, 10_000, 10_000, 10_000 / rate, {"sender": cost / 100}, 0.1, 200_000_000, 20_000, failed=failed)


def grown(peak: float, seconds: float) -> dict[str, float]:
    return {"peak MB": peak, "sending s": seconds, "sealing s": 30.0}


def test_more_is_better_unless_it_is_said_otherwise() -> None:
    rate, cost = Target("letters/s against the limit", 0.6, 1.0), Target("CPU", 100, 60, at_most=True)
    assert rate.line(0.75) == "| letters/s against the limit | 0.75 | ≥ 0.6 | yes (1.25 ×) | ≥ 1 | **no** (0.75 ×) |"
    assert cost.line(80) == "| CPU | 80.0 | ≤ 100 | yes (1.25 ×) | ≤ 60 | **no** (0.75 ×) |"


def test_a_bound_itself_is_met() -> None:
    assert Target("x", 2, 3).met(2, 2) == "yes (1.00 ×)"
    assert Target("x", 2, 3, at_most=True).met(2, 2) == "yes (1.00 ×)"


def test_nothing_wrong_is_met_and_one_wrong_letter_is_not() -> None:
    target = targets.TARGETS["empty or double"]
    assert target.met(0, 0) == "yes"
    assert target.met(1, 0) == "**no**"


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert "not measured" in Target("x", 2, 3).line(None)
    assert "yes" not in Target("x", 2, 3).line(None)


def test_ours_with_two_workers_is_held_against_each_by_medians() -> None:
    played = {
        senders.OURS: [run(9_000, 50), run(10_000, 60), run(30_000, 40)],
        senders.LIMIT: [run(12_500, 30)],
        senders.NODEMAILER: [run(1_000, 1_000)],
        senders.POST_OFFICE: [run(500, 3_000)],
        senders.LOOP: [run(400, 2_000)],
    }
    found = targets.measured(played, {}, None)
    assert found["limit"] == pytest.approx(0.8)
    assert (found["nodemailer wall"], found["nodemailer cpu"]) == pytest.approx((10, 20))
    assert (found["post-office"], found["loop"]) == pytest.approx((20, 25))
    assert found["cpu"] == pytest.approx(50)
    assert (found["listmonk wall"], found["listmonk cpu"]) == pytest.approx((10_000 / 5_100, 252 / 50))
    assert found["listmonk scaled"] == pytest.approx(0.8 * 14_200 / 5_100)


def test_void_runs_are_held_against_nobody() -> None:
    found = targets.measured({senders.OURS: [run(10_000, 50)], senders.LIMIT: [run(90_000, 1, failed="it crashed")]}, {}, None)
    assert "limit" not in found
    assert "cpu" in found


def test_growth_is_from_ten_thousand_to_a_million() -> None:
    found = targets.measured({}, {10_000: grown(60, 2), 100_000: grown(61, 20), 1_000_000: grown(63, 210)}, None)
    assert (found["peak"], found["peak growth"], found["peak growth MB"]) == pytest.approx((63, 5, 3))
    assert found["time"] == pytest.approx(105)
    assert found["sealing"] == 30


def test_growth_that_is_not_played_out_says_nothing_of_the_whole() -> None:
    found = targets.measured({}, {10_000: grown(60, 2)}, None)
    assert found == {"peak": 60}


def test_letters_that_one_side_does_not_count_are_wrong_as_empty_and_doubled_ones_are() -> None:
    found = targets.measured({}, {}, {"letters": 1001, "accepted": 1000, "empty": 1, "doubled": 2})
    assert found == {"empty or double": 4}
