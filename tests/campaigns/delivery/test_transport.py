"""What a relay says at each stage, and what it means for a letter: accepted, rejected, deferred or unknown, and never a guess.

Told to both transports, and to the fast one also by a relay that offers PIPELINING.
"""

import socket
from contextlib import AbstractContextManager

import pytest

from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.relay_urls import Relay as Address
from campaigns.delivery.transport import (
    Envelope,
    Outcome,
    RecordingTransport,
    before_the_dot,
    has_left,
    in_step,
    not_ours_to_write_to,
    says_nothing,
)
from campaigns.foundation.errors import TryLater
from tests.campaigns.delivery import relays
from tests.campaigns.delivery.relays import CUT, PIPELINING, SILENT, Relay

LETTER = Envelope("lopp@countersign.test", "post@council.test", b"Subject: x\r\n\r\nwords\r\n")
LONG, SHORT = 30.0, 1.0  # seconds that a relay is given: so long that only silence uses them up, and few where silence is what is meant


WAYS = {"plain": (PlainTransport, {}), "one by one": (PipelinedTransport, {}), "pipelined": (PipelinedTransport, {"EHLO": PIPELINING})}


class Way:
    """A transport, and the relay that brings it out."""

    def __init__(self, name: str) -> None:
        self.transport, self.offers = WAYS[name]

    def relay(self, **says: str) -> AbstractContextManager[Relay]:
        return relays.relay(**(self.offers | says))

    def deliver(self, script: Relay, *, timeout: float = LONG, times: int = 1) -> list[tuple[str, str]]:
        transport = self.transport(script.url, timeout=timeout)
        outcomes = [transport.deliver(LETTER) for _ in range(times)]
        transport.close()
        return [(outcome.kind, outcome.stage) for outcome in outcomes]


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest) -> Way:
    return Way(request.param)


def test_a_letter_arrives_byte_for_byte(way: Way) -> None:
    with way.relay() as script:
        assert way.deliver(script) == [("accepted", "dot")]

    assert script.taken == [LETTER.message]
    assert [line for line in script.asked if not line.startswith("ehlo")] == [
        "mail FROM:<lopp@countersign.test>", "rcpt TO:<post@council.test>", "DATA", "quit",
    ]  # fmt: skip


def test_many_letters_go_over_one_connection(way: Way) -> None:
    with way.relay() as script:
        assert way.deliver(script, times=5) == [("accepted", "dot")] * 5

    assert len(script.taken) == 5 and script.connections == 1


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize(
    ("reply", "kind"), [("451 later", "deferred"), ("450 busy", "deferred"), ("550 never", "rejected"), ("554 no", "rejected")]
)
def test_a_reply_at_any_stage_is_taken_at_its_word(way: Way, stage: str, reply: str, kind: str) -> None:
    with way.relay(**{stage: reply}) as script:
        assert way.deliver(script, times=2) == [(kind, stage)] * 2

    assert script.connections == 1 or stage == "DATA"


def test_a_reply_is_kept_without_what_a_database_cannot_hold(way: Way) -> None:
    with way.relay(RCPT="550 no\0such") as script:
        transport = way.transport(script.url, timeout=LONG)
        assert transport.deliver(LETTER).said == "550 no such"
        transport.close()


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
def test_a_relay_that_closes_with_421_took_nothing_and_is_connected_to_anew(way: Way, stage: str) -> None:
    with way.relay(**{stage: "421 closing"}) as script:
        assert way.deliver(script, times=2) == [("deferred", stage)] * 2

    assert script.connections == 2


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [CUT, SILENT, "nonsense"])
def test_whatever_goes_wrong_before_the_dot_took_nothing(way: Way, stage: str, fault: str) -> None:
    with way.relay(**{stage: fault}) as script:
        assert way.deliver(script, timeout=SHORT if fault == SILENT else LONG) == [("deferred", stage)]

    assert script.taken == []


def test_a_connection_cut_in_the_body_took_nothing(way: Way) -> None:
    with way.relay(body=CUT) as script:
        transport = way.transport(script.url, timeout=LONG)
        outcome = transport.deliver(Envelope(LETTER.sender, LETTER.recipient, LETTER.message + b"more words\r\n" * 900_000))

    assert (outcome.kind, outcome.stage) == ("deferred", "body") and script.taken == []


@pytest.mark.parametrize("fault", [CUT, SILENT, "nonsense", "354 go on", "99 what"])
def test_whatever_goes_wrong_after_the_dot_is_unknown(way: Way, fault: str) -> None:
    with way.relay(dot=fault) as script:
        assert way.deliver(script, timeout=SHORT if fault == SILENT else LONG) == [("unknown", "dot")]

    assert script.taken == [LETTER.message]


