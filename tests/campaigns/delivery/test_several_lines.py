"""Several letters are under way at once, each on a line of its own: who gets which answer, what a wait may cost, and a relay that wants fewer."""

import socket
import time
from collections.abc import Iterator

import pytest

from campaigns.delivery import pipelined
from campaigns.delivery.pipelined import LINES, PipelinedTransport
from campaigns.delivery.transport import Envelope, Outcome
from tests.campaigns.delivery.relays import CUT, PIPELINING, SILENT, Relay, relay

TAKEN = Outcome("accepted", "dot", "250 taken")
LETTERS = [
    Envelope(f"lopp+{number}@countersign.test", f"post{number}@council.test", f"Subject: {number}\r\n\r\nwords\r\n".encode())
    for number in range(4 * LINES)
]


class Choosy(Relay):
    """Says of every letter, at its dot, whom it was for; and refuses one of them, there or at RCPT."""

    refused_at = ""
    recipient = ""

    def _hear(self, connection: socket.socket, lines: Iterator[bytes], line: bytes) -> bool:
        if line.startswith(b"rcpt"):
            self.recipient = line.decode().strip()
        return super()._hear(connection, lines, line)

    def _say(self, connection: socket.socket, stage: str) -> bool:
        if stage == "dot" or (stage == "RCPT" and self.refused_at == "RCPT"):
            usual = self.says
            refuses = "post5@" in self.recipient and stage == self.refused_at
            self.refused = refuses and stage == "RCPT"
            self.says = usual | {stage: f"550 5.7.1 not {self.recipient}" if refuses else f"250 2.0.0 {self.recipient}"}
            try:
                return super()._say(connection, stage)
            finally:
                self.says = usual
        return super()._say(connection, stage)


def send(transport: PipelinedTransport, letters: list[Envelope]) -> list[Outcome]:
    """As the sender does: so many under way, each announced ahead, the oldest heard first. In the order in which they were begun."""
    said: list[Outcome | None] = [None] * len(letters)
    waiting: list[tuple[int, object]] = []

    def hear_all() -> None:
        while waiting:
            place, answer = waiting.pop(0)
            said[place] = answer()

    for place, letter in enumerate(letters):
        after = letters[place + transport.lines].ends if place + transport.lines < len(letters) else None
        started = transport.start(letter, following=after, alone=hear_all)
        if isinstance(started, Outcome):
            said[place] = started
        else:
            waiting.append((place, started))
        if len(waiting) >= transport.lines:
            place, answer = waiting.pop(0)
            said[place] = answer()
    hear_all()
    return [outcome for outcome in said if outcome]


@pytest.mark.parametrize("offers", [PIPELINING, "250 relay.test"])
@pytest.mark.parametrize("refused_at", ["", "dot", "RCPT"])
def test_each_letter_goes_once_and_gets_its_own_answer(offers: str, refused_at: str) -> None:
    script = Choosy({})
    script.refused_at = refused_at
    with relay(script, lines=LINES, EHLO=offers) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        outcomes = send(transport, LETTERS)
        transport.close()

    assert all(letter.recipient in outcome.said for letter, outcome in zip(LETTERS, outcomes, strict=True))
    refused = [number for number, outcome in enumerate(outcomes) if outcome.kind != "accepted"]
    assert refused == ([5] if refused_at else [])
    taken = [message for number, message in enumerate(letter.message for letter in LETTERS) if refused_at != "RCPT" or number != 5]
    assert sorted(there.taken) == sorted(taken)


