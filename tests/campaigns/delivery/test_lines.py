"""How a line to the relay is opened: greeting, encryption that is checked, a password that is never said in the clear."""

import base64
import socket
import ssl
from pathlib import Path
from typing import cast

import pytest

from campaigns.delivery import calling, line, relay_urls
from campaigns.delivery.line import LineFault
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Outcome
from campaigns.foundation.errors import TryLater
from tests.campaigns.delivery.certificates import signed_by_itself
from tests.campaigns.delivery.relays import PIPELINING, Raw, Relay, relay
from tests.campaigns.delivery.test_both_transports import BOTH, LETTER

Kind = type[PlainTransport | PipelinedTransport]
CLEAR = "250-relay.test\r\n250-PIPELINING\r\n250 STARTTLS"
LOGIN = "250-relay.test\r\n250-PIPELINING\r\n250 AUTH"
PASSWORD = "p:w"
BOTH_WORDS = base64.b64encode(b"\0me@x\0p:w").decode()


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a relay shows that this machine trusts."""
    certificate, context = signed_by_itself(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return context


def deliver(kind: Kind, url: str) -> Outcome:
    transport = kind(url, timeout=30)
    try:
        return transport.deliver(LETTER)
    finally:
        transport.close()


def letters_of(there: Relay) -> int:
    return sum(asked.startswith("mail") for asked in there.asked)


def test_a_knock_is_a_greeting_some_noops_and_a_goodbye_and_no_letter() -> None:
    with relay(NOOP="250 ok") as there:
        calling.knock(relay_urls.Relay.at(there.url), line.Patience.of(30), noops=3)

    assert [asked.split()[0] for asked in there.asked] == ["ehlo", "NOOP", "NOOP", "NOOP", "QUIT"]


@pytest.mark.parametrize("said", [{"connect": "554 go away"}, {"NOOP": "421 closing"}, {"NOOP": "500 what"}, {"QUIT": "cut"}])
def test_a_knock_that_is_not_answered_is_a_fault(said: dict[str, str]) -> None:
    with relay(**{"NOOP": "250 ok"} | said) as there, pytest.raises(OSError):
        calling.knock(relay_urls.Relay.at(there.url), line.Patience.of(1), noops=3)


@pytest.mark.parametrize("kind", BOTH)
def test_a_letter_goes_encrypted_where_that_is_required(kind: Kind, shown: ssl.SSLContext) -> None:
    with relay(Relay({}, tls=shown), EHLO=CLEAR, STARTTLS="220 go on") as there:
        assert deliver(kind, f"{there.url}?starttls=require").kind == "accepted"

    assert [asked.split()[0] for asked in there.asked[:4]] == ["ehlo", "STARTTLS", "ehlo", "mail"]


@pytest.mark.parametrize("kind", BOTH)
def test_a_letter_goes_encrypted_from_the_first_octet(kind: Kind, shown: ssl.SSLContext) -> None:
    with relay(Relay({}, tls=shown, at_once=True)) as there:
        assert deliver(kind, there.url.replace("smtp:", "smtps:")).kind == "accepted"


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("why", ["nobody signed it", "another name"])
def test_a_certificate_that_is_not_the_relay_s_ends_the_conversation(
    kind: Kind, at_once: bool, why: str, shown: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "nobody signed it":
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        certificate, shown = signed_by_itself(tmp_path, "192.0.2.1")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with relay(Relay({}, tls=shown, at_once=at_once), EHLO=CLEAR, STARTTLS="220 go on") as there:
        url = there.url.replace("smtp:", "smtps:") if at_once else f"{there.url}?starttls=require"
        with pytest.raises(TryLater, match="certificate verify failed"):
            deliver(kind, url)

    assert letters_of(there) == 0


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "says", [{"EHLO": PIPELINING}, {"EHLO": CLEAR, "STARTTLS": "454 not now"}, {"EHLO": CLEAR, "STARTTLS": Raw("220")}]
)
def test_without_the_encryption_that_is_required_nothing_is_said(kind: Kind, says: dict[str, str]) -> None:
    with relay(**says) as there, pytest.raises(TryLater):
        deliver(kind, f"{there.url}?starttls=require")

    assert letters_of(there) == 0


def test_words_injected_before_the_encryption_are_not_taken_for_words_said_under_it(shown: ssl.SSLContext) -> None:
    injected = "220 go on\r\n250-relay.test\r\n250 AUTH PLAIN"
    with relay(Relay({}, tls=shown), EHLO=CLEAR, STARTTLS=injected) as there, pytest.raises(TryLater, match="in the clear after STARTTLS"):
        deliver(PipelinedTransport, there.url.replace("//", "//me%40x:p%3Aw@") + "?starttls=require")

    assert not any("AUTH" in asked for asked in there.asked)


def test_what_was_offered_in_the_clear_is_forgotten_under_encryption(shown: ssl.SSLContext) -> None:
    class Changing(Relay):
        def _say(self, connection: socket.socket, stage: str) -> bool:
            going = super()._say(connection, stage)
            if stage == "STARTTLS":
                self.says |= {"EHLO": "250 relay.test"}  # no PIPELINING any more
            return going

    with relay(Changing({}, tls=shown), EHLO=CLEAR, STARTTLS="220 go on") as there:
        transport = PipelinedTransport(f"{there.url}?starttls=require", timeout=30)
        assert transport.deliver(LETTER).kind == "accepted"
        assert [talk.line.offers for talk in transport._talks] == [{}]
        transport.close()


@pytest.mark.parametrize("kind", BOTH)
def test_a_password_is_said_by_the_way_that_is_offered(kind: Kind) -> None:
    user, password = (base64.b64encode(word).decode() for word in (b"me@x", b"p:w"))
    for offered, said in (
        (" PLAIN LOGIN", {"AUTH": "235 welcome"}),
        ("=PLAIN", {"AUTH": "235 welcome"}),
        (" LOGIN", {"AUTH": "334 VXNlcg==", password.upper(): "235 welcome"}),
    ):
        with relay(EHLO=LOGIN + offered, **said) as there:
            assert deliver(kind, there.url.replace("//", "//me%40x:p%3Aw@")).kind == "accepted"
        said_by_us = [f"AUTH PLAIN {BOTH_WORDS}"] if "PLAIN" in offered else [f"AUTH LOGIN {user}", password]
        assert there.asked[1 : 1 + len(said_by_us)] == said_by_us


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(("offered", "reply"), [(" PLAIN", "535 who?"), (" PLAIN", "235"), (" GSSAPI", "235 welcome")])
def test_a_login_that_fails_is_tried_later_and_the_password_is_in_no_fault(kind: Kind, offered: str, reply: str) -> None:
    said = {"AUTH": Raw(reply) if reply == "235" else reply}
    with relay(EHLO=LOGIN + offered, **said) as there, pytest.raises(TryLater) as fault:
        deliver(kind, there.url.replace("//", "//me%40x:p%3Aw@"))

    assert letters_of(there) == 0
    assert PASSWORD not in str(fault.value) and BOTH_WORDS not in str(fault.value)


@pytest.mark.parametrize("kind", BOTH)
def test_a_password_is_not_said_in_the_clear_to_another_machine(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(connection: socket.socket) -> None:
        refuse(cast("socket.socket", Peer("192.0.2.1")))

    refuse = calling.refuse_open_login
    monkeypatch.setattr(calling, "refuse_open_login", elsewhere)
    with relay(EHLO=f"{LOGIN} PLAIN") as there, pytest.raises(TryLater, match="only over TLS"):
        deliver(kind, there.url.replace("//", "//me%40x:p%3Aw@"))

    assert not any("AUTH" in asked for asked in there.asked)


class Peer:
    """A connection to somewhere."""

    def __init__(self, address: str) -> None:
        self.address = address

    def getpeername(self) -> tuple[str, int]:
        return self.address, 25


@pytest.mark.parametrize(
    ("address", "here"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("fe80::1%eth0", False)]
)
def test_only_this_machine_may_hear_a_password_in_the_clear(address: str, here: bool) -> None:
    peer = cast("socket.socket", Peer(address))
    if here:
        calling.refuse_open_login(peer)
    else:
        with pytest.raises(LineFault):
            calling.refuse_open_login(peer)


@pytest.mark.parametrize(
    "said",
    [b"250 ok\r\n", b"250 2.0.0 Ok: queued as 4F\r\n", b"250\r\n", b"250 \r\n", b"250  ok \r\n", b"250 ok\n", b"250-a\r\n250 b\r\n",
     b"250\tok\r\n", b"ok\r\n", b"250 \xc2\xa3\r\n", b"250 a\rb\r\n", b"421 " + b"x" * 501 + b"\r\n", b"421 " + b"x" * 600 + b"\r\n", b"2500 ok\r\n"],
)  # fmt: skip
def test_a_reply_says_the_same_whether_it_comes_at_once_or_in_pieces(said: bytes) -> None:
    at_once, in_pieces = read(said, had=b""), read(said[1:], had=said[:1])

    assert at_once == in_pieces
    assert at_once[1] == b"354 go\r\n"


def read(octets: bytes, *, had: bytes) -> tuple[line.Reply, bytes]:
    """A reply of which some had come before, and what is left for the next."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(octets + b"354 go\r\n")
        there = line.Line(ours)
        there.unread = had
        return there.reply(line.Patience.of(1).until()), there.unread
