"""What goes wrong at every look is said once a minute, and not at every look."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from workers import actors, brokers, complaints, relay, scheduler
from workers.complaints import AGAIN
from workers.tools import Tools

DOWN = OperationalError("SELECT 1", {}, Exception("the database is away"))


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since boot."""
    moment = [1000.0]
    monkeypatch.setattr(complaints, "seconds", lambda: moment[0])
    return moment


def watch_arming(_: Tools) -> None:
    raise DOWN


def stumble(_: Tools) -> None:
    raise LookupError("another fault")


def test_an_hour_of_failing_looks_is_a_line_a_minute_for_each(now: list[float], tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "LOOKS", (watch_arming, stumble))

    with capture_logs() as logs:
        for _ in range(3600):
            assert scheduler.tick(tools) == ["watch_arming", "stumble"]
            now[0] += 1

    said = [line["event"] for line in logs]
    assert said == ["the clock could not read the database", "the clock stumbled"] * int(3600 / AGAIN)


def test_another_fault_is_said_at_once(now: list[float], tools: Tools) -> None:
    assert tools.complaints.is_due("look", DOWN)
    assert not tools.complaints.is_due("look", DOWN)
    assert tools.complaints.is_due("look", LookupError("another fault"))
    assert tools.complaints.is_due("another look", DOWN)


def test_a_database_that_is_away_is_a_line_and_no_traceback_for_each_hint(
    now: list[float], tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DOWN

    monkeypatch.setattr(actors, "hear", away)
    hear = actors.enlist(brokers.connect(None), tools, name="desk")

    with capture_logs() as logs:
        hear.fn(1)
        hear.fn(2)

    assert [(line["log_level"], line["entry"]) for line in logs] == [("warning", 1)]


def test_the_relay_says_once_a_minute_that_the_database_is_away(now: list[float], tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(rounds: Iterator[int]) -> None:
        now[0] += 1
        if next(rounds) == 59:
            tools.stopping.set()
        raise DOWN

    rounds = iter(range(60))
    monkeypatch.setattr(relay, "DATABASE_DOWN", 0.0)
    monkeypatch.setattr(relay, "tell_due", lambda *_: away(rounds))

    with capture_logs() as logs:
        relay.run(tools, {})

    assert [line["event"] for line in logs] == ["the relay could not read the database"]
