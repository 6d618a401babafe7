"""A time that several processes can be trusted with: nobody's own clock, no jump, and doubt where two clocks part."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.exc import OperationalError

from campaigns.foundation import clock, timekeeper
from campaigns.foundation.database import Database
from campaigns.foundation.timekeeper import Timekeeper

NOON = datetime(2026, 5, 12, 11, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


class Clocks:
    """A clock that can be set, and seconds since boot, which cannot."""

    def __init__(self) -> None:
        self.said, self.since_boot, self.asked = NOON, 100.0, 0
        self.fault: Exception | None = None
        self.takes = 0.0

    def shared(self) -> datetime:
        self.asked += 1
        self.since_boot += self.takes
        if self.fault:
            raise self.fault
        return self.said

    def go_on(self, seconds: float) -> None:
        self.said += timedelta(seconds=seconds)
        self.since_boot += seconds

    def keeper(self, every: float = 0.0) -> Timekeeper:
        return Timekeeper(self.shared, every, lambda: self.since_boot)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, timedelta(days=365), timedelta(days=-365), 6 * SECOND])
def test_a_jump_is_not_followed_but_doubted_until_the_clocks_agree_again(jump: timedelta) -> None:
    clocks = Clocks()
    time = clocks.keeper()
    assert (time(), time.doubt()) == (NOON, None)

    clocks.said += jump
    clocks.go_on(10)

    assert time() == NOON + 10 * SECOND
    assert time.doubt() == f"The clock jumped by {jump.total_seconds():+.0f} seconds"

    clocks.said -= jump

    assert (time(), time.doubt()) == (NOON + 10 * SECOND, None)


def test_whoever_asks_for_doubt_alone_hears_of_a_jump() -> None:
    clocks = Clocks()
    time = clocks.keeper()
    time()

    clocks.said += HOUR

    assert time.doubt() == "The clock jumped by +3600 seconds"


def test_nobody_waits_while_another_asks_for_the_shared_time() -> None:
    clocks, found = Clocks(), list[datetime]()
    time = clocks.keeper()
    time()
    other = Thread(target=lambda: found.append(time()), daemon=True)

    def hangs() -> datetime:
        other.start()
        other.join(timeout=5.0)
        return clocks.said

    time.shared = hangs
    clocks.go_on(3)

    assert time() == NOON + 3 * SECOND and found == [NOON + 3 * SECOND]


def test_a_clock_that_is_kept_in_step_is_followed_without_a_doubt() -> None:
    clocks = Clocks()
    time = clocks.keeper()
    time()

    for _ in range(10):
        clocks.said += 4 * SECOND
        assert (time(), time.doubt()) == (clocks.said, None)


def test_the_shared_time_is_asked_once_a_second_and_carried_on_between() -> None:
    clocks = Clocks()
    time = clocks.keeper(every=1.0)

    for _ in range(100):
        assert time() == clocks.said
        clocks.go_on(0.05)

    assert clocks.asked == 5
    clocks.fault = OperationalError("SELECT", {}, Exception("gone"))
    clocks.go_on(1)
    for _ in range(10):
        assert time() == clocks.said
    assert clocks.asked == 6  # nor is a database that is away asked for each letter


def test_time_goes_on_while_the_shared_time_cannot_be_had_and_is_refused_where_it_never_was() -> None:
    clocks = Clocks()
    time = clocks.keeper()
    clocks.fault = OperationalError("SELECT", {}, Exception("gone"))

    with pytest.raises(OperationalError):
        time()
    clocks.fault = None
    time()
    clocks.fault = OperationalError("SELECT", {}, Exception("gone"))
    clocks.go_on(30)

    assert (time(), time.doubt()) == (NOON + 30 * SECOND, None)


def test_a_reading_that_took_long_counts_for_nothing() -> None:
    clocks = Clocks()
    time = clocks.keeper()
    time()
    clocks.takes = 30.0

    assert (time(), time.doubt()) == (NOON + 30 * SECOND, None)


def test_a_databases_time_is_nearly_the_machines(database: Database) -> None:
    time = timekeeper.of(database)

    assert abs(time() - clock.now()) < SECOND and time().tzinfo is UTC
    assert time.doubt() is None


def test_on_postgresql_nobody_believes_a_process_s_own_clock(on_postgres: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    right = clock.now()
    monkeypatch.setattr(clock, "now", lambda: right + HOUR)

    assert timekeeper.of(on_postgres)() < right + HOUR / 2
