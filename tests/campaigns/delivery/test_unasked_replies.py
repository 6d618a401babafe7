"""A relay that says yes before the dot, and no to it: what came before a question is not its answer."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from campaigns.delivery import conversations
from campaigns.delivery.conversations import Talk
from campaigns.delivery.line import Line, Patience
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport, _Smtp
from campaigns.delivery.transport import Envelope, Outcome, always
from tests.campaigns.delivery.relays import PIPELINING, Relay, relay
from tests.campaigns.delivery.test_both_transports import BOTH, LETTER, deliver

Kind = type[PlainTransport | PipelinedTransport]


@dataclass
class Hasty(Relay):
    """Says something as soon as it reads a body's first line."""

    hastily: str = "250 unasked"
    said: threading.Event = field(default_factory=threading.Event)

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        next(lines)
        self._send(connection, self.hastily.encode() + b"\r\n")
        self.said.set()
        return super()._take(connection, lines)


class Changing(Relay):
    """Refuses the second letter's MAIL on each connection, as a dot that was refused late would look."""

    def _say(self, connection: socket.socket, stage: str) -> bool:
        refuses = stage == "MAIL" and len([line for line in self.asked if line.startswith("mail")]) == 2
        return self._send(connection, b"554 no\r\n") if refuses else super()._say(connection, stage)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("hastily", "expected"),
    [("250 unasked", ("deferred", "DATA")), ("354 more", ("deferred", "DATA")), ("552 too large", ("rejected", "dot"))],
)
def test_a_yes_in_the_middle_of_a_body_is_no_answer_to_its_dot(
    kind: Kind, hastily: str, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there, genuine, write = Hasty({}, hastily=hastily), _Smtp.send, Line.write

    def send(smtp: _Smtp, octets: Any) -> None:
        genuine(smtp, octets)
        assert octets != LETTER.message or there.said.wait(30)

    def written(line: Line, octets: bytes, patience: Patience, *, more: bool = False) -> None:
        write(line, octets, patience, more=more)
        assert not more or there.said.wait(30)

    monkeypatch.setattr(_Smtp, "send", send)
    monkeypatch.setattr(Line, "write", written)
    monkeypatch.setattr(Line, "is_swift", False)
    with relay(there, EHLO=PIPELINING, dot="554 refused"):
        (outcome,) = deliver(kind, there)

    assert ((outcome.kind, outcome.stage), there.taken) == (expected, [])


def test_a_yes_that_came_before_the_body_holds_the_body_back() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"250 unasked\r\n")
        talk = Talk(Line(ours))
        outcome, usable = conversations.hand_over(talk, conversations.GO_ON, b"words\r\n", Patience.of(1), always, None)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)

    assert (outcome, usable) == (Outcome("deferred", "DATA", "the relay spoke before it was asked"), False)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("offers", [PIPELINING, "250 relay.test"])
def test_a_no_that_comes_after_a_letter_was_taken_is_not_the_next_letter_s(kind: Kind, offers: str) -> None:
    other = Envelope(LETTER.sender, "other@council.test", LETTER.message)
    with relay(Changing({}), EHLO=offers) as there:
        outcomes = deliver(kind, there, LETTER, other)

    assert [outcome.kind for outcome in outcomes] == ["accepted"] * 2 and there.connections == 2


@pytest.mark.parametrize("kind", BOTH)
def test_a_sender_that_is_refused_on_a_new_line_too_is_refused(kind: Kind) -> None:
    class Weary(Relay):
        def _say(self, connection: socket.socket, stage: str) -> bool:
            self.says["MAIL"] = "554 no" if self.taken else "250 ok"
            return super()._say(connection, stage)

    with relay(Weary({}), EHLO=PIPELINING) as there:
        outcomes = deliver(kind, there, LETTER, LETTER, LETTER)

    assert [(outcome.kind, outcome.stage) for outcome in outcomes] == [("accepted", "dot"), ("rejected", "MAIL"), ("rejected", "MAIL")]
    assert there.connections == 2
