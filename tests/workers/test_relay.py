"""The relay hints at what is to be told, again and again until it was heard, whatever the broker does."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from dramatiq.errors import ConnectionClosed
from redis.exceptions import ConnectionError as RedisDown
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.foundation import log
from campaigns.foundation.log import HINT_LASTS, LogEntry
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House
from tests.workers.conftest import Lane
from workers import actors, relay
from workers.tools import Tools


@pytest.fixture
def on_redis(tools: Tools) -> Tools:
    tools.settings = tools.settings.model_copy(update={"broker_url": "redis://127.0.0.1:1/0"})
    return tools


def entries(tools: Tools) -> dict[int, str]:
    with tools.database.reading() as session:
        return {log.number(entry): entry.kind for entry in session.exec(select(LogEntry))}


def test_every_fact_is_hinted_at_once_and_letters_have_a_lane_of_their_own(house: House, tools: Tools, lanes: dict[str, Lane]) -> None:
    stories.sending_release(house, size=2)
    kinds = entries(tools)

    assert relay.tell_due(tools, lanes) is True  # type: ignore[arg-type]
    assert relay.tell_due(tools, lanes) is False  # type: ignore[arg-type]
    assert sorted(lanes["desk"].hints + lanes["sending"].hints) == sorted(kinds)
    assert {kinds[entry] for entry in lanes["sending"].hints} == {ChunkPlanned.__name__}
    assert len(lanes["sending"].hints) == 2


def test_a_hint_that_nobody_heard_is_given_again(house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock) -> None:
    relay.tell_due(tools, lanes)  # type: ignore[arg-type]
    first = list(lanes["desk"].hints)
    clock.at += HINT_LASTS

    relay.tell_due(tools, lanes)  # type: ignore[arg-type]

    assert lanes["desk"].hints == first * 2


def test_a_fact_that_was_heard_is_not_hinted_at_again(house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock) -> None:
    relay.tell_due(tools, lanes)  # type: ignore[arg-type]
    with tools.database.transaction() as session:
        for entry in lanes["desk"].hints:
            log.told(session, entry)
    clock.at += HINT_LASTS

    assert relay.tell_due(tools, lanes) is False  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [ConnectionClosed(OSError("gone")), OSError("refused"), RedisDown("gone")])
def test_what_a_broker_that_is_down_did_not_take_stays_due(house: House, on_redis: Tools, lanes: dict[str, Lane], fault: Exception) -> None:
    lanes["desk"].fault = fault
    with pytest.raises(type(fault)):
        relay.tell_due(on_redis, lanes)  # type: ignore[arg-type]

    lanes["desk"].fault = None
    relay.tell_due(on_redis, lanes)  # type: ignore[arg-type]

    assert sorted(lanes["desk"].hints) == sorted(entries(on_redis))


@pytest.mark.parametrize("fault", [RedisDown("gone"), ConnectionClosed(OSError("gone")), OperationalError("SELECT 1", {}, OSError("gone"))])
def test_the_relay_outlives_a_broker_and_a_database_that_do_not_answer(
    on_redis: Tools, lanes: dict[str, Lane], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    looks = 0

    def look(*_: Any) -> bool:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise fault
        on_redis.stopping.set()
        return True

    monkeypatch.setattr(relay, "tell_due", look)
    monkeypatch.setattr(relay, "BROKER_DOWN", 0.01)
    monkeypatch.setattr(relay, "DATABASE_DOWN", 0.01)
    thread = threading.Thread(target=relay.run, args=(on_redis, lanes))
    thread.start()
    thread.join(timeout=60)

    assert (looks, thread.is_alive()) == (2, False)


def test_what_a_subscriber_recorded_waits_for_no_pause_of_the_relay(
    house: House, tools: Tools, lanes: dict[str, Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "PAUSE", 600.0)
    story = stories.agreed_release(house)
    story.schedule()
    thread = threading.Thread(target=relay.run, args=(tools, lanes))
    thread.start()
    try:
        began = wait_for(lambda: next((number for number in lanes["desk"].hints if entries(tools)[number] == "ReleaseScheduled"), None))
        actors.hear(began, tools)
        going = wait_for(lambda: next((number for number in lanes["desk"].hints if entries(tools)[number] == "SendingBegan"), None))
        actors.hear(going, tools)
        assert wait_for(lambda: next(iter(lanes["sending"].hints), None))
    finally:
        tools.stopping.set()
        tools.news.set()
        thread.join()


def wait_for(found: Callable[[], int | None]) -> int:
    """What is found within ten seconds."""
    deadline = time.monotonic() + 10
    while (number := found()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return number
