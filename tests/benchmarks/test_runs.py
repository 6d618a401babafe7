"""Which runs count, and what several come to."""

from dataclasses import replace

import pytest

from tests.benchmarks import runs
from tests.benchmarks.runs import Run

GOOD = Run(
    asked=1000, accepted=1000, sunk=1000, seconds=2.0, cpu={"workers": 0.06, "database": 0.04}, sink_cpu=0.1, octets=20_300_000, size=20_000
)


def test_a_run_that_did_what_it_says_counts() -> None:
    assert runs.void(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"failed": "CalledProcessError: npm"}, "failed: CalledProcessError: npm"),
        ({"seconds": 0.049}, "it took 0.049 s"),
        ({"sink_cpu": 0.0}, "the sink used no CPU"),
        ({"sunk": 999, "octets": 20_299_999}, "1000 were asked for, the sender counts 1000 and the sink 999"),
        ({"accepted": 999}, "1000 were asked for, the sender counts 999 and the sink 1000"),
        ({"asked": 1001}, "1001 were asked for, the sender counts 1000 and the sink 1000"),
        ({"octets": 17_999_999}, "letters of 17999 octets"),
    ],
)
def test_a_run_is_void_and_says_why(changes: dict[str, object], said: str) -> None:
    assert runs.void(replace(GOOD, **changes)) == [said]


def test_a_run_that_never_came_to_sending_is_void_and_can_be_told_of() -> None:
    nothing = Run(1000, 0, 0, 0.0, {}, 0.0, 0, 20_000, failed="no such program")
    assert runs.void(nothing)[0] == "failed: no such program"
    assert runs.valid([nothing, GOOD]) == [GOOD]


def test_figures_are_a_letter_s_own() -> None:
    assert GOOD.rate == 500
    assert GOOD.cost == pytest.approx(100)
    assert GOOD.sink_cost == pytest.approx(100)


def test_the_median_is_the_one_in_the_middle_and_the_smallest_and_largest_stand_beside_it() -> None:
    played = [replace(GOOD, seconds=seconds) for seconds in (4.0, 1.0, 2.0)]
    found = runs.spread(played, lambda run: run.rate)
    assert (found.median, found.least, found.most) == (500, 250, 1000)
    assert str(found) == "500 (250–1,000)"


@pytest.mark.parametrize(
    ("figure", "said"), [(14_200.4, "14,200"), (100, "100"), (99.96, "100.0"), (12.34, "12.3"), (0.756, "0.76"), (0, "0.00")]
)
def test_a_figure_is_shown_in_three_digits(figure: float, said: str) -> None:
    assert runs.shown(figure) == said
