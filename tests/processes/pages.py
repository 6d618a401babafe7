"""The pages of a rehearsal, served by a process of their own, and a visitor who comes from many addresses."""

import http.client
import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workers import rehearsal_processes as processes
from workers.rehearsal import Rehearsal
from workers.rehearsal_processes import HOST, Child

COMMAND = "from web.cli.main import main; main()"


@dataclass
class Visitor:
    """Asks for pages, over connections that are kept. Each look comes from another address unless one is given."""

    port: int
    numbers: Iterator[int] = field(default_factory=itertools.count)
    own: threading.local = field(default_factory=threading.local)

    def fetch(self, method: str, path: str, headers: dict[str, str], body: str | None = None, address: str | None = None) -> int:
        """The status of one look."""
        number = next(self.numbers)
        come = {"X-Forwarded-For": address or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        connection = self._connection()
        try:
            connection.request(method, path, body, {**headers, **come, **form})
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            del self.own.connection
            raise
        return answer.status

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection: http.client.HTTPConnection = self.own.connection
        return connection


@contextmanager
def served(played: Rehearsal) -> Iterator[Visitor]:
    """The pages of this rehearsal; they believe what this machine says of where a visitor comes from."""
    port, output = processes.free_port(), played.stage.folder / "pages.log"
    trusting = {"COUNTERSIGN_TRUSTED_PROXY": HOST}
    with output.open("ab") as lines:
        command = [sys.executable, "-c", COMMAND, "serve", "--host", HOST, "--port", str(port)]
        process = subprocess.Popen(command, env=played.stage.environment() | trusting, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines)
    child = Child(process, output)
    try:
        processes.wait_for(child, port)
        yield Visitor(port)
    finally:
        child.stop()
