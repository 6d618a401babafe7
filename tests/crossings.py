"""Two at the same moment on PostgreSQL, without luck: the other begins while the first stands in the middle of a step.

with crossings.other(database, step) as begin, database.transaction() as session:
    releases.submit(session, ...)
    found = begin()
found.result()
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from campaigns.foundation.database import Database

Found = TypeVar("Found")
WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
PATIENCE = 5.0  # seconds


@contextmanager
def other(database: Database, step: Callable[[], Found]) -> Iterator[Callable[[], Future[Found]]]:
    """What begins the other's step; it comes back once that waits for us, or has ended because it waits for nobody."""

    with ThreadPoolExecutor(1) as somebody:

        def begin() -> Future[Found]:
            found = somebody.submit(step)
            until = time.monotonic() + PATIENCE
            while not found.done() and not _somebody_waits(database) and time.monotonic() < until:
                time.sleep(0.01)
            return found

        yield begin


def at_once(database: Database, first: Callable[[Session], object], then: Callable[[Session], object]) -> None:
    """Two transactions: the second meets whatever the first holds."""

    def step() -> None:
        with database.transaction() as session:
            then(session)

    with other(database, step) as begin:
        with database.transaction() as session:
            first(session)
            found = begin()
        found.result(timeout=60)


def _somebody_waits(database: Database) -> bool:
    with database.engine.connect() as connection:
        return bool(connection.execute(WAITING).scalar_one())
