"""A maillog made of the fault sink's journal says of every letter what the sink did with it, in words that the product reads."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.delivery import calling, relay_logs
from campaigns.delivery.line import Patience
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.relay_logs import Found, Sought
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.transport import Envelope
from tests.processes import fault_sink, patience, sink_maillog
from workers import rehearsal_processes as processes

pytestmark = pytest.mark.long
SCRIPT = {"1": "no reply", "2": "450 at RCPT", "3": "451 after the dot", "4": "cut in DATA", "5": "slow reply"}
LETTER = b"Date: today\r\nMessage-ID: <%d@c.test>\r\nSubject: x\r\nTo: x\r\n\r\nWords.\r\nMore.\r\n"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[int]:
    """A sink and its clerk; gives the port."""
    port, journal, log = processes.free_port(), tmp_path / "journal", tmp_path / "mail.log"
    told = ["--port", str(port), "--journal", str(journal), "--script", json.dumps(SCRIPT), "--slow", "10"]
    clerk = ["--journal", str(journal), "--log", str(log)]
    running = [
        subprocess.Popen([sys.executable, "-I", module.__file__, *words]) for module, words in ((fault_sink, told), (sink_maillog, clerk))
    ]
    patience.until(lambda: log.exists() and log.stat().st_size > 0, "the clerk has begun")
    patience.until(lambda: _answers(port), "the sink answers")
    yield port
    for child in running:
        child.kill()
        child.wait()


def test_what_the_sink_took_and_nothing_else_is_shown_as_taken_and_a_knock_as_ours(sink: int, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    transport = PlainTransport(f"smtp://127.0.0.1:{sink}", timeout=2)
    for number in range(1, 7):
        transport.deliver(Envelope(f"lopp+token{number}@c.test", "b@la.test", LETTER % number))
    transport.close()
    log = tmp_path / "mail.log"

    calling.knock(Relay.at(f"smtp://127.0.0.1:{sink}"), Patience.of(30), noops=9)

    patience.until(lambda: _knock(log, 9) is not None, "the knock is written down")
    found = _look(log, began)
    assert sorted(found.taken) == [1, 5, 6] and found.reaches_back and not found.doubtful and not found.begun
    assert _knock(log, 8) is None


def _knock(log: Path, noops: int) -> object:
    return relay_logs.last_knock(log, name="postfix", noops=noops, now=datetime.now(UTC))


def _look(log: Path, since: datetime) -> Found:
    sought = {number: Sought(f"<{number}@c.test>", frozenset({f"token{number}"})) for number in range(1, 7)}
    return relay_logs.search(log, sought, since=since, margin=timedelta(0), now=datetime.now(UTC))


def _answers(port: int) -> bool:
    try:
        calling.knock(Relay.at(f"smtp://127.0.0.1:{port}"), Patience.of(1), noops=0)
    except OSError:
        return False
    return True
