"""An errand: so many letters for one sink, and what a sender reports of it; every sender is played in the same frame."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from campaigns.foundation.errors import CountersignError
from tests.benchmarks import long_letter, postfix_sink
from tests.benchmarks.runs import Run

GONE_WRONG = (CountersignError, SQLAlchemyError, psycopg.Error, subprocess.SubprocessError, OSError, ValueError)
SINK_IS_DONE_WITHIN = 5.0  # seconds from the sender's last reply to the sink's own count


@dataclass(frozen=True)
class Errand:
    """Letters to send to the sink at this port. `folder` is this run's own; `tools` keeps what was installed for the sender."""

    letters: int
    port: int
    folder: Path
    tools: Path


@dataclass(frozen=True)
class Sent:
    """What a sender says it did. `cpu`: CPU seconds by whose they are; `beside`: those that are shown and not counted."""

    accepted: int
    seconds: float
    cpu: dict[str, float]
    beside: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    sealed: float = 0.0


Send = Callable[[Errand], Sent]


def play(send: Send, letters: int, *, tools: Path) -> Run:
    """Send them to a sink of their own; whatever goes wrong is said in the run, which is void then."""
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the sink is nobody
        try:
            with postfix_sink.opened(folder) as sink:
                before = sink.seen()
                sent = send(Errand(letters, sink.port, folder, tools))
                after = _settled(sink, letters)
        except GONE_WRONG as fault:
            return failed(letters, f"{type(fault).__name__}: {_words(fault)}")
    return Run(
        asked=letters,
        accepted=sent.accepted,
        sunk=after.letters,
        seconds=sent.seconds,
        cpu=sent.cpu,
        sink_cpu=after.cpu - before.cpu,
        octets=after.octets - before.octets,
        size=long_letter.SIZE,
        beside=sent.beside,
        peak_mb=sent.peak_mb,
        load=os.getloadavg()[0],
        sealed=sent.sealed,
    )


def failed(letters: int, said: str) -> Run:
    """A run that came to nothing, and why."""
    return Run(letters, 0, 0, 0.0, {}, 0.0, 0, long_letter.SIZE, failed=said)


def _settled(sink: postfix_sink.PostfixSink, letters: int) -> postfix_sink.Seen:
    deadline = time.monotonic() + SINK_IS_DONE_WITHIN
    while (seen := sink.seen()).letters < letters and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def _words(fault: Exception) -> str:
    """A fault in one line, with the last of what a program said."""
    said = fault.stderr if isinstance(fault, subprocess.CalledProcessError) else None
    return " ".join([str(fault), *(said or "").splitlines()[-3:]])[:400]
