"""What only a transport that asks ahead must mind: DATA accepted for a refused letter, the next letter after a fault, and time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from campaigns.delivery import line, pipelined, plain
from campaigns.delivery.line import Line, Patience
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope, Outcome
from tests.campaigns.delivery.relays import CUT, PIPELINING, SILENT, Relay, relay
from tests.campaigns.delivery.test_both_transports import BOTH, LETTER, deliver

GOES_ON = {"EHLO": PIPELINING, "after a refusal": "354 go on"}  # a relay that takes a body for nobody


class Slow(Relay):
    """Says one of its replies an octet at a time, each within the time for a whole one."""

    slow = ""
    said = 0  # octets of it

    def _say(self, connection: socket.socket, stage: str) -> bool:
        if stage != self.slow:
            return super()._say(connection, stage)
        for place in range(12):
            connection.sendall(b"250-slowly, "[place : place + 1])
            self.said += 1
            time.sleep(0.5)
        return False


class Deaf(Relay):
    """Reads nothing of a body until it is told to."""

    read_on = threading.Event()

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        self.read_on.wait(60)
        return super()._take(connection, lines)


class Interrupt(BaseException):
    """As Dramatiq raises it, at any bytecode."""


def packets(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is written, write by write."""
    written: list[bytes] = []
    write, passed = Line.write, Line.passed

    def noted(self: Line, octets: bytes, patience: Patience, *, more: bool = False) -> None:
        written.append(bytes(octets))
        write(self, octets, patience, more=more)

    def noted_too(self: Line, octets: bytes, patience: Patience) -> bytes:
        written.append(octets)
        return passed(self, octets, patience)

    monkeypatch.setattr(Line, "write", noted)
    monkeypatch.setattr(Line, "passed", noted_too)
    return written


def test_the_commands_are_one_write_where_pipelining_is_offered_and_three_elsewhere_and_a_letter_is_one_with_its_dot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = packets(monkeypatch)
    group = [b"mail FROM:<lopp@countersign.test>\r\n", b"rcpt TO:<post@council.test>\r\n", b"DATA\r\n"]

    for offers, expected in ((PIPELINING, [b"".join(group)]), ("250 relay.test", group)):
        written.clear()
        with relay(EHLO=offers) as there:
            deliver(PipelinedTransport, there)
        assert written[1:-1] == [*expected, LETTER.message + b".\r\n"]


@pytest.mark.parametrize("says", ["550 nobody to deliver to", "250 taken", "451 later"])
def test_an_unwanted_body_is_ended_empty_and_never_counts(says: str) -> None:
    with relay(**GOES_ON, RCPT="550 no such person", dot=says) as there:
        outcomes = deliver(PipelinedTransport, there, LETTER, LETTER)

    assert outcomes == [Outcome("rejected", "RCPT", "550 no such person")] * 2
    assert there.taken == [b"", b""] and there.connections == 1
    assert [asked for asked in there.asked if asked == "rset"] == ["rset"] * 2


@pytest.mark.parametrize("says", [CUT, SILENT, "354 go on", "421 closing"])
def test_a_line_on_which_the_empty_message_was_not_answered_is_dropped(says: str) -> None:
    with relay(**GOES_ON, RCPT="450 later", dot=says) as there:
        outcomes = deliver(PipelinedTransport, there, LETTER, LETTER, timeout=1 if says == SILENT else 30)

    assert outcomes == [Outcome("deferred", "RCPT", "450 later")] * 2 and there.connections == 2


def test_no_empty_letter_is_delivered_to_a_recipient_who_stands() -> None:
    """A refused MAIL, then RCPT and DATA accepted: whatever such a relay means, a dot might deliver an empty letter to somebody."""
    with relay(**GOES_ON, MAIL="450 later") as there:
        outcomes = deliver(PipelinedTransport, there, LETTER, LETTER)

    assert outcomes == [Outcome("deferred", "MAIL", "450 later")] * 2
    assert there.taken == [] and there.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("kind", BOTH)