def test_while_one_relay_s_answer_is_awaited_the_next_letter_is_on_its_way() -> None:
    with relay(lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        answers = [transport.start(letter) for letter in LETTERS[:LINES]]
        deadline = time.monotonic() + 10
        while len(there.taken) < LINES and time.monotonic() < deadline:
            time.sleep(0.001)

        assert len(there.taken) == LINES
        assert [answer() for answer in reversed(answers)] == [TAKEN] * LINES
        transport.close()


def test_silence_after_each_dot_is_waited_for_from_that_dot_on_and_not_once_for_each_letter() -> None:
    with relay(lines=LINES, EHLO=PIPELINING, dot=SILENT) as there:
        transport = PipelinedTransport(there.url, timeout=3.0)
        answers = [transport.start(letter) for letter in LETTERS[:LINES]]
        began = time.monotonic()
        outcomes = [answer() for answer in answers]
        took = time.monotonic() - began

    assert {(outcome.kind, outcome.stage) for outcome in outcomes} == {("unknown", "dot")} and took < 2 * 3.0


def test_before_a_wait_those_under_way_are_heard_and_not_where_nothing_is_waited_for() -> None:
    waits, coming = list[str](), LETTERS[LINES + 1]
    with relay(lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        answers = [transport.start(letter, alone=lambda: waits.append("a new line")) for letter in LETTERS[:LINES]]
        assert waits == ["a new line"] * LINES and [answer() for answer in answers] == [TAKEN] * LINES
        waits.clear()
        third = transport.start(LETTERS[LINES], following=coming.ends, alone=lambda: waits.append("nothing was said ahead"))
        others = [transport.start(letter) for letter in LETTERS[LINES + 3 : 2 * LINES + 2]]  # so that it is known which line it is on
        assert waits == ["nothing was said ahead"] and third() == TAKEN
        (talk,) = [talk for talk in transport._talks if talk.begun]
        deadline = time.monotonic() + 10
        while not talk.line.holds(3) and time.monotonic() < deadline:
            time.sleep(0.001)
        answer = transport.start(coming, alone=lambda: waits.append("nothing is waited for"))
        assert [one() for one in (answer, *others)] == [TAKEN] * LINES and len(waits) == 1
        transport.close()

    assert there.asked.count(f"rcpt TO:<{coming.recipient}>") == 1


@pytest.mark.parametrize("follows", ["RCPT", "RSET"])
def test_before_a_relay_that_is_slow_to_refuse_is_waited_for_those_under_way_are_heard(follows: str) -> None:
    heard = list[str]()
    says = {"RCPT": {"RCPT": SILENT}, "RSET": {"RCPT": "550 no", "DATA": "503 no", "RSET": SILENT}}[follows]
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=3.0)
        first = transport.start(LETTERS[0])
        assert first() == TAKEN
        there.says |= says
        transport.start(LETTERS[1], alone=lambda: heard.append("alone"))

    assert heard[:2] == ["alone"] * 2, "before its commands are answered, and before it begins anew"


class Narrow(Relay):
    """Turns away whoever calls while so many lines are open."""

    def admits(self, most: int, refusal: dict[str, str]) -> "Narrow":
        self.most, self.refusal, self.busy, self.turned = most, refusal, list[int](), list[int]()  # which all its lines share
        return self

    def talk(self, connection: socket.socket) -> None:
        usual = self.says
        self.busy.append(1)
        if len(self.busy) > self.most:
            self.says = usual | self.refusal | ({"HELO": "554 go away"} if "EHLO" in self.refusal else {})
            self.turned.append(1)
        try:
            super().talk(connection)
        finally:
            self.says = usual
            self.busy.pop()


@pytest.mark.parametrize("refusal", [{"connect": "421 too many"}, {"connect": CUT}, {"MAIL": "421 too many"}, {"EHLO": "554 go away"}])
def test_a_relay_that_takes_one_line_alone_gets_every_letter_once_on_one(refusal: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with relay(Narrow({}).admits(1, refusal), lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        outcomes = send(transport, LETTERS)
        assert transport.lines == 1
        monkeypatch.setattr(pipelined, "time", Later())
        assert transport.lines == LINES
        monkeypatch.undo()
        transport.close()

    assert outcomes == [TAKEN] * len(LETTERS) and sorted(there.taken) == sorted(letter.message for letter in LETTERS)
    assert 1 <= len(there.turned) <= 2, "its line may not be gone yet when it is called again"


@pytest.mark.parametrize("admitted", range(2, LINES))
def test_a_relay_that_takes_fewer_lines_is_left_with_those_it_lets_us_have(admitted: int) -> None:
    with relay(Narrow({}).admits(admitted, {"connect": "421 too many"}), lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        outcomes = send(transport, LETTERS)
        assert transport.lines == admitted
        transport.close()

    assert outcomes == [TAKEN] * len(LETTERS) and sorted(there.taken) == sorted(letter.message for letter in LETTERS)
    assert len(there.turned) == 1 and there.asked.count("DATA") < len(LETTERS) + LINES, "few were announced on a line that another took"


class Later:
    """The clock, a minute on."""

    @staticmethod
    def monotonic() -> float:
        return time.monotonic() + pipelined.FEWER_FOR


def test_a_line_whose_answer_nobody_asked_for_makes_room_and_its_letter_stays_unclear() -> None:
    with relay(lines=LINES + 1, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=5)
        answers = [transport.start(letter) for letter in LETTERS[: LINES + 1]]
        assert [answer().kind for answer in answers] == ["unknown", *["accepted"] * LINES]
        transport.close()

    assert there.asked.count("QUIT") + there.asked.count("quit") == LINES


def test_no_goodbye_is_said_into_a_letter_or_over_an_answer() -> None:
    with relay(lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=5)
        answer = transport.start(LETTERS[0])
        assert transport.deliver(LETTERS[1], following=LETTERS[2].ends) == TAKEN
        transport.close()
        assert answer().kind == "unknown"

    assert "quit" not in there.asked and sorted(there.taken) == sorted(letter.message for letter in LETTERS[:2])


@pytest.mark.parametrize("unasked", ["250 taken\r\n550 5.1.1 stray", "250 taken\r\n421 closing"])
def test_what_a_relay_says_unasked_on_an_idle_line_is_no_answer_to_the_next_letter(unasked: str) -> None:
    with relay(lines=2, EHLO=PIPELINING, dot=unasked) as there:
        transport = PipelinedTransport(there.url, timeout=5)
        outcomes = [transport.deliver(letter) for letter in LETTERS[:3]]
        transport.close()

    assert outcomes == [TAKEN] * 3 and there.taken == [letter.message for letter in LETTERS[:3]]
