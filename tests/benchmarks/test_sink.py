"""The sink that counts empty and doubled letters answers commands that came with a dot, and counts right."""

import pytest

from campaigns.delivery import calling
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.transport import Envelope
from tests.benchmarks.sink import Sink


def test_letters_whose_commands_go_with_the_dot_before_are_answered_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, open_to = list[Relay](), calling.open_to
    monkeypatch.setattr(calling, "open_to", lambda relay, patience: opened.append(relay) or open_to(relay, patience))
    letters = [Envelope("a@countersign.test", f"{name}@council.test", b"Subject: x\r\n\r\nWords.\r\n") for name in "xyxz"]
    with Sink() as sink:
        transport = PipelinedTransport(sink.url, timeout=5)
        for letter, following in zip(letters, [*letters[1:], None], strict=True):
            assert transport.deliver(letter, following=following and following.ends).kind == "accepted"
        transport.close()
        took = sink.swallowed()

    assert (took["letters"], took["empty"], took["recipients"]) == (4, 0, 3)
    assert len(opened) == 1  # one that does not answer is called again
