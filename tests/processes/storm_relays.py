"""The relay of a storm: the fault sink, with a clerk who keeps the log that Postfix would; or a real Postfix between a faulty wire and a sink."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.processes import fault_sink, postfix_wire, postfixes, sink_maillog
from tests.processes.postfix_books import Books, write
from tests.processes.postfixes import Postfix
from workers import rehearsal_processes as processes
from workers.rehearsal_processes import Child

HANDED_ON_WITHIN = 180.0  # seconds for what Postfix took to come out behind it


class Relay(Protocol):
    """Whom the workers send to, at a port; and how often it was killed."""

    port: int
    kills: int

    @property
    def log(self) -> Path:
        """What may be read of it."""

    def start(self, journal: Path, stack: ExitStack, *told: str) -> None:
        """Let it listen: faults, pace and seed are told. What it did stands in the journal."""

    def kill(self) -> None:
        """kill -9 of it, and start it again."""

    def write_up(self) -> dict[str, int]:
        """See to it that the journal says all; gives what is the relay's own doing."""


@dataclass
class Sink:
    """The fault sink; its journal is the storm's."""

    folder: Path
    port: int = field(default_factory=processes.free_port)
    kills: int = 0

    @property
    def log(self) -> Path:
        """By the clerk."""
        return self.folder / "mail.log"

    def start(self, journal: Path, stack: ExitStack, *told: str) -> None:
        """The sink and its clerk."""
        sink = _child(self.folder, fault_sink.__name__, "--port", str(self.port), "--journal", str(journal), *told)
        stack.callback(sink.kill)
        clerk = _child(self.folder, sink_maillog.__name__, "--journal", str(journal), "--log", str(self.log))
        stack.callback(clerk.kill)
        processes.wait_for(sink, self.port)

    def kill(self) -> None:
        """Never: nobody else would know what it took."""

    def write_up(self) -> dict[str, int]:
        """It did that as it went."""
        return {}


@dataclass
class BehindAWire:
    """A real Postfix. The wire before it has the faults and the pace; the sink behind it takes everything, and sees what came out."""

    folder: Path
    postfix: Postfix
    behind: int
    port: int = field(default_factory=processes.free_port)
    kills: int = 0
    journal: Path = Path()
    starting: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        """Its own."""
        return self.postfix.log

    @property
    def books(self) -> Books:
        """What the wire, Postfix and the sink behind it wrote down."""
        return Books(self.folder / "wire.jsonl", self.log, self.folder / "behind.jsonl")

    def start(self, journal: Path, stack: ExitStack, *told: str) -> None:
        """The wire, and the sink behind."""
        self.journal = journal
        behind = _child(self.folder, fault_sink.__name__, "--port", str(self.behind), "--journal", str(self.books.behind))
        stack.callback(behind.kill)
        where = ("--port", str(self.port), "--relay", str(self.postfix.port), "--journal", str(self.books.wire))
        wire = _child(self.folder, postfix_wire.__name__, *where, *told)
        stack.callback(wire.kill)
        processes.wait_for(behind, self.behind)
        processes.wait_for(wire, self.port)

    def kill(self) -> None:
        """All of Postfix at once; it starts while the storm goes on."""
        if self.starting is None or self.starting.poll() is not None:
            self.starting, self.kills = self.postfix.kill(), self.kills + 1

    def write_up(self) -> dict[str, int]:
        """Wait until everything came out, and make one journal of the three."""
        until = time.monotonic() + HANDED_ON_WITHIN
        while self.postfix.waiting() and time.monotonic() < until:
            time.sleep(0.2)
        write(self.books, self.journal)
        return {"kills of Postfix": self.kills, **self.books.figures()}


@contextmanager
def opened(kind: str) -> Iterator[Relay]:
    """The relay of this kind, not listening yet."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sink":
            yield Sink(Path(folder))
        else:
            behind = processes.free_port()
            with postfixes.postfix(behind) as postfix:
                relay = BehindAWire(Path(folder), postfix, behind)
                try:
                    yield relay
                finally:
                    if relay.starting:
                        relay.starting.wait()


def why_not(kind: str) -> str:
    """Why there can be no such relay here; empty when there can."""
    return "" if kind == "sink" else postfixes.why_not()


def _child(folder: Path, program: str, *words: str) -> Child:
    output = folder / f"{program.rpartition('.')[2]}-{time.monotonic_ns()}.log"
    with output.open("wb") as lines:
        command = [sys.executable, "-m", program, *words]
        return Child(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines), output)
