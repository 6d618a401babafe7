"""The clock: finds what is due and what was lost, every second, for ever. Any number of clocks may run; none is the leader.

Due and lost are columns in the database, never a delay in a queue.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from campaigns.agreement import schedules
from campaigns.delivery import deliveries
from campaigns.foundation import audit, log
from workers import heads, reminding
from workers.tools import Tools

TICK = 1.0
logger = structlog.get_logger()


def run(tools: Tools) -> None:
    """Tick until asked to stop. Whatever goes wrong is tried again at the next tick: a clock that dies in silence would lose everything."""
    while not tools.stopping.wait(TICK):
        try:
            tick(tools)
        except SQLAlchemyError as fault:
            logger.warning("the clock could not read the database", fault=str(fault))
        except Exception:
            logger.exception("the clock stumbled")


def tick(tools: Tools) -> None:
    """One look: overdue releases end, due ones begin, dead attempts become unknown, due letters are hinted at, new facts are chained,
    and parties that have not signed are reminded."""
    database, at = tools.database, tools.clock()
    for look in (schedules.end_overdue, schedules.begin_due, deliveries.lose_abandoned):
        with database.transaction() as session:
            look(session, at=at)
    with database.transaction() as session:
        log.tell_again(session, deliveries.due_chunks(session, at=at), at=at)
    with database.transaction() as session:
        audit.chain(session)
    heads.keep(tools)
    heads.publish(tools)
    reminding.remind(tools)
