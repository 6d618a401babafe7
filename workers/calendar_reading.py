"""The calendars subscribed to: every minute whatever is due is read from the web and loaded, by one clock each.

On a thread of its own, so that a slow server keeps no schedule waiting. No transaction is open while the network is.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from audiences import calendar_subscriptions
from campaigns.foundation.errors import TryLater
from workers.tools import Tools

EVERY = 60.0  # seconds
logger = structlog.get_logger()


def run(tools: Tools) -> None:
    """Look until asked to stop. Whatever goes wrong is tried again at a later look."""
    while not tools.stopping.wait(EVERY):
        try:
            read_due(tools)
        except TryLater as fault:
            logger.warning("no calendar is read", fault=str(fault))
        except SQLAlchemyError as fault:
            logger.warning("the calendars could not reach the database", fault=str(fault))
        except Exception as fault:  # one calendar's trouble must not end the thread; it is due again after its lease
            logger.exception("a calendar could not be read", fault=f"{type(fault).__name__}: {fault}")


def read_due(tools: Tools) -> int:
    """Read every calendar that is due, one after another; gives how many were read or failed."""
    number = 0
    while not tools.stopping.is_set() and _read_one(tools):
        number += 1
    return number


def _read_one(tools: Tools) -> bool:
    """Read one that is due, if any is."""
    tools.require_sound_time()
    with tools.database.transaction() as session:
        taken = calendar_subscriptions.claim(session, at=tools.clock())
    if taken is None:
        return False
    loopback = tools.settings.env != "production"
    outcome = calendar_subscriptions.look(taken, loopback=loopback, given_up=tools.stopping.is_set)
    if isinstance(outcome, str) and tools.stopping.is_set():
        return False  # cut off by us; it is due again after its lease
    with tools.database.transaction() as session:
        found = calendar_subscriptions.settle(session, taken.id, outcome, at=tools.clock())
    if isinstance(found, str):
        logger.warning("a calendar could not be read", name=taken.name, fault=found)
    else:
        logger.info("a calendar was read", name=taken.name, refused=len(found.refused))
    return True
