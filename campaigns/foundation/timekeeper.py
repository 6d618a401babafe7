"""A clock that several processes can be trusted with: the shared time, carried on by a clock that cannot be set, and doubted when they part.

What is due and whose lease has ended are decided by many processes, and one whose own clock is an hour ahead would send early. So on
PostgreSQL the time is the database's, asked at most once a second; the process's own clock is not believed at all. SQLite has no time of
its own and all its processes stand on one machine, so there it is the machine's clock. Between two readings, and whenever a reading cannot
be had, time goes on by seconds since boot, which nobody can set and which count while a machine sleeps.

A reading that differs from that by more than `BELIEVED` is a jump: somebody set a clock, or a machine was frozen, and nothing here can tell
which of the two is right. Then the time goes on from before the jump and is *doubted*: nothing begins, ends or leaves from this process
until the clocks agree again, or a person who looked starts it anew. Promise: late rather than early, and never after the latest time.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from campaigns.foundation import clock
from campaigns.foundation.database import Database

BELIEVED = timedelta(seconds=5)  # far above what keeping clocks in step does at once, far below what an officer means by "in time"
EVERY = 1.0  # seconds between two readings of the database's clock
SLOW = 1.0  # seconds; a reading that took longer says too little
SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # on macOS the monotonic clock counts sleep, too
logger = structlog.get_logger()

# Seconds since boot: the system's own function, as each letter asks for them often.
seconds: Callable[[], float] = partial(time.clock_gettime, SINCE_BOOT)


@dataclass
class Timekeeper:
    """Call it for the time, aware, in UTC. `shared` reads the time that counts, at most every so many seconds; `passed` cannot be set."""

    shared: Callable[[], datetime]
    every: float = 0.0
    passed: Callable[[], float] = seconds

    def __post_init__(self) -> None:
        self._reading = threading.Lock()
        self._agreed: tuple[datetime, float] | None = None  # the last reading that was believed, and when it was had
        self._asked = 0.0
        self._doubt: str | None = None

    def __call__(self) -> datetime:
        """This moment. Raises only when the shared time was never had."""
        if self._agreed is None or (now := self.passed()) - self._asked >= self.every:
            self._look()
            now = self.passed()
        assert self._agreed is not None
        said, had = self._agreed
        return said + timedelta(seconds=now - had)

    def doubt(self) -> str | None:
        """Why this process should begin, end and send nothing for now; None when the time is sound."""
        if self._agreed is None or self.passed() - self._asked >= self.every:
            self._look()
        return self._doubt

    def _look(self) -> None:
        if not self._reading.acquire(blocking=self._agreed is None):
            return  # somebody else is asking
        try:
            self._read()
        except SQLAlchemyError:
            if self._agreed is None:
                raise
        finally:
            self._reading.release()

    def _read(self) -> None:
        self._asked = asked = self.passed()
        said = self.shared()
        had = self.passed()  # the reading is a moment old by now: we are never ahead of it
        if self._agreed is None:
            self._agreed = said, had
        elif had - asked <= SLOW:
            before, since = self._agreed
            self._weigh(said, had, before + timedelta(seconds=self.passed() - since))

    def _weigh(self, said: datetime, had: float, carried: datetime) -> None:
        if abs(said - carried) <= BELIEVED:
            self._agreed, self._doubt = (said, had), None
            return
        if self._doubt is None:
            logger.error("the clock jumped: nothing leaves from this process", shared=str(said), carried=str(carried))
        self._doubt = f"The clock jumped by {(said - carried).total_seconds():+.0f} seconds"


def of(database: Database) -> Timekeeper:
    """The time for a process that works on this database."""
    return Timekeeper(clock.now) if database.is_sqlite else Timekeeper(lambda: _asked(database), every=EVERY)


def _asked(database: Database) -> datetime:
    with database.engine.connect() as connection:  # its own connection: a transaction's time is when it began
        moment: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
