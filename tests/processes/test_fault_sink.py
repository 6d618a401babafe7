"""The fault sink does what it was told, and its journal says what it really did."""

import hashlib
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope
from tests.processes import fault_sink, patience
from tests.processes.fault_sink import Sink
from workers import rehearsal_processes as processes
from workers.rehearsal_processes import Child

pytestmark = pytest.mark.long
SCRIPT = {"1": "no reply", "2": "450 at RCPT", "3": "451 after the dot", "4": "cut in DATA", "5": "slow reply", "6": "421 at MAIL"}
LETTER = b"Date: today\r\nMessage-ID: <%d@c.test>\r\nSubject: x\r\nTo: x\r\n\r\nWords.\r\n"


class Running:
    """A sink that listens, and what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.port, self.journal, self.output = processes.free_port(), folder / "journal", folder / "output"

    def start(self, **words: Any) -> None:
        """With these words."""
        told = [word for name, value in words.items() for word in (f"--{name}", json.dumps(value))]
        command = [sys.executable, "-I", fault_sink.__file__, "--port", str(self.port), "--journal", str(self.journal), *told]
        with self.output.open("wb") as lines:
            self.child = Child(subprocess.Popen(command, stdout=lines, stderr=lines), self.output)
        processes.wait_for(self.child, self.port)

    def lines(self, part: str) -> dict[int, dict[str, Any]]:
        """The journal's lines that have this part, by letter."""
        return {line["n"]: line for line in map(json.loads, self.journal.read_text().splitlines()) if part in line}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.child.kill()


def test_each_fault_of_the_script_happens_to_its_letter_and_the_journal_says_which_were_accepted_and_heard(sink: Running) -> None:
    sink.start(script=SCRIPT, slow=10)
    transport = PlainTransport(f"smtp://127.0.0.1:{sink.port}", timeout=2)

    said = [transport.deliver(Envelope("a@c.test", "b@la.test", LETTER % number)) for number in range(1, 8)]
    transport.close()
    patience.until(lambda: 5 in sink.lines("written"), "the slow reply is written into nothing")

    kinds = [one.kind for one in said]
    assert kinds[:3] + kinds[4:] == ["unknown", "deferred", "deferred", "unknown", "deferred", "accepted"]
    assert kinds[3] in {"unknown", "deferred"}  # the dot may have been on its way when the connection was cut
    replies, marks = sink.lines("reply"), sink.lines("written")
    assert {number: line["reply"][:3] for number, line in replies.items()} == {1: "250", 2: "450", 3: "451", 5: "250", 6: "421", 7: "250"}
    assert {number for number, mark in marks.items() if not mark["written"]} == {1, 5}
    assert [(line["n"], line["gone"]) for line in sink.lines("gone").values()] == [(4, "DATA")]
    assert set(sink.lines("begun")) == set(range(1, 8))
    assert [replies[number]["message_id"] for number in (1, 3, 5, 7)] == [f"<{number}@c.test>" for number in (1, 3, 5, 7)]


def test_a_letter_is_in_the_journal_before_its_reply_is_written_with_the_digest_of_what_was_given(sink: Running) -> None:
    sink.start(script={"1": "slow reply"}, slow=10)
    signed = b"DKIM-Signature: v=1;\r\n b=abc\r\n" + LETTER % 1
    dotted = signed + b"..begins with a dot\r\n"
    with socket.create_connection(("127.0.0.1", sink.port)) as client:
        talk = client.makefile("rwb")
        talk.write(b"EHLO x\r\nMAIL FROM:<a@c.test>\r\nRCPT TO:<b@la.test>\r\nDATA\r\n" + dotted + b".\r\n")
        talk.flush()
        before = [talk.readline() for _ in range(8)][-1]
        while not (lines := sink.lines("reply")):
            time.sleep(0.01)
        unheard, (line,) = sink.lines("written"), lines.values()
        after = talk.readline()

    assert (before[:3], unheard, after[:3], line["reply"][:3]) == (b"354", {}, b"250", "250")
    whole, sealed = signed + b".begins with a dot\r\n", (LETTER % 1).partition(b"\r\n")[2] + b".begins with a dot\r\n"
    assert line["sha256"] == hashlib.sha256(whole).hexdigest()
    assert line["canonical_sha256"] == hashlib.sha256(sealed).hexdigest()
    assert (line["to"], line["stage"]) == (["b@la.test"], "dot")


def test_a_client_that_sends_everything_in_one_write_delivers_nothing_to_a_refused_reader(sink: Running) -> None:
    sink.start(script={"1": "450 at RCPT"})
    with socket.create_connection(("127.0.0.1", sink.port)) as client:
        talk = client.makefile("rwb")
        talk.write(b"MAIL FROM:<a@c.test>\r\nRCPT TO:<b@la.test>\r\nDATA\r\n")
        talk.flush()
        heard = [talk.readline()[:3] for _ in range(4)]

    assert heard == [b"220", b"250", b"450", b"503"]
    assert [line["reply"][:3] for line in sink.lines("reply").values()] == ["450"]


def test_the_pace_holds_over_all_connections_wherever_a_letter_waits(sink: Running) -> None:
    sink.start(pace=20)
    transports = [PlainTransport(f"smtp://127.0.0.1:{sink.port}", timeout=2) for _ in range(2)]
    began = time.monotonic()

    for number in range(8):
        transports[number % 2].deliver(Envelope("a@c.test", "b@la.test", LETTER % number))

    assert time.monotonic() - began >= 8 / 20
    for transport in transports:
        transport.close()


def test_a_seed_gives_the_same_faults_again_at_the_rates_of_the_trial() -> None:
    def drawn(seed: int) -> list[str]:
        sink = Sink(0, fault_sink.M7, {}, 0.0, 2.0, seed)
        return [sink.next_letter()[1] for _ in range(6_000)]

    first, tally = drawn(1), Counter(drawn(2))

    assert first == drawn(1) != drawn(3)
    assert all(0.5 * rate < tally[fault] / 6_000 < 1.5 * rate for fault, rate in fault_sink.M7.items())
