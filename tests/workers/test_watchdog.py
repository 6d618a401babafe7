"""A process whose sending lane takes nothing up while letters are due ends itself; one that rightly rests does not."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from campaigns.delivery import deliveries
from campaigns.delivery.armed import Keeper
from campaigns.foundation import log
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House
from tests.workers.conftest import Lane
from tests.workers.test_scheduler import heard
from workers import scheduler, watchdog
from workers.tools import Tools
from workers.watchdog import PATIENCE, WHILE_OTHERS_SEND, Watchdog


class Boot:
    """Seconds that the test lets pass."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def boot(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Boot:
    boot = Boot()
    tools.alive_at = boot.at
    monkeypatch.setattr(time, "monotonic", boot)
    return boot


def after(dog: Watchdog, boot: Boot, seconds: float) -> str | None:
    """What it finds now, when it looks again after so long."""
    first = dog.fault()
    boot.at += seconds
    return first or dog.fault()


def test_letters_that_are_due_and_taken_up_by_nobody_end_the_process(house: House, tools: Tools, boot: Boot) -> None:
    stories.sending_release(house)
    dog = Watchdog(tools)
    assert after(dog, boot, PATIENCE - 1) is None
    assert "due for 60 seconds" in str(after(dog, boot, 1))


def test_a_lane_that_takes_something_up_is_alive(house: House, tools: Tools, boot: Boot) -> None:
    stories.sending_release(house)
    dog = Watchdog(tools)
    after(dog, boot, PATIENCE - 1)
    assert tools.may_claim()
    assert after(dog, boot, PATIENCE - 1) is None


def test_letters_that_are_put_off_as_the_database_failed_them_again_and_again_end_no_process(
    house: House, tools: Tools, boot: Boot, clock: Clock
) -> None:
    stories.sending_release(house)
    with house.database.transaction() as session:
        for entry in deliveries.due_chunks(session, at=clock.at):
            for _ in range(7):
                log.not_told(session, entry, error="send_chunk: OperationalError", at=clock.at)
    dog = Watchdog(tools)
    assert after(dog, boot, 10 * PATIENCE) is None

    clock.at += timedelta(seconds=2**7)
    assert "due for 60 seconds" in str(after(dog, boot, PATIENCE))


def test_where_nothing_was_due_the_wait_begins_when_something_is(house: House, tools: Tools, boot: Boot) -> None:
    dog = Watchdog(tools)
    assert after(dog, boot, 10 * PATIENCE) is None
    stories.sending_release(house)
    assert after(dog, boot, PATIENCE - 1) is None


def test_what_went_out_is_not_waited_for(house: House, tools: Tools, boot: Boot, lanes: dict[str, Lane]) -> None:
    stories.sending_release(house)
    scheduler.tick(tools)
    heard(tools, lanes)
    assert after(Watchdog(tools), boot, 10 * PATIENCE) is None


def test_while_another_process_sends_it_is_more_patient(house: House, tools: Tools, boot: Boot, clock: Clock) -> None:
    story = stories.sending_release(house, size=1)
    assert posting.claim(story, at=clock.at) is not None
    dog = Watchdog(tools)
    assert after(dog, boot, 2 * PATIENCE) is None
    assert after(dog, boot, WHILE_OTHERS_SEND) is not None


def test_a_process_that_may_not_send_rests_rightly(house: House, tools: Tools, boot: Boot, tmp_path: Path) -> None:
    stories.sending_release(house)
    held = replace(tools, arming=Keeper(house.database, tmp_path / "arming.json", tools.clock))
    assert after(Watchdog(held), boot, 10 * PATIENCE) is None
    doubtful = replace(tools, doubt=lambda: "The clock jumped")
    assert after(Watchdog(doubtful), boot, 10 * PATIENCE) is None


def test_while_the_broker_does_not_answer_the_process_stays(house: House, tools: Tools, boot: Boot, settings: Settings) -> None:
    stories.sending_release(house)
    without = replace(tools, settings=settings.model_copy(update={"broker_url": "redis://127.0.0.1:1/0"}))
    assert after(Watchdog(without), boot, 10 * PATIENCE) is None


def test_a_thread_that_has_ended_ends_the_process(tools: Tools) -> None:
    ended = threading.Thread(target=lambda: None, name="relay")
    ended.start()
    ended.join()
    assert Watchdog(tools, [ended]).fault() == "a thread has ended: relay"


def test_the_process_ends_with_a_code_that_asks_for_another_start(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr(watchdog, "EVERY", 0.01)
    monkeypatch.setattr(watchdog, "PATIENCE", 0.05)
    monkeypatch.setattr(watchdog.os, "_exit", lambda code: (codes.append(code), tools.stopping.set()))
    stories.sending_release(house)

    watchdog.run(tools, [])

    assert codes == [watchdog.EXIT_CODE]


def test_a_look_that_fails_is_written_down_and_is_not_the_last(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str | OSError] = [OSError("no such file"), "letters have been due"]
    codes: list[int] = []

    def look(dog: Watchdog) -> str:
        match found.pop(0):
            case OSError() as failure:
                raise failure
            case fault:
                return fault

    monkeypatch.setattr(watchdog, "EVERY", 0.01)
    monkeypatch.setattr(Watchdog, "fault", look)
    monkeypatch.setattr(watchdog.os, "_exit", lambda code: (codes.append(code), tools.stopping.set()))

    with capture_logs() as logs:
        watchdog.run(tools, [])

    assert codes == [watchdog.EXIT_CODE]
    assert [log["event"] for log in logs] == ["the watchdog could not look", "this process ends itself, to be started anew"]
