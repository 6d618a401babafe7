"""A nursery of workers: one process that has the product's code in memory and becomes a worker whenever it is asked to.

Starting Python and reading the code costs some four seconds of CPU, so that workers killed every second would never come to work.
What is forked here runs the same command with the same settings as `countersign-worker run`, and is a process of its own.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psutil
from sqlalchemy.orm import configure_mappers

from workers import main

# What a worker reads when it first wants it.
LATE = ("psycopg", "dramatiq.brokers.rabbitmq", "dramatiq.brokers.redis", "holidays.holiday_base")


@dataclass(frozen=True)
class Nursery:
    """The process that is asked."""

    process: "subprocess.Popen[str]"

    def worker(self, output: Path, **settings: str) -> psutil.Process:
        """A worker that has just begun, with these settings beside the nursery's; its words are added to a file."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"output": str(output), "settings": settings}) + "\n")
        self.process.stdin.flush()
        return psutil.Process(int(self.process.stdout.readline()))


@contextmanager
def opened(environment: dict[str, str]) -> Iterator[Nursery]:
    """A nursery with these settings; it and all its workers are killed at the end, or when we are."""
    command = [sys.executable, "-m", __name__]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield Nursery(process)
    finally:
        process.communicate()


def _serve() -> None:
    for name in LATE:
        with suppress(ImportError):
            importlib.import_module(name)
    configure_mappers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
    for line in sys.stdin:
        if (worker := os.fork()) == 0:
            _become_worker(**json.loads(line))
        print(worker, flush=True)
    os.killpg(0, signal.SIGKILL)


def _become_worker(output: str, settings: dict[str, str]) -> NoReturn:
    os.environ.update(settings)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    words, nothing = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (words, 1), (words, 2)):
        os.dup2(ours, theirs)
    raise SystemExit(main.main(["run"]))


if __name__ == "__main__":
    _serve()
