"""The processes of a rehearsal: real workers and a real mail server, started, watched, measured and stopped."""

import contextlib
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from campaigns.foundation.errors import CountersignError
from workers.rehearsal_stage import Stage

COMMAND = "from workers.main import main; main()"  # what the console script `countersign-worker` runs
ANSWERS_WITHIN = 60.0
STOPS_WITHIN = 60.0
HOST = "127.0.0.1"
GIVEN_TO_NOBODY = 20_000, 32_768  # ports; from there on Linux gives them to whoever calls out


class ProcessDied(CountersignError):
    """A process of the rehearsal ended by itself; the message carries its last words."""


@dataclass(frozen=True)
class Child:
    """One process and where its words go."""

    process: "subprocess.Popen[bytes]"
    output: Path

    def check(self) -> None:
        """Refuse to go on when it has ended by itself."""
        if self.process.poll() is not None:
            words = self.output.read_text("utf-8", "replace").splitlines()[-5:]
            raise ProcessDied(f"A process of the rehearsal ended with {self.process.returncode}: " + " | ".join(words))

    def cpu_seconds(self) -> float:
        """CPU it and its ended children used so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system + used.children_user + used.children_system)

    def peak_mb(self) -> float:
        """The most memory it ever held, in MB; not getrusage's, which counts what our own process held before it became the child."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
            return int(held.split()[1]) / 1024
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    def stop(self) -> int:
        """Ask it to stop, and wait; one that does not stop is killed. Gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """kill -9."""
        self.process.kill()
        return self.process.wait()


def worker(stage: Stage, number: int) -> Child:
    """`countersign-worker run` with the stage's settings."""
    return _start(stage, f"worker-{number}.log", COMMAND, "run")


def catcher(stage: Stage, *, port: int, pace: float | None) -> Child:
    """The local catcher alone, without the rest of the worker's code; it may not answer yet."""
    given = (
        f"host={HOST!r}, port={port}, maildir=Path({str(stage.settings.mail_dir)!r}), journal=Path({str(stage.journal)!r}), pace={pace!r}"
    )
    return _start(stage, "catcher.log", f"from pathlib import Path; from workers import catcher; catcher.run({given})")


def wait_for(child: Child, port: int) -> None:
    """Until the mail server answers."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while not _answers(port):
        child.check()
        if time.monotonic() > deadline:
            raise ProcessDied("The rehearsal's own mail server does not answer.")
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on now, and that the system gives to nobody who calls out: so it stays free until it is used."""
    while True:
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind((HOST, port := random.randrange(*GIVEN_TO_NOBODY)))
            return port


def _start(stage: Stage, output: str, program: str, *words: str) -> Child:
    path = stage.folder / output
    with path.open("ab") as lines:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *words], env=stage.environment(), stdin=subprocess.DEVNULL, stdout=lines, stderr=lines
        )
    return Child(process, path)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
