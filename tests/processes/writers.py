"""SQLite has no server that could be crashed; who is killed is the worker that holds its one lock, in the midst of a transaction."""

import contextlib
import sqlite3
import time
from collections.abc import Sequence

import psutil
from sqlalchemy import make_url

FOUND_WITHIN = 1.0  # seconds
STOPPED_WITHIN = 0.2


def kill_a(crew: Sequence[psutil.Process], database_url: str) -> psutil.Process | None:
    """kill -9 of whoever of them is writing; gives whom, if one was found. Each is frozen for a moment, to see whether the file is locked then."""
    until = time.monotonic() + FOUND_WITHIN
    while time.monotonic() < until:
        for worker in crew:
            with contextlib.suppress(psutil.NoSuchProcess):
                _freeze(worker)
                if _is_locked(make_url(database_url).database or ""):
                    worker.kill()
                    return worker
                worker.resume()
        time.sleep(0.003)
    return None


def _freeze(worker: psutil.Process) -> None:
    worker.suspend()
    until = time.monotonic() + STOPPED_WITHIN
    while worker.status() != psutil.STATUS_STOPPED and time.monotonic() < until:
        time.sleep(0.0005)


def _is_locked(path: str) -> bool:
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        return False
