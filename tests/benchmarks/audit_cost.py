"""How long a log of 1,000,000 facts takes to verify, in a process of its own. Asked for: at most 60 seconds."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from campaigns.delivery.settling import ChunkSent
from campaigns.foundation import audit, log
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry, Unlinked
from tests import conftest
from tests.campaigns.stories import NAMESPACE, NOON

AT_MOST = 60.0
AT_ONCE = 20_000


def fill(database: Database, facts: int) -> None:
    """So many facts, as the product records them but quicker, and all of them linked by the product's own clock step."""
    with database.transaction() as session:
        one = log.record(session, ChunkSent(chunk=NAMESPACE, accepted=100), subject=NAMESPACE, by="Countersign", at=NOON)
        session.flush()
        columns = {column.name: getattr(one, column.name) for column in sa.inspect(LogEntry).local_table.columns if column.name != "id"}
    for start in range(1, facts, AT_ONCE):
        with database.transaction() as session:
            rows = [columns | {"at": NOON + timedelta(milliseconds=number)} for number in range(start, min(start + AT_ONCE, facts))]
            session.connection().execute(sa.insert(LogEntry), rows)
            fresh = sa.select(LogEntry.id).where(
                LogEntry.id.not_in(sa.select(audit.Link.entry_id)), LogEntry.id.not_in(sa.select(Unlinked.entry_id))
            )  # type: ignore[union-attr,attr-defined]
            session.connection().execute(sa.insert(Unlinked).from_select(["entry_id"], fresh))
        while _chained(database):
            pass


def _chained(database: Database) -> int:
    with database.transaction() as session:
        return audit.chain(session)


def verify(url: str) -> dict[str, Any]:
    """Verify it here; gives what was found and how long it took."""
    database, began = Database(url), time.monotonic()
    with database.reading() as session:
        finding = audit.verify(session, at=NOON + timedelta(days=1))
    return {"links": finding.links, "fault": finding.fault, "seconds": round(time.monotonic() - began, 1)}


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for, or when a fault is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--verify", metavar="URL")
    asked = parser.parse_args()
    if asked.verify:
        return print(json.dumps(verify(asked.verify)))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/log.db"
        database = Database(url)
        conftest.found(database)
        fill(database, asked.facts)
        database.dispose()
        command = [sys.executable, "-m", "tests.benchmarks.audit_cost", "--verify", url]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(json.dumps(found))
    sys.exit(0 if found["links"] >= asked.facts and not found["fault"] and found["seconds"] <= AT_MOST else 1)


if __name__ == "__main__":
    main()
