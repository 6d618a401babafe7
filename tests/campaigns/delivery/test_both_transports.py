"""The fast transport against its reference: the same octets on the wire, and the same outcome of every fault at every octet."""

import socket
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope, Outcome, framed
from campaigns.foundation.errors import TryLater
from tests.campaigns.delivery.relays import CUT, GOOD, PIPELINING, SKIPPED, Raw, Relay, relay

LETTER = Envelope("lopp@countersign.test", "post@council.test", b"Subject: x\r\n\r\nwords\r\n")
BOTH = [PlainTransport, PipelinedTransport]
STAGES = ["MAIL", "RCPT", "DATA", "dot"]
FAULTS = [
    "250 ok",
    "251 elsewhere",
    "252 perhaps",
    "354 go on",
    "421 closing",
    "450 later",
    "550 never",
    "99 what",
    "600 what",
    "nonsense",
    CUT,
]
FAULTS += [
    Raw(""),
    Raw("2"),
    Raw("250"),
    Raw("354"),
    Raw("250-a\r\n"),
    Raw("250-a\r\n550 b\r\n"),
    Raw("550-a\r\nb\r\n"),
    Raw("250 a\n"),
    Raw("\0\r\n"),
]

addresses = st.from_regex(r"[a-z0-9!#$%&'*/=?^_`{|}~.,:;()\"+-]{1,20}@[a-z]{1,9}\.test", fullmatch=True)
lines = st.lists(st.binary(max_size=90).map(lambda line: line.replace(b"\r", b".").replace(b"\n", b"")), max_size=6)
envelopes = st.builds(Envelope, st.one_of(addresses, st.just("")), addresses, lines.map(b"\r\n".join), st.just(value=False))
BUFFERED = 9_000_000  # octets, at most, that the system takes from a relay though nobody reads them; whoever talks without end says more
said = st.one_of(st.sampled_from([*FAULTS, "250-a\r\n250 b"]), st.text(st.characters(max_codepoint=255), max_size=12).map(Raw))


class Talker(Relay):
    """Knows whether it got to say all of what it said last."""

    said_all = False

    def _send(self, connection: socket.socket, octets: bytes) -> bool:
        self.said_all = False
        whole = super()._send(connection, octets)
        self.said_all = True
        return whole


def deliver(kind: type[PlainTransport | PipelinedTransport], script: Relay, *letters: Envelope, timeout: float = 30) -> list[Outcome]:
    """What became of these letters; that the relay lets nobody in is an outcome, too."""
    transport, outcomes = kind(script.url, timeout=timeout), []
    for letter in letters or (LETTER,):
        try:
            outcomes.append(transport.deliver(letter))
        except TryLater as fault:
            outcomes.append(Outcome("deferred", "connection", str(fault)))
    transport.close()
    return outcomes


def by_both(script: dict[str, str], *letters: Envelope, octets: int | None = None) -> tuple[list[tuple[str, str]], list[bytes]]:
    """The kinds and stages both came to, and the letters the relay took from each: they must be the same."""
    told = []
    for kind in BOTH:
        with relay(Relay({}, octets=octets), EHLO=PIPELINING, **script) as there:
            outcomes = deliver(kind, there, *letters)
        told.append(([(outcome.kind, outcome.stage) for outcome in outcomes], there.taken))
    assert told[0] == told[1]
    return told[0]


@settings(max_examples=25)
@given(st.lists(envelopes, min_size=1, max_size=3))
def test_the_same_octets_are_put_on_the_wire(letters: list[Envelope]) -> None:
    heard = []
    for kind, offers in product(BOTH, [PIPELINING, "250 relay.test"]):
        with relay(EHLO=offers) as there:
            assert [outcome.kind for outcome in deliver(kind, there, *letters)] == ["accepted"] * len(letters)
        heard.append(there.heard)
        unstuffed = [taken.replace(b"\r\n.", b"\r\n").removeprefix(b".") for taken in there.taken]
        assert unstuffed == [letter.message + b"\r\n" * (not letter.message.endswith(b"\r\n")) for letter in letters]

    assert heard[0] == heard[2] and heard[1] == heard[3]  # where 8BITMIME is offered, and where it is not


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (b"", b"\r\n"),
        (b".", b"..\r\n"),
        (b"a\r\n.\r\n..b", b"a\r\n..\r\n...b\r\n"),
        (b"a.\r\n b.\r\n", b"a.\r\n b.\r\n"),
        (b".\r\n", b"..\r\n"),
    ],
)
def test_a_line_that_begins_with_a_dot_gets_another_and_no_other_line_changes(message: bytes, wire: bytes) -> None:
    assert framed(message) == wire


def test_only_a_letter_of_eight_bits_says_so_and_only_where_that_is_offered() -> None:
    eight = Envelope(LETTER.sender, LETTER.recipient, "Subject: x\r\n\r\n£5\r\n".encode())
    asked = {}
    for kind, offers in product(BOTH, [PIPELINING, "250 relay.test"]):
        with relay(EHLO=offers) as there:
            deliver(kind, there, eight, LETTER)
        asked[kind, offers] = [line for line in there.asked if line.startswith("mail")]

    plain, more = "mail FROM:<lopp@countersign.test>", "mail FROM:<lopp@countersign.test> BODY=8BITMIME"
    assert all(lines == ([more, plain] if offers == PIPELINING else [plain, plain]) for (_, offers), lines in asked.items())


