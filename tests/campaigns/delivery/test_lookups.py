"""A resolver that does not answer costs the seconds we agreed to wait, and neither a worker's clock nor its end."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from campaigns.delivery import calling, line, lookups
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.relay_urls import Relay as Address
from campaigns.foundation.errors import TryLater
from tests.campaigns.delivery.relays import PIPELINING, relay
from tests.campaigns.delivery.test_both_transports import BOTH, LETTER

SLOW = "relay.slow.test"


class Resolver:
    """Says nothing of one name until it is let."""

    def __init__(self) -> None:
        self.answers, self.asked, self.said = threading.Event(), 0, [("127.0.0.1", 25)]
        self.genuine = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *more: Any, **how: Any) -> list[Any]:
        if host != SLOW:
            return self.genuine(host, port, *more, **how)
        self.asked += 1
        self.answers.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in self.said]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    there = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", there.getaddrinfo)
    yield there
    there.answers.set()
    lookups._ASKED.clear()


@pytest.mark.parametrize("kind", BOTH)
def test_a_relay_whose_name_nobody_knows_in_time_is_tried_later(
    kind: type[PlainTransport | PipelinedTransport], resolver: Resolver
) -> None:
    began = time.monotonic()
    with pytest.raises(TryLater, match="nobody said in time where it is"):
        kind(f"smtp://{SLOW}", timeout=0.1).deliver(LETTER)

    assert time.monotonic() - began < 5


def test_the_clock_s_questions_about_a_relay_end(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "IS_SAID_WITHIN", 0.1)
    with pytest.raises(OSError):
        calling.knock(Address.at(f"smtp://{SLOW}"), line.Patience.of(0.1), noops=1)

    assert not calling.is_one(Address.at(f"smtp://{SLOW}"))


def test_a_question_is_asked_once_and_its_late_answer_serves_whoever_asks_next(resolver: Resolver) -> None:
    for _ in range(3):
        with pytest.raises(TimeoutError):
            lookups.addresses(SLOW, 25, within=0.02)
    assert resolver.asked == 1

    resolver.answers.set()
    assert [lookups.addresses(SLOW, 25, within=30) for _ in range(2)] == [[(socket.AF_INET, "127.0.0.1")]] * 2
    assert resolver.asked == 2  # and no answer serves twice


def test_an_answer_that_is_old_serves_nobody(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "GOOD_FOR", 0.0)
    with pytest.raises(TimeoutError):
        lookups.addresses(SLOW, 25, within=0.02)
    resolver.answers.set()
    lookups._ASKED[SLOW, 25].answer.result(30)
    resolver.said = [("127.0.0.2", 25)]

    assert lookups.addresses(SLOW, 25, within=30) == [(socket.AF_INET, "127.0.0.2")]


def test_each_address_of_a_relay_is_tried(resolver: Resolver) -> None:
    resolver.answers.set()
    with relay(EHLO=PIPELINING) as there:
        resolver.said = [("127.0.0.2", there.port), ("127.0.0.1", there.port)]
        transport = PipelinedTransport(f"smtp://{SLOW}:{there.port}", timeout=30)
        assert transport.deliver(LETTER).kind == "accepted"
        transport.close()


def test_a_machine_that_does_not_know_its_own_name_in_time_greets_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    known = threading.Event()
    monkeypatch.setattr(socket, "getfqdn", lambda: "here.test" if known.wait(60) else "")
    monkeypatch.setattr(lookups, "OWN_NAME_WITHIN", 0.02)
    lookups._own_name.cache_clear()
    try:
        assert lookups.own_name() == "[127.0.0.1]"
        known.set()
        lookups._ASKED[""].answer.result(30)
        assert lookups.own_name() == "here.test"
    finally:
        lookups._own_name.cache_clear()
