"""Sink A: Postfix's `smtp-sink`, one for each run, with a count, octets and CPU of its own; and `smtp-source` beside it.

Letters are what smtp-sink itself counts with `-c`: it says so at every final dot, before it replies. It cannot tell an empty letter from
another, so what it read is asked of the kernel as well (`rchar`): letters that are too short on average void a run.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import usage
from workers import rehearsal_processes as processes
from workers.rehearsal_processes import HOST, Child

SINK, SOURCE = "smtp-sink", "smtp-source"  # Debian keeps both in /usr/sbin
BACKLOG = "1024"
COUNT = re.compile(r"mesg=(\d+)")


@dataclass(frozen=True)
class Seen:
    """What the sink took so far: letters, octets with the commands around them, and its own CPU seconds."""

    letters: int
    octets: int
    cpu: float


@dataclass(frozen=True)
class PostfixSink:
    """A sink that runs."""

    child: Child
    port: int

    def seen(self) -> Seen:
        """Everything since it started."""
        pid = self.child.process.pid
        counted = COUNT.findall(self.child.output.read_bytes()[-100:].decode("ascii"))
        octets = Path(f"/proc/{pid}/io").read_text(encoding="ascii").partition("rchar:")[2].split()[0]
        return Seen(int(counted[-1]) if counted else 0, int(octets), usage.cpu_of(pid))


def why_not() -> str:
    """Why there can be no such sink here; empty when there can."""
    return "" if path_of(SINK) and path_of(SOURCE) else "Postfix's smtp-sink and smtp-source are not installed (Debian's package: postfix)"


def path_of(program: str) -> str | None:
    """Where one of Postfix's programs is."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def opened(folder: Path) -> Iterator[PostfixSink]:
    """A sink with nothing in it yet, which answers; it ends with the block."""
    port, output = processes.free_port(), folder / "sink.log"
    owner = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [str(path_of(SINK)), *owner, "-c", f"{HOST}:{port}", BACKLOG]
    with output.open("wb") as lines:
        child = Child(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines), output)
    try:
        processes.wait_for(child, port)
        yield PostfixSink(child, port)
    finally:
        child.stop()
