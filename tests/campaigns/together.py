"""Two transactions at the same moment: the second meets whatever the first holds, and no sleep says when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlmodel import Session

from campaigns.foundation.database import Database

Step = Callable[[Session], object]


def at_once(database: Database, first: Step, then: Step) -> None:
    """The second begins before the first is committed, and goes as far as it can, on PostgreSQL; on SQLite one would wait anyway."""

    def go() -> None:
        with database.transaction() as session:
            then(session)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            first(session)
            other = pool.submit(go)
            while not (other.done() or _somebody_waits(database)):
                pass
        other.result(timeout=60)


def _somebody_waits(database: Database) -> bool:
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    with database.engine.connect() as connection:
        return bool(connection.scalar(waiting))
