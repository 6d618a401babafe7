"""The relay: takes facts still to be told out of the database and hints at them through Dramatiq, at least once, for ever.

The only one that talks to Dramatiq. When the broker does not answer, the facts simply stay due.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from campaigns.foundation import log
from workers import brokers
from workers.actors import Hearer, lane_of
from workers.subscriptions import SENDING_LANE
from workers.tools import Tools

PAUSE = 0.2  # seconds between looks when there is nothing to tell, and nothing that this process knows of
BROKER_DOWN = 2.0
DATABASE_DOWN = 1.0
AT_ONCE = 200  # hints under way
CHUNKS_AT_ONCE = 16  # what is claimed within a pause at any speed, and few enough to be given again when a broker lost them
logger = structlog.get_logger()


def run(tools: Tools, lanes: dict[str, Hearer]) -> None:
    """Hint until asked to stop."""
    while not tools.stopping.is_set():
        try:
            busy = tell_due(tools, lanes)
        except brokers.down(tools.settings.broker_url) as fault:
            if tools.complaints.is_due("broker", fault):
                logger.warning("the broker does not answer", fault=str(fault))
            tools.stopping.wait(BROKER_DOWN)
            continue
        except SQLAlchemyError as fault:
            if tools.complaints.is_due("relay", fault):
                logger.warning("the relay could not read the database", fault=str(fault))
            tools.stopping.wait(DATABASE_DOWN)
            continue
        if not busy:
            tools.news.wait(PAUSE)
            tools.news.clear()


def tell_due(tools: Tools, lanes: dict[str, Hearer]) -> bool:
    """Hint at everything due; True if there was anything."""
    with tools.database.reading() as session:
        if not log.any_due(session, at=tools.clock()):
            return False
    with tools.database.transaction() as session:
        due = log.hint(session, at=tools.clock(), most=AT_ONCE, but=SENDING_LANE)
        due += log.hint(session, at=tools.clock(), most=CHUNKS_AT_ONCE, only=SENDING_LANE)
    for place, (entry_id, kind) in enumerate(due):
        try:
            lanes[lane_of(kind)].send(entry_id)
        except brokers.down(tools.settings.broker_url):
            with tools.database.transaction() as session:
                log.not_hinted(session, [number for number, _ in due[place:]], at=tools.clock())
            raise
    return bool(due)
