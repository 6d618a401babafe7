"""Dramatiq's side: two actors, one a lane, each of which hears one fact by its number and lets every subscriber act on it.

A message carries a number and nothing else: losing, repeating, forging or reordering messages changes when something is looked at.
"""

import threading

import structlog
from dramatiq import Actor, Broker, actor
from sqlalchemy.exc import SQLAlchemyError

from campaigns.foundation import database, log
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from workers.subscriptions import SENDING_LANE, SUBSCRIPTIONS
from workers.tools import Tools

LANES = {"desk": 2, "sending": 1}  # lane → threads; one in each process talks to the relay
TIME_LIMIT = 60 * 60 * 1000  # milliseconds; a chunk at the slowest pace fits, and the lease guards the rest
Hearer = Actor[[int], None]
_LOCK = threading.Lock()
logger = structlog.get_logger()


def enlist(broker: Broker, tools: Tools, *, name: str) -> Hearer:
    """The actor of one lane on its own broker connection; `name` keeps lanes, and installations that share a broker, apart."""

    def hear_fact(entry_id: int) -> None:
        try:
            hear(entry_id, tools)
        except SQLAlchemyError as fault:  # its hint comes again; Dramatiq would write a traceback for each
            if tools.complaints.is_due("actor", fault):
                logger.warning("a fact could not be heard for want of the database", entry=entry_id, fault=str(fault))

    return actor(actor_name=name, queue_name=name, broker=broker, time_limit=TIME_LIMIT)(hear_fact)


def lane_of(kind: str) -> str:
    """Which lane a kind of fact is told on."""
    return "sending" if kind in SENDING_LANE else "desk"


def hear(entry_id: int, tools: Tools) -> None:
    """Let every subscriber of one fact act on it; what fails stays untold and is told again later.

    A hint comes again every few seconds, however long its fact takes to hear: it is let be while that is heard in this process, and once it is told.
    """
    with _LOCK:
        if entry_id in tools.hearing:
            return
        tools.hearing.add(entry_id)
    try:
        with tools.database.reading() as session:
            entry, untold = log.get(session, entry_id), log.is_untold(session, entry_id)
        if entry is None:
            logger.warning("a hint names no fact", entry=entry_id)
        elif untold:
            _tell(entry, entry_id, tools)
    finally:
        tools.hearing.discard(entry_id)


def _tell(entry: LogEntry, entry_id: int, tools: Tools) -> None:
    kind, failures, away = log.Event.kinds.get(entry.kind), list[str](), False
    if kind is None:
        failures.append(f"No subscriber here knows {entry.kind}: a newer version wrote it")
    for subscriber in SUBSCRIPTIONS.get(kind, []) if kind else []:
        try:
            subscriber(entry, tools)
        except TryLater as fault:
            logger.info("a subscriber comes back later", subscriber=subscriber.__name__, kind=entry.kind, entry=entry_id, fault=str(fault))
            failures.append(f"{subscriber.__name__}: {fault}")
        except Exception as fault:  # one subscriber's fault must not keep the others from hearing; it is recorded below
            logger.exception("a subscriber failed", subscriber=subscriber.__name__, kind=entry.kind, entry=entry_id)
            away = away or database.is_away(fault)
            failures.append(f"{subscriber.__name__}: {type(fault).__name__}: {fault}")
    with tools.database.transaction() as session:
        if failures:
            log.not_told(session, entry_id, error="; ".join(failures), at=tools.clock(), anew=away)
        else:
            log.told(session, entry_id)
    tools.news.set()  # what its subscribers recorded waits for no pause of the relay
