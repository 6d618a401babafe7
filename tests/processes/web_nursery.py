"""A nursery of web processes: one process that has the pages in memory and becomes a server whenever it is asked to, which it then kills.

Reading the pages' code costs seconds, and a drill wants hundreds of servers. Each is forked, serves as `countersign serve` does, and is killed
with -9 so many seconds after it came to a *mark*: its nth statement or its end, a commit, the request's beginning or its answer. The marks are
seen from outside the product, through the hooks of SQLAlchemy and WSGI; the server writes a byte at each, and does not wait.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from campaigns.foundation import settings as settings_module
from campaigns.foundation import timekeeper
from campaigns.foundation.database import Database
from web.app import create_app
from web.cli import serve

NEVER = 10**9
COMES_WITHIN = 10.0  # seconds; a server that does not come to its mark is killed all the same
Mark = Callable[[str], None]


@dataclass(frozen=True)
class WebNursery:
    """The process that is asked."""

    process: "subprocess.Popen[str]"

    def serve(self, port: int, *, mark: int = NEVER, delay: float = 0.0) -> None:
        """Become a server on a port, to be killed so many seconds after its nth mark; returns when it listens."""
        self._tell({"port": port, "mark": mark, "delay": delay})
        assert self._answer() == "listening"

    def end(self) -> list[str]:
        """Wait for its end, or kill it if that is not to come; gives the marks it came to."""
        self._tell({})
        marks: list[str] = json.loads(self._answer())
        return marks

    def _tell(self, words: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def _answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def opened(environment: dict[str, str], output: Path) -> Iterator[WebNursery]:
    """A nursery with these settings; it and its server are killed at the end, or when we are."""
    with output.open("ab") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            start_new_session=True,
        )
    try:
        yield WebNursery(process)
    finally:
        process.communicate()


def _serve() -> None:
    settings = settings_module.load()
    database = Database(settings.database_url)
    pages = create_app(settings, database, now=timekeeper.of(database))
    pages.test_client().get("/sign-in")  # what a first request compiles is compiled
    database.dispose()
    for line in sys.stdin:
        _one(pages, database.engine, **json.loads(line))
    os.killpg(0, signal.SIGKILL)


def _one(pages: Any, engine: Engine, *, port: int, mark: int, delay: float) -> None:
    """Fork a server, and kill it in its time."""
    listener = socket.create_server(("127.0.0.1", port))
    seen, marks = os.pipe()
    if (server := os.fork()) == 0:
        os.close(seen)
        _become_server(pages, engine, listener, marks)
    os.close(marks)
    listener.close()
    print("listening", flush=True)
    words = _watched(seen, mark)
    time.sleep(delay)
    if mark == NEVER:
        sys.stdin.readline()
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    words += _rest(seen)
    if mark != NEVER:
        sys.stdin.readline()
    print(json.dumps(words.decode().split("\n")[:-1]), flush=True)


def _watched(seen: int, mark: int) -> bytes:
    """Read marks until the nth; of a server that is never killed at one, none is waited for."""
    words, until = b"", time.monotonic() + COMES_WITHIN
    while mark != NEVER and words.count(b"\n") < mark:
        ready, _, _ = select.select([seen], [], [], max(until - time.monotonic(), 0))
        octets = os.read(seen, 1 << 16) if ready else b""
        if not octets:
            break
        words += octets
    return words


def _rest(seen: int) -> bytes:
    words = b""
    while octets := os.read(seen, 1 << 16):
        words += octets
    os.close(seen)
    return words


def _become_server(pages: Any, engine: Engine, listener: socket.socket, marks: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    os.set_blocking(marks, False)

    def mark(what: str) -> None:
        with suppress(BlockingIOError):  # nobody reads the marks of a server that is left alone
            os.write(marks, f"{what}\n".encode())

    _listen_to(engine, mark)
    server = serve.waitress.create_server(_marked(pages, mark), sockets=[listener], threads=4, ident="")
    server.run()
    os._exit(0)


def _listen_to(engine: Engine, mark: Mark) -> None:
    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        mark(f"before {statement.split(None, 1)[0]}")

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        mark(f"after {statement.split(None, 1)[0]}")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "commit", lambda _: mark("before the commit"))
    event.listen(engine, "checkin", lambda *_: mark("a connection is given back"))  # codespell:ignore checkin


def _marked(pages: Any, mark: Mark) -> Callable[..., Any]:
    def application(environ: dict[str, Any], start: Any) -> Any:
        mark("a request")
        answer = pages(environ, start)
        mark("its answer")
        return answer

    return application


if __name__ == "__main__":
    _serve()