@pytest.mark.parametrize(
    "says", [{"connect": "421 busy"}, {"connect": "554 go away"}, {"connect": CUT}, {"EHLO": CUT}, {"connect": SILENT}]
)
def test_a_relay_that_does_not_let_us_in_is_tried_later(way: Way, says: dict[str, str]) -> None:
    with way.relay(**says) as script, pytest.raises(TryLater, match="does not answer"):
        way.deliver(script, timeout=0.1)


@pytest.mark.parametrize("reply", ["450 later", "550 never"])
def test_a_relay_that_refuses_every_greeting_is_tried_later(way: Way, reply: str) -> None:
    with way.relay(EHLO=reply, HELO=reply) as script, pytest.raises(TryLater):
        way.deliver(script)


def test_an_old_relay_is_greeted_the_old_way(way: Way) -> None:
    with way.relay(EHLO="500 what?") as script:
        assert way.deliver(script) == [("accepted", "dot")]


def test_a_relay_that_is_not_there_is_tried_later(way: Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(TryLater, match=f"127.0.0.1:{port} does not answer"):
        way.transport(f"smtp://127.0.0.1:{port}", timeout=1).deliver(LETTER)


def test_a_relay_without_the_encryption_asked_for_gets_nothing(way: Way) -> None:
    with way.relay() as script, pytest.raises(TryLater):
        way.transport(f"{script.url}?starttls=require", timeout=1).deliver(LETTER)

    assert script.taken == [] and not any(line.startswith("mail") for line in script.asked)


@pytest.mark.parametrize("address", ["post@council.gov.uk", "post@council.test.evil.example", "post@council.test>\r\nRCPT TO:<x@evil"])
def test_a_rehearsal_writes_to_its_own_addresses_only(way: Way, address: str) -> None:
    with way.relay() as script:
        outcome = way.transport(script.url, timeout=1, only_under=".test").deliver(Envelope("a@b.test", address, b"x"))

    assert outcome.kind == "rejected" and script.connections == 0


def test_a_url_says_host_port_login_and_encryption() -> None:
    plain = Address.at("smtp://relay.test")
    full = Address.at("smtps://me%40x:p%3Aw@relay.test:4650?client=plain")

    assert (plain.host, plain.port, plain.secure, plain.starttls, plain.plainly, plain.login) == (
        "relay.test",
        25,
        False,
        False,
        False,
        None,
    )
    assert (full.port, full.secure, full.plainly, full.login) == (4650, True, True, ("me@x", "p:w"))
    assert Address.at("smtp://relay.test?starttls=require").starttls
    assert "p:w" not in repr(full)


@pytest.mark.parametrize("option", ["starttls=required", "starttls", "StartTLS=require", "tls=require"])
def test_a_misspelt_option_is_refused_rather_than_sent_in_the_clear(option: str) -> None:
    with pytest.raises(ValueError, match="starttls=require"):
        Address.at(f"smtp://relay.test?{option}")


def test_closing_what_was_never_opened_is_harmless(way: Way) -> None:
    way.transport("smtp://relay.test", timeout=1).close()
    RecordingTransport().close()


def test_after_a_refusal_one_goes_on_talking_unless_it_was_a_goodbye_or_no_refusal_at_all() -> None:
    assert [code for code in (0, 250, 354, 399, 400, 420, 421, 422, 599, 600) if in_step(code)] == [400, 420, 422, 599]


def test_before_the_dot_a_refusal_is_for_good_only_where_its_code_says_so() -> None:
    kinds = {code: outcome.kind for code in (0, 250, 354, 499, 500, 599, 600) if (outcome := before_the_dot("MAIL", code, b"x"))}

    assert kinds == {code: "rejected" if code in (500, 599) else "deferred" for code in (0, 354, 499, 500, 599, 600)}


@pytest.mark.parametrize(
    ("outcome", "left", "used"),
    [
        (Outcome("deferred", "MAIL", "421 closing"), True, True),
        (Outcome("deferred", "MAIL", "LineFault: closed"), True, True),
        (Outcome("deferred", "MAIL", "450 later"), False, False),
        (Outcome("deferred", "RCPT", "421 closing"), False, False),
        (Outcome("rejected", "MAIL", "550 no"), False, True),
        (Outcome("rejected", "RCPT", "550 no"), False, False),
    ],
)
def test_what_says_nothing_of_a_letter_on_a_line_that_stood_open(outcome: Outcome, left: bool, used: bool) -> None:
    assert (has_left(outcome), says_nothing(outcome, used=False), says_nothing(outcome, used=True)) == (left, left, used)


def test_a_rehearsal_writes_to_its_own_addresses_and_to_no_other() -> None:
    for recipient, only, kind in (("a@x.test", "@x.test", None), ("a@y.test", "@x.test", "rejected"), ("a@y.test", None, None)):
        refused = not_ours_to_write_to(recipient, only)
        assert (refused.kind if refused else None) == kind