def test_an_interrupted_letter_s_late_reply_is_not_the_next_one_s(
    kind: type[PlainTransport | PipelinedTransport], stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = {"MAIL": 0, "RCPT": 1, "DATA": 2, "dot": 3}[stage]
    with relay(EHLO=PIPELINING) as there:
        transport = kind(there.url, timeout=30)
        transport.deliver(LETTER)
        interrupt(monkeypatch, kind, place)
        with pytest.raises(Interrupt):
            transport.deliver(LETTER)
        monkeypatch.undo()
        assert transport.deliver(LETTER).kind == "accepted"
        transport.close()

    assert there.connections == 2


def interrupt(monkeypatch: pytest.MonkeyPatch, kind: type[PlainTransport | PipelinedTransport], place: int) -> None:
    """Raise where the reply at this place would be read."""
    owner, name = (Line, "reply") if kind is PipelinedTransport else (plain._Smtp, "getreply")
    real: Callable[..., object] = getattr(owner, name)
    left = [place]

    def read(self: object, *args: object) -> object:
        if not left[0]:
            raise Interrupt
        left[0] -= 1
        return real(self, *args)

    monkeypatch.setattr(owner, name, read)


def test_a_letter_is_not_finished_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was frozen between 354 and the dot: its lease has run out, and another worker may have the letter."""
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        transport.deliver(LETTER)
        framed = pipelined.transport.before_the_dot
        now = time.monotonic

        def thawed(stage: str, code: int, said: bytes) -> Outcome | None:
            if stage == "DATA":
                monkeypatch.setattr(line.time, "monotonic", lambda: now() + 200)
            return framed(stage, code, said)

        monkeypatch.setattr(pipelined.transport, "before_the_dot", thawed)
        outcome = transport.deliver(LETTER)

    assert (outcome.kind, outcome.stage) == ("deferred", "body") and there.taken == [LETTER.message]


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "DATA", "dot"])
def test_a_relay_that_speaks_an_octet_at_a_time_gets_no_more_time_for_that(stage: str) -> None:
    script = Slow({})
    script.slow = stage
    with relay(script, EHLO=PIPELINING) as there:
        (outcome,) = deliver(PipelinedTransport, there, timeout=1)
        said = script.said

    assert said < 12  # it was left long before it had said it all
    before = "connection" if stage in {"connect", "EHLO"} else stage
    assert (outcome.kind, outcome.stage) == (("unknown" if stage == "dot" else "deferred"), before)


def test_a_relay_that_does_not_read_the_body_is_left_in_time() -> None:
    script = Deaf({})
    with relay(script, EHLO=PIPELINING) as there:
        (outcome,) = deliver(PipelinedTransport, there, Envelope(LETTER.sender, LETTER.recipient, b"words" * 2_000_000), timeout=1)
        script.read_on.set()  # only now does it read: it was left before

    assert (outcome.kind, outcome.stage) == ("deferred", "body")
    assert there.taken == []


@pytest.mark.parametrize("kind", BOTH)
def test_a_relay_that_will_not_begin_anew_is_connected_to_anew(kind: type[PlainTransport | PipelinedTransport]) -> None:
    with relay(EHLO=PIPELINING, MAIL="450 later", RSET="450 later") as there:
        assert [outcome.kind for outcome in deliver(kind, there, LETTER, LETTER)] == ["deferred"] * 2

    assert there.connections == 2


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(("lines", "expected"), [(9_000, "accepted"), (10_000, "unknown")])
def test_a_reply_may_be_long_but_not_longer(kind: type[PlainTransport | PipelinedTransport], lines: int, expected: str) -> None:
    with relay(EHLO=PIPELINING, dot="250-x\r\n" * lines + "250 taken") as there:
        assert deliver(kind, there)[0].kind == expected
