"""The database's process is taken away: on SQLite the one that writes is killed with -9 fifty times in the middle of sending, and
the file is looked through after each; on PostgreSQL the server crashes every seven seconds, and its indexes are looked through at the end.

`python -m tests.processes.database_drill` plays both and prints one JSON object; exit code 1 when a letter was lost or doubled, or either
database did not come back whole.
"""

import argparse
import random
import sqlite3
import sys
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.processes import clusters, ending, hands, storm_accounts, storm_cell, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import Cell

KILLS, PEOPLE, PACE = 50, 6000, 40.0
CRASHED, CRASH_EVERY = 1200, 7.0
INDEXES = """SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.amname = 'btree' AND n.nspname NOT LIKE 'pg_toast%' AND c.relpersistence <> 't' AND i.indisvalid"""


def kill(kills: int, people: int, *, seed: int = 1) -> dict[str, Any]:
    """Kill the one worker so often while it sends; after each kill, and at the end, the file is whole or it is counted."""
    cell = Cell(people, seed, "sqlite", "memory", 1, people / PACE, "{}", None)
    chance, broken = random.Random(seed), list[str]()
    with storm_scene.opened(cell, None) as storm:
        storm.played.agree()
        path = str(make_url(storm.played.stage.settings.database_url).database)
        for _ in range(kills):
            worker, _ = hands.busy(storm, chance)
            worker.kill()
            worker.wait(10)
            broken += _faults(path)
            storm.man(0)
        storm.settle(within=60 + 3 * people / PACE)
        broken += _faults(path)
        counts = storm_accounts.count(storm)
        left = storm.played.release().state
    return {"kills": kills, "looks through the file": kills + 1, "not whole": broken, "release": left, **storm_accounts.six(counts)}


def _faults(path: str) -> list[str]:
    """What SQLite finds wrong with a file, seen by a process that has just opened it."""
    connection = sqlite3.connect(path, timeout=30)
    try:
        return [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    finally:
        connection.close()


def crash(people: int, *, every: float = CRASH_EVERY, seed: int = 1) -> dict[str, Any]:
    """Take PostgreSQL down at once, every few seconds, under three workers; then look through every index and what it points to."""
    cell = Cell(people, seed, quiet_for=people / PACE, faults="{}", kill_every=None, crash_every=every)
    with clusters.opened() as cluster:
        found = storm_cell.play(cell, cluster, limit=10 * cell.quiet_for)
        indexes, broken = looked_through(cluster)
    return {"crashes": found["crashes"], "indexes looked through": indexes, "not whole": broken, **storm_accounts.six(found)}


def looked_through(cluster: Cluster) -> tuple[int | None, list[str]]:
    """How many indexes were looked through, and what is wrong with them; None where PostgreSQL brings no amcheck."""
    with psycopg.connect(cluster.url.replace("+psycopg", ""), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'").fetchone():
            return None, []
        connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        try:
            return len(connection.execute(INDEXES).fetchall()), []
        except psycopg.Error as fault:
            return 0, [str(fault)]


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be."""
    return storm_accounts.faults(found) + [f"not whole: {fault}" for fault in found["not whole"]]


def main() -> None:
    """Both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--crashed", type=int, default=CRASHED, help="letters that are sent while PostgreSQL crashes")
    asked = parser.parse_args()
    if reason := clusters.why_not():
        sys.exit(reason)
    found = {"SQLite": kill(asked.kills, PEOPLE * asked.kills // KILLS), "PostgreSQL": crash(asked.crashed)}
    void = [] if found["PostgreSQL"]["crashes"] else ["PostgreSQL never crashed"]
    ending.leave(found, wrong=[f"{name}: {fault}" for name, one in found.items() for fault in wrong(one)], void=void)


if __name__ == "__main__":
    main()
