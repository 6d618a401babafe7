"""A Redis of our own on loopback that keeps nothing on disk, so that it may be emptied: nobody else's hints are in it."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import redis

from workers import rehearsal_processes as processes
from workers.rehearsal_processes import Child


def why_not() -> str:
    """Why there can be no Redis here; empty when there can."""
    return "" if which("redis-server") else "no Redis is installed"


@contextmanager
def opened() -> Iterator[str]:
    """Its URL; it is gone at the end."""
    port = processes.free_port()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "redis.log"
        words = ["--port", str(port), "--bind", processes.HOST, "--save", "", "--appendonly", "no", "--dir", folder]
        with output.open("wb") as lines:
            child = Child(subprocess.Popen(["redis-server", *words], stdout=lines, stderr=lines), output)
        try:
            processes.wait_for(child, port)
            yield f"redis://{processes.HOST}:{port}/0"
        finally:
            child.kill()


def empty(url: str) -> None:
    """Everything in it is gone: queues, what was fetched and not done, and who is alive."""
    with redis.Redis.from_url(url) as client:
        client.flushall()
