"""A letter's commands go with the dot of the one before it; whatever then becomes of either, nothing is delivered empty, twice or to another."""

import socket

import pytest

from campaigns.delivery.pipelined import LINES, PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope
from tests.campaigns.delivery.relays import CUT, PIPELINING, Relay, relay
from tests.campaigns.delivery.test_both_transports import BOTH, LETTER
from tests.campaigns.delivery.test_pipelining import packets


class Once(Relay):
    """A relay that says something else the first time it comes to a stage."""

    def __init__(self, says: dict[str, str], stage: str, first: str, *, after: int = 0) -> None:
        super().__init__(says)
        self.stage, self.first, self.left = stage, first, after

    def _say(self, connection: socket.socket, stage: str) -> bool:
        if stage != self.stage:
            return super()._say(connection, stage)
        self.left, usual = self.left - 1, self.says[stage]
        try:
            self.says[stage] = self.first if self.left == -1 else usual
            return super()._say(connection, stage)
        finally:
            self.says[stage] = usual


class Later(Once):
    """The same, the second time."""

    def __init__(self, says: dict[str, str], stage: str, second: str) -> None:
        super().__init__(says, stage, second, after=1)


def test_the_next_letter_s_commands_go_with_the_dot_and_are_not_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written = packets(monkeypatch)
    other = Envelope(LETTER.sender, "second@council.test", LETTER.message)
    with relay(EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        outcomes = [transport.deliver(LETTER, following=other.ends), transport.deliver(other)]
        transport.close()

    group = b"mail FROM:<lopp@countersign.test>\r\nrcpt TO:<second@council.test>\r\nDATA\r\n"
    assert [outcome.kind for outcome in outcomes] == ["accepted"] * 2 and len(there.taken) == 2 and there.connections == 1
    assert written[2:4] == [LETTER.message + b".\r\n" + group, LETTER.message + b".\r\n"]


@pytest.mark.parametrize("refusal", ["450 later", "550 no"])
def test_a_letter_announced_with_the_dot_of_one_that_is_refused_goes_all_the_same(refusal: str) -> None:
    script = Once({}, "dot", refusal)
    with relay(script, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        kinds = [transport.deliver(LETTER, following=LETTER.ends).kind, transport.deliver(LETTER).kind]

    assert kinds == [{"4": "deferred", "5": "rejected"}[refusal[0]], "accepted"] and there.connections == 1


def test_an_announced_letter_that_does_not_come_is_never_delivered_empty() -> None:
    other = Envelope(LETTER.sender, "second@council.test", LETTER.message)
    with relay(lines=LINES, EHLO=PIPELINING) as there:
        transport = PipelinedTransport(there.url, timeout=30)
        for _ in range(LINES + 1):
            assert transport.deliver(LETTER, following=other.ends).kind == "accepted"
        assert transport.deliver(other).kind == "accepted"
        assert transport.deliver(LETTER).kind == "accepted"
        transport.close()

    assert there.taken == [LETTER.message] * (LINES + 3) and there.asked.count("rcpt TO:<second@council.test>") == LINES + 1
    assert there.asked.count("rcpt TO:<post@council.test>") == LINES + 2  # none of its letters went as the other's


@pytest.mark.parametrize("kind", BOTH)
def test_a_letter_that_may_not_go_after_all_is_left_without_a_dot(kind: type[PlainTransport | PipelinedTransport]) -> None:
    with relay(EHLO=PIPELINING) as there:
        transport = kind(there.url, timeout=30)
        assert transport.deliver(LETTER, may_go=lambda: False).kind == "unsent"
        assert transport.deliver(LETTER).kind == "accepted"
        transport.close()

    assert there.taken == [LETTER.message] and there.connections == 2


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("says", [CUT, "421 closing", "550 no"])  # what it says no to may be another letter of that line
def test_a_relay_that_left_an_open_line_or_says_no_there_is_called_again_for_the_same_letter(
    kind: type[PlainTransport | PipelinedTransport], says: str
) -> None:
    script = Later({}, "MAIL", says)
    with relay(script, EHLO=PIPELINING) as there:
        transport = kind(there.url, timeout=30)
        assert [transport.deliver(LETTER).kind for _ in range(2)] == ["accepted"] * 2
        transport.close()

    assert len(there.taken) == 2 and there.connections == 2