@pytest.mark.parametrize(("stage", "fault"), list(product(STAGES, FAULTS)))
def test_every_fault_at_every_stage_is_judged_alike(stage: str, fault: str) -> None:
    outcomes, taken = by_both({stage: fault}, LETTER, LETTER)

    if stage == "dot":
        assert set(taken) == {LETTER.message}
    else:
        assert ("accepted", "dot") not in outcomes or fault in {"250 ok", "251 elsewhere", "354 go on"}
        assert all(kind != "unknown" for kind, _ in outcomes)


def test_a_relay_that_hangs_up_after_any_octet_is_judged_alike() -> None:
    replies = [GOOD["connect"], PIPELINING, *(GOOD[stage] for stage in STAGES)]
    size = len("\r\n".join(replies) + "\r\n")
    found = {octets: by_both({}, octets=octets) for octets in range(size + 1)}

    accepted = [octets for octets, (outcomes, _) in found.items() if outcomes == [("accepted", "dot")]]
    unknown = [octets for octets, (outcomes, _) in found.items() if outcomes == [("unknown", "dot")]]
    assert accepted == [size]  # the whole reply, or none
    assert unknown == list(range(size - len("250 taken\r\n"), size))  # from the end of 354's line on
    assert all(taken == [] for octets, (_, taken) in found.items() if octets < min(unknown))


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(["connect", "EHLO", "HELO", *STAGES, "after a refusal", "RSET"]), said, max_size=3))
def test_whatever_a_relay_says_is_judged_alike(script: dict[str, str]) -> None:
    outcomes, taken = [], []
    for kind in BOTH:
        with relay(**({"EHLO": PIPELINING} | script)) as there:
            outcomes.append([(outcome.kind, outcome.stage) for outcome in deliver(kind, there, LETTER)])
        taken.append([letter for letter in there.taken if letter])

    assert outcomes[0] == outcomes[1]
    assert taken[0] == taken[1]
    assert (outcomes[0][0][0] in {"accepted", "unknown"}) <= (taken[0] == [LETTER.message])


@pytest.mark.parametrize("kind", BOTH)
def test_a_reply_may_come_one_octet_at_a_time(kind: type[PlainTransport | PipelinedTransport]) -> None:
    with relay(Relay({}, drips=True), EHLO=PIPELINING, dot="250-taken\r\n250 and kept") as there:
        outcomes = deliver(kind, there, LETTER, LETTER)

    assert outcomes == [Outcome("accepted", "dot", "250 taken\nand kept")] * 2 and there.connections == 1


@pytest.mark.parametrize("stage", ["connect", "EHLO", *STAGES])
@pytest.mark.parametrize(
    "hostile",
    [Raw("250" + "x" * 10_000_000), Raw("250-x\r\n" * 1_500_000), Raw("250-" + "\0" * 9000 + "\r\n250 ok\r\n"), Raw("\0" * 10_000_000)],
    ids=["a line without end", "lines without end", "a long line", "nothing but NUL"],
)
@pytest.mark.parametrize("kind", BOTH)
def test_a_relay_that_talks_without_end_is_cut_off(kind: type[PlainTransport | PipelinedTransport], stage: str, hostile: str) -> None:
    script = Talker({})
    with relay(script, **({"EHLO": PIPELINING, "HELO": hostile} | {stage: hostile})) as there:
        (outcome,) = deliver(kind, there)

    before = "connection" if stage in {"connect", "EHLO"} else stage
    assert (outcome.kind, outcome.stage) == (("unknown", "dot") if stage == "dot" else ("deferred", before))
    assert len(outcome.said) < 400 and not (script.said_all and len(hostile) > BUFFERED)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("early", "expected"),
    [
        ("250 taken\r\n", ("deferred", "DATA")),
        ("25", ("deferred", "DATA")),
        ("354 go on\r\n", ("deferred", "DATA")),
        ("550 never\r\n", ("rejected", "dot")),
        ("421 closing\r\n", ("deferred", "dot")),
    ],
)
def test_a_yes_before_its_question_is_no_evidence_and_a_no_is_one(
    kind: type[PlainTransport | PipelinedTransport], early: str, expected: tuple[str, str]
) -> None:
    with relay(EHLO=PIPELINING, DATA=Raw(f"354 go on\r\n{early}")) as there:
        (outcome,) = deliver(kind, there)

    assert ((outcome.kind, outcome.stage), there.taken) == (expected, [])


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_relay_that_leaves_out_a_reply_took_nothing(stage: str) -> None:
    """By place alone replies belong to commands; but DATA's is 354 and no other's is, so that a shifted one always shows."""
    with relay(EHLO=PIPELINING, **{stage: SKIPPED}) as there:
        (outcome,) = deliver(PipelinedTransport, there, timeout=0.2)

    assert outcome.kind == "deferred" and there.taken == []


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("message", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\nb\r\n", b"a\r\r\n", b"\n", b"a\n.\n"])
def test_a_message_that_servers_would_read_differently_is_refused_before_a_byte(
    kind: type[PlainTransport | PipelinedTransport], message: bytes
) -> None:
    with relay() as there, pytest.raises(ValueError, match="CRLF"):
        deliver(kind, there, Envelope("a@b.test", "c@d.test", message))

    assert there.connections == 0


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "address", ["a@b.test>\r\nRCPT TO:<x@evil.test", "a b@c.test", "a>b@c.test", "ä@c.test", "a@b.test\n", "a\0@b.test"]
)
def test_an_address_that_would_say_something_else_is_refused_before_a_byte(
    kind: type[PlainTransport | PipelinedTransport], address: str
) -> None:
    for envelope in (Envelope(address, "c@d.test", b"x"), Envelope("c@d.test", address, b"x")):
        with relay() as there, pytest.raises(ValueError):
            deliver(kind, there, envelope)
        assert there.connections == 0
