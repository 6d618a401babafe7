"""A letter goes with its dot in one write, and in pieces where the system does not take it all at once; what is known of it in between."""

import socket
from collections.abc import Callable

import pytest

from campaigns.delivery.pipelined import PipelinedTransport
from tests.campaigns.delivery.relays import PIPELINING, relay
from tests.campaigns.delivery.test_both_transports import LETTER


class Limited:
    """A socket that takes no more octets of a letter than this, and then does `what`."""

    def __init__(self, connection: socket.socket, room: int, what: Callable[[], object]) -> None:
        self.connection, self.room, self.what = connection, room, what

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)

    def send(self, octets: bytes | memoryview, flags: int = 0) -> int:
        if bytes(octets).startswith(b"mail"):
            return self.connection.send(octets, flags)
        if not self.room:
            self.what()
        sent = self.connection.send(octets[: self.room] if self.room else octets, flags)
        self.room = max(self.room - sent, 0)
        return sent


def fail() -> None:
    raise ConnectionResetError


@pytest.mark.parametrize("is_swift", [True, False])
@pytest.mark.parametrize(
    ("left", "expected"), [(9, ("deferred", "body")), (3, ("deferred", "body")), (2, ("unknown", "dot")), (1, ("unknown", "dot"))]
)
def test_a_write_that_breaks_off_is_unclear_only_once_some_of_the_dot_has_left_us(
    left: int, expected: tuple[str, str], *, is_swift: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        transport.deliver(LETTER)
        (talk,) = transport._talks
        talk.line.is_swift = is_swift
        monkeypatch.setattr(talk.line, "socket", Limited(talk.line.socket, len(LETTER.message) + 3 - left, fail))
        outcome = transport.deliver(LETTER)

    assert (outcome.kind, outcome.stage) == expected and len(there.taken) == 1


@pytest.mark.parametrize("answers", [[True, True], [True, False]])
def test_the_dot_of_a_letter_that_had_to_wait_is_asked_for_again(answers: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that takes a letter in slowly: whoever stopped it meanwhile has stopped this one, too."""
    left = list(answers)
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        transport.deliver(LETTER)
        (talk,) = transport._talks
        monkeypatch.setattr(talk.line, "socket", Limited(talk.line.socket, len(LETTER.message) - 5, lambda: None))
        outcome = transport.deliver(LETTER, may_go=lambda: left.pop(0))
        if answers[-1]:
            assert transport.deliver(LETTER).kind == "accepted" and not talk.line.is_swift
        transport.close()

    assert left == [] and outcome.kind == ("accepted" if answers[-1] else "unsent")
    assert len(there.taken) == 1 + 2 * answers[-1]
