"""A leak shows as a slope, and what comes and goes shows as none."""

import os

import psutil
import pytest

from tests.processes import soak_gauges
from tests.processes.soak_gauges import Gauge

MINUTES = tuple(second / 60 for second in range(0, 600, 2))


def test_what_leaks_a_megabyte_a_minute_is_found_to_under_noise() -> None:
    leaking = tuple(100 + minute + (3 if place % 2 else -3) for place, minute in enumerate(MINUTES))

    assert soak_gauges.slope(MINUTES, leaking) == pytest.approx(1, abs=0.05)


def test_what_swings_and_comes_back_does_not_grow() -> None:
    assert soak_gauges.slope(MINUTES, tuple(100 + place % 7 for place in range(len(MINUTES)))) == pytest.approx(0, abs=0.05)
    assert soak_gauges.growth(tuple(40 + place % 3 for place in range(300))) == 0


def test_files_that_are_never_closed_are_found() -> None:
    assert soak_gauges.growth(tuple(40 + place // 30 for place in range(300))) >= 6


def test_the_first_minutes_do_not_count() -> None:
    gauge = Gauge("a worker", psutil.Process(os.getpid()), [(minute, 100 + min(minute, 2) * 50, 12) for minute in MINUTES])

    found = gauge.figures(warm_after=2)

    assert (found["MB a minute"], found["MB"], found["more open files"]) == (0, 200, 0)


def test_a_process_that_is_there_is_sampled_and_not_twice_at_once() -> None:
    gauge = Gauge("ourselves", psutil.Process(os.getpid()))

    gauge.sample()
    gauge.sample()

    assert [megabytes > 5 and files > 2 for _, megabytes, files in gauge.samples] == [True]
