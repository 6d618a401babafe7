"""A real Postfix behind a wire: its own replies come back, each fault of the plan happens, and the books say what it took, killed or not."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope
from campaigns.foundation.errors import TryLater
from tests.processes import postfixes, storm_relays
from tests.processes.fault_sink import AFTER_DOT, AT_RCPT, CLOSING, CUT, NO_REPLY
from tests.processes.storm_relays import BehindAWire

pytestmark = pytest.mark.long
LETTER = b"Date: today\r\nMessage-ID: <%d@c.test>\r\nSubject: x\r\nTo: x\r\n\r\nWords.\r\n"


@pytest.fixture
def relay() -> Iterator[BehindAWire]:
    if reason := postfixes.why_not():
        pytest.skip(reason)
    with storm_relays.opened("postfix") as opened:
        assert isinstance(opened, BehindAWire)
        yield opened


def sent(relay: BehindAWire, *numbers: int) -> list[str]:
    """What was said of each letter."""
    transport = PlainTransport(f"smtp://127.0.0.1:{relay.port}", timeout=60)
    try:
        return [transport.deliver(Envelope("a+t@c.test", "b@la.test", LETTER % number)).kind for number in numbers]
    except TryLater:
        return []
    finally:
        transport.close()


def accepted(journal: Path) -> Counter[str]:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return Counter(line["message_id"] for line in lines if line.get("reply", "").startswith("2"))


@pytest.mark.parametrize(
    ("fault", "said", "taken"),
    [
        (NO_REPLY, {"unknown"}, True),
        (AT_RCPT, {"deferred"}, False),
        (AFTER_DOT, {"deferred"}, False),
        (CUT, {"deferred", "unknown"}, False),  # the dot may have been on its way when the connection was cut
        (CLOSING, {"deferred"}, False),
        ("", {"accepted"}, True),
    ],
)
def test_a_fault_of_the_wire_is_what_it_says_and_postfix_has_what_was_handed_to_it(
    relay: BehindAWire, tmp_path: Path, fault: str, said: set[str], taken: bool
) -> None:
    with ExitStack() as stack:
        relay.start(tmp_path / "journal", stack, "--faults", json.dumps({fault: 1.0} if fault else {}))
        heard = sent(relay, 1, 2)
        relay.write_up()

    assert len(heard) == 2
    assert set(heard) <= said
    assert accepted(tmp_path / "journal") == ({"<1@c.test>": 1, "<2@c.test>": 1} if taken else {})


def test_a_postfix_killed_and_started_again_still_has_what_it_took_and_takes_more(relay: BehindAWire, tmp_path: Path) -> None:
    with ExitStack() as stack:
        relay.start(tmp_path / "journal", stack)
        assert sent(relay, 1, 2, 3) == ["accepted"] * 3
        relay.kill()
        postfixes.wait(relay.postfix)
        assert sent(relay, 4) == ["accepted"]
        figures = relay.write_up()

    assert accepted(tmp_path / "journal") == {f"<{number}@c.test>": 1 for number in range(1, 5)}
    assert (figures["kills of Postfix"], figures["taken and never handed on"]) == (1, 0)
