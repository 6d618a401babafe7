"""A worker that is started before its database and its broker answer, or on the tables of another version, waits and says so; a signal meanwhile
ends it at once."""

import signal
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from campaigns.agreement import bearers
from campaigns.foundation import arming_files, revisions
from campaigns.foundation.arming_files import ArmingFileBusy
from campaigns.foundation.revisions import OtherRevision
from campaigns.foundation.settings import Settings
from workers import brokers, tools
from workers.tools import Tools

SOON, AGAIN = 0.2, 3.0  # seconds until it is tried again, the first time and at last: a database that crashed is back in a second
DATABASE_DOWN = (OperationalError, InterfaceError, ProgrammingError)  # not there, not ready, or its tables not made yet
Made = TypeVar("Made")
logger = structlog.get_logger()


def gather(settings: Settings) -> Tools:
    """Tools for a worker, once its database and its broker answer. Refuses an arming file, and a data folder, that cannot be written to."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    until_it_answers("the arming file", lambda: arming_files.read(settings.arming_path), (ArmingFileBusy,))
    gathered = until_it_answers("the database", lambda: _of_this_version(settings), (*DATABASE_DOWN, OtherRevision))
    until_it_answers("the broker", lambda: brokers.check(settings.broker_url), brokers.down(settings.broker_url))
    return gathered


def until_it_answers(what: str, attempt: Callable[[], Made], down: tuple[type[BaseException], ...]) -> Made:
    """What the attempt gives, once it does; each failure is a line in the log."""
    pause = SOON
    while True:
        try:
            return attempt()
        except down as fault:
            said = str(fault).strip().splitlines() or [type(fault).__name__]
            logger.warning("this worker waits to begin", waits_for=what, fault=said[0])
            time.sleep(pause)
            pause = min(2 * pause, AGAIN)


def _of_this_version(settings: Settings) -> Tools:
    gathered = tools.gather(settings)
    revisions.refuse_others(gathered.database.engine)
    _tell_of_closed_links(gathered)
    _ = gathered.journal  # else a folder that cannot be written to would be found out by the first release, which stops then
    return gathered


def _tell_of_closed_links(tools: Tools) -> None:
    """A secret that was replaced and is named nowhere shows in nothing else: letters go on, and whoever follows a link in one finds it closed."""
    with tools.database.reading() as session:
        closed = bearers.closed_to(session, secrets=tools.settings.secrets)
    if closed:
        logger.error("links in letters open nothing: their secret is not in COUNTERSIGN_FORMER_SECRET_KEYS", releases=closed)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)  # nothing is in hand yet
