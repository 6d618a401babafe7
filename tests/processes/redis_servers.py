"""A Redis of our own on loopback, which keeps nothing on a disk and may be killed: nobody else's queues are on it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from tests.processes import patience, services
from workers import rehearsal_processes as processes

PROGRAM = shutil.which("redis-server")


@dataclass
class RedisServer:
    """Where it listens, and its process."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its first database."""
        return f"redis://{processes.HOST}:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        assert PROGRAM is not None
        words = f"--port {self.port} --bind {processes.HOST} --appendonly no --loglevel warning".split()
        self.process = subprocess.Popen(
            [PROGRAM, *words, "--save", ""], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        patience.until(lambda: services.answers(self.url), "Redis answers")

    def kill(self) -> None:
        """kill -9; whatever it held is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def why_not() -> str:
    """Why there can be none here; empty when there can."""
    return "" if PROGRAM else "no Redis is installed"


@contextmanager
def opened() -> Iterator[RedisServer]:
    """Answering, and gone at the end."""
    server = RedisServer(processes.free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


def empty(url: str) -> None:
    """Everything in it is gone: queues, what was fetched and not done, and who is alive."""
    with redis.Redis.from_url(url) as client:
        client.flushall()
