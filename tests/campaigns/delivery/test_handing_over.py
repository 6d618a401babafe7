"""A letter goes with its dot in one write, and in pieces where the system does not take it all at once; what is known of it in between."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from campaigns.delivery import calling, settling
from campaigns.delivery.line import Line
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery.certificates import signed_by_itself
from tests.campaigns.delivery.relays import PIPELINING, Relay, relay
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


@pytest.mark.parametrize("took_all", [True, False])
@pytest.mark.parametrize(
    ("left", "expected"), [(9, ("deferred", "body")), (3, ("deferred", "body")), (2, ("unknown", "dot")), (1, ("unknown", "dot"))]
)
def test_a_write_that_breaks_off_is_unclear_only_once_some_of_the_dot_has_left_us(
    left: int, expected: tuple[str, str], *, took_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        transport.deliver(LETTER)
        (talk,) = transport._talks
        talk.line.took_all = took_all
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


class Waiting(RecordingTransport):
    """Has the dot of a letter wait, and asks for it again."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
        assert may_go()
        self.meanwhile()
        return super().deliver(envelope, may_go=may_go)


def test_a_dot_that_was_to_be_asked_for_again_has_not_gone_though_nobody_answers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("", {}, ConnectionError("gone"))

    story = stories.sending_release(stories.house(database))
    with pytest.raises(OperationalError):
        posting.send(story, Waiting(lambda: monkeypatch.setattr(settling, "renew", gone)))

    assert story.tally()["queued"] == len(stories.READERS)


class Late(Relay):
    """Has room for little, and reads a letter only once its sender had to wait."""

    waited = threading.Event()

    def talk(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        super().talk(connection)

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        self.waited.wait(30)
        return super()._take(connection, lines)


@pytest.mark.parametrize("size", [4_000, 20_000, 28_000, 40_000])
def test_a_letter_that_is_taken_in_slowly_goes_whole_under_encryption(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system has of an encrypted letter that had to wait may be more than it says: it is never begun anew."""
    certificate, shown = signed_by_itself(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    dial, wait, script = calling.dial, Line._wait, Late({}, tls=shown)
    script.waited = threading.Event()

    def small(*given: Any) -> socket.socket:
        connection = dial(*given)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return connection

    def noted(self: Line, *given: Any) -> None:
        script.waited.set()
        wait(self, *given)

    monkeypatch.setattr(calling, "dial", small)
    monkeypatch.setattr(Line, "_wait", noted)
    letter = LETTER._replace(message=LETTER.message + b"words\r\n" * (size // 7))
    with relay(script, EHLO="250-relay.test\r\n250-PIPELINING\r\n250 STARTTLS", STARTTLS="220 go on") as there:
        transport = PipelinedTransport(f"{there.url}?starttls=require", timeout=30)
        kinds = [transport.deliver(letter, following=letter.ends).kind for _ in range(2)]
        transport.close()

    assert kinds == ["accepted"] * 2 and there.taken == [letter.message] * 2 and there.connections == 1
