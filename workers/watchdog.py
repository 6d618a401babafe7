"""The watchdog: ends a process that looks alive and sends nothing, so that its supervisor starts it anew.

A consumer's thread can die or hang, or a broker stop giving anything to it, and nobody else would notice. The process ends
as if it had been killed, which everything here survives.
"""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk
from workers import brokers
from workers.tools import Tools

EVERY = 5.0  # seconds between two looks
PATIENCE = 60.0  # seconds for which letters may be due and this process take up nothing
WHILE_OTHERS_SEND = 600.0  # the same while other processes do send: the hints may all be in their hands
EXIT_CODE = 75  # "try again", in sysexits.h
logger = structlog.get_logger()


@dataclass
class Watchdog:
    """Looks whether the process does its work; `wanting`: since when letters have been due in nobody's hands."""

    tools: Tools
    threads: Sequence[threading.Thread] = ()
    wanting: float | None = None

    def fault(self) -> str | None:
        """Why the process should end; None while it works, or rightly rests: held, not sure of the time, or without database or broker."""
        if dead := [thread.name for thread in self.threads if not thread.is_alive()]:
            return f"a thread has ended: {', '.join(dead)}"
        try:
            patience = self._patience()
            if patience is None:
                self.wanting = None
                return None
            now = time.monotonic()
            self.wanting = self.wanting or now
            idle = now - max(self.wanting, self.tools.alive_at)
            if idle < patience:
                return None
            brokers.check(self.tools.settings.broker_url)
        except SQLAlchemyError:
            return None
        except brokers.down(self.tools.settings.broker_url):
            return None
        return f"letters have been due for {idle:.0f} seconds, and the sending lane took up nothing"

    def _patience(self) -> float | None:
        """For how long what is due may rest; None when nothing is due, or may not be taken up, as it failed a moment ago."""
        if self.tools.is_held() or self.tools.doubt():
            return None
        at = self.tools.clock()
        with self.tools.database.reading() as session:
            if not deliveries.due_chunks(session, at=at, limit=1):
                return None
            others = session.exec(select(Chunk.id).where(col(Chunk.leased_until) > at).limit(1)).first()
        return PATIENCE if others is None else WHILE_OTHERS_SEND


def run(tools: Tools, threads: Sequence[threading.Thread]) -> None:
    """Look until asked to stop; end the process when it does not do its work. A look that fails ends nothing: nobody looks after this thread."""
    watchdog = Watchdog(tools, threads)
    while not tools.stopping.wait(EVERY):
        try:
            fault = watchdog.fault()
        except Exception:
            logger.exception("the watchdog could not look")
            continue
        if fault and not tools.stopping.is_set():
            logger.critical("this process ends itself, to be started anew", fault=fault, exit_code=EXIT_CODE)
            os._exit(EXIT_CODE)
