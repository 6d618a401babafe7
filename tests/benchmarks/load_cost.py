"""What the contact load costs over 1,000,000 touches, on PostgreSQL where one answers, else on SQLite. Asked for: a page's patience, 5 s."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from audiences import contact_load
from audiences.contact_load import Limit
from campaigns.foundation.database import Database
from campaigns.reach.touches import Touch
from tests import conftest
from tests.campaigns.stories import NOON

AT_MOST = 5.0
AT_ONCE = 10_000
ROLES = ("senior_manager", "elected_member", "practitioner")


def fill(database: Database, touches: int, days: int) -> None:
    """So many letters' touches at 408 authorities over so many days, from a fixed seed."""
    chance = random.Random(7)
    for start in range(0, touches, AT_ONCE):
        rows = [_row(chance, number, days) for number in range(start, min(start + AT_ONCE, touches))]
        with database.transaction() as session:
            session.connection().execute(sa.insert(Touch), rows)


def _row(chance: random.Random, number: int, days: int) -> dict[str, Any]:
    where = {"authority_code": f"E{chance.randrange(408):08}", "role": chance.choice(ROLES), "campaign_id": UUID(int=7)}
    what = {"grade": "written", "evidence": f"letter:{number}", "channel": "letter", "message_id": UUID(int=chance.randrange(500))}
    return {**where, **what, "by": "x", "at": NOON - timedelta(days=chance.random() * days)}


@contextmanager
def somewhere() -> Iterator[Database]:
    """A database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for database in conftest.own_postgres():
            if database is not None:
                conftest.empty(database)
                yield database
                return
        database = Database(f"sqlite:///{folder}/load.db")
        conftest.found(database)
        yield database
        database.dispose()


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    with somewhere() as database:
        fill(database, asked.touches, asked.days)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        seconds = {}
        for window in (30, asked.days + 1):
            began = time.monotonic()
            with database.reading() as session:
                rows = len(contact_load.everywhere(session, Limit(window, 4), at=NOON))
            seconds[f"{window} days"] = round(time.monotonic() - began, 2)
        engine = database.engine.dialect.name
    print(json.dumps({"touches": asked.touches, "rows": rows, "seconds": seconds, "engine": engine}))
    sys.exit(0 if seconds["30 days"] <= AT_MOST else 1)


if __name__ == "__main__":
    main()
