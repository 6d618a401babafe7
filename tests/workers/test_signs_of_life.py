"""A worker's clock gives a sign of life now and then, and at once where it may send no more."""

from datetime import timedelta

import pytest

from campaigns.delivery import heartbeats
from campaigns.delivery.heartbeats import Heartbeat
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House
from workers import scheduler
from workers.tools import Tools


def sign(house: House, tools: Tools) -> Heartbeat:
    with house.database.reading() as session:
        return session.get_one(Heartbeat, tools.name)


def test_it_is_given_at_the_first_tick_and_not_written_again_at_the_next(house: House, tools: Tools, clock: Clock) -> None:
    assert scheduler.tick(tools) == []
    first = sign(house, tools).at
    clock.at += timedelta(seconds=1)

    assert scheduler.tick(tools, but=scheduler.SELDOM) == []

    assert sign(house, tools).at == first


def test_it_is_written_again_after_some_seconds(house: House, tools: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler.give_a_sign(tools)
    monkeypatch.setattr(scheduler, "SIGN_EVERY", 0.0)
    clock.at += timedelta(seconds=10)

    scheduler.give_a_sign(tools)

    assert sign(house, tools).at == clock.at


def test_a_worker_that_may_send_no_more_says_why_at_the_next_tick(house: House, tools: Tools) -> None:
    scheduler.give_a_sign(tools)
    tools.doubt = lambda: "The clock jumped by +3600 seconds"

    scheduler.tick(tools, but=scheduler.SELDOM)

    said = "The clock jumped by +3600 seconds: letters go again once it is put right, or the worker is started again."
    assert sign(house, tools).why == said
    tools.doubt = lambda: None
    scheduler.tick(tools, but=scheduler.SELDOM)
    with house.database.reading() as session:
        assert heartbeats.counted(session, at=tools.clock()) == {"sending": 1, "idle": 0}
