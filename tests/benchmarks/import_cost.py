"""Importing 100,000 people on each engine, in a process of its own: seconds and peak memory with the reading process. Asked for: 30 s and 500 MB."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from audiences import authorities, founding, importing, imports
from audiences.staging import Stager
from campaigns.foundation.database import Database
from tests import conftest
from tests.audiences.posts import NOON, OFFICER
from tests.benchmarks import usage

SECONDS, MEGABYTES = 30.0, 500.0


def bring_in(url: str, path: str) -> dict[str, Any]:
    """Stage, judge and apply here; gives how many were added, how long it took, and the most memory this process and its child ever had."""
    database, began = Database(url), time.monotonic()
    import_id = Stager(database).stage(Path(path).read_bytes(), name="people.csv", by=OFFICER, at=NOON)
    staged = time.monotonic() - began
    with database.transaction() as session:
        counts = importing.apply(session, import_id, by=OFFICER, at=NOON)
    took, used = time.monotonic() - began, time.process_time()
    peak = int(usage.peak_mb(os.getpid())) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"added": counts[imports.NEW], "seconds": round(took, 1), "staging": round(staged, 1), "cpu": round(used, 1), "peak MB": peak}


def file_of(database: Database, people: int) -> str:
    """Practitioners at every council, known by its code or its official name."""
    with database.reading() as session:
        named = [text for one in authorities.every(session) for text in (one.code, one.official_name)]
    rows = (
        f'Officer {number},practitioner,"{named[number % len(named)]}",officer.{number}@council{number % 400}.gov.uk\n'
        for number in range(people)
    )
    return "name,role,council,email\n" + "".join(rows)


def measure(database: Database, people: int) -> dict[str, Any]:
    """The figures on one engine."""
    with database.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(file_of(database, people))
        file.flush()
        command = [sys.executable, "-m", "tests.benchmarks.import_cost", "--bring-in", database.url, file.name]
        figures: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return figures


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--bring-in", nargs=2, metavar=("URL", "FILE"))
    asked = parser.parse_args()
    if asked.bring_in:
        return print(json.dumps(bring_in(*asked.bring_in)))
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = Database(f"sqlite:///{folder}/imports.db")
        conftest.found(on_sqlite)
        found["SQLite"] = measure(on_sqlite, asked.people)
        on_sqlite.dispose()
    servers = conftest.own_postgres()
    if on_postgres := next(servers):
        found["PostgreSQL"] = measure(on_postgres, asked.people)
        next(servers, None)
    print(json.dumps(found))
    good = all(one["added"] == asked.people and one["seconds"] <= SECONDS and one["peak MB"] <= MEGABYTES for one in found.values())
    sys.exit(0 if good and len(found) == 2 else 1)


if __name__ == "__main__":
    main()
