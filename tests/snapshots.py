"""A beginning is built once and copied for every later test that begins so: on SQLite, a file is all there is of a database.

Real commits and the product's own steps made it; only making the very same thing again is spared. On PostgreSQL its rows are kept beside the
tables (server_snapshots.py).
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url

from campaigns.foundation.database import Database
from tests import server_snapshots

Made = TypeVar("Made")
FOLDER = tempfile.TemporaryDirectory(prefix="snapshots", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
AFRESH = bool(os.environ.get("COUNTERSIGN_TEST_AFRESH"))  # where the code itself is changed meanwhile, nothing is copied
FOUNDED = {"alembic_version", "stamps", "sqlite_sequence"}
KEPT: dict[str, tuple[Path, object]] = {}
ON_SERVERS: dict[str, tuple[str, object]] = {}


def of(database: Database, name: str, build: Callable[[Database], Made]) -> Made:
    """What `build` makes of an empty database, known by this name, and what it returned: values that hold no database of their own."""
    if AFRESH:
        return build(database)
    if not database.is_sqlite:
        return _of_a_server(database, name, build)
    if not _is_an_empty_file(database):
        return build(database)
    if name in KEPT:
        path, made = KEPT[name]
        put(path, database)
        return made  # type: ignore[return-value]
    made = build(database)
    path = Path(FOLDER.name) / f"{len(KEPT)}.db"
    copy(database, path)
    KEPT[name] = path, made
    return made


def _of_a_server(database: Database, name: str, build: Callable[[Database], Made]) -> Made:
    place = f"{database.url}: {name}"
    if not server_snapshots.is_empty(database):
        return build(database)
    if place in ON_SERVERS:
        schema, made = ON_SERVERS[place]
        return made if server_snapshots.put(database, schema) else build(database)  # type: ignore[return-value]
    made = build(database)
    schema = f"kept_{len(ON_SERVERS)}"
    server_snapshots.keep(database, schema)
    ON_SERVERS[place] = schema, made
    return made


class Snapshot:
    """Everything in an SQLite database at one moment, triggers too, to be put back as often as a test likes."""

    def __init__(self, database: Database) -> None:
        self.database, self._kept = database, sqlite3.connect(":memory:")
        self._copy(back=False)

    def back(self) -> None:
        """The database stands again as it did."""
        self._copy(back=True)

    def _copy(self, *, back: bool) -> None:
        pooled = self.database.engine.raw_connection()
        ours = pooled.driver_connection
        assert isinstance(ours, sqlite3.Connection)
        self._kept.backup(ours) if back else ours.backup(self._kept)
        pooled.close()


def put(kept: Path, database: Database) -> None:
    """The database's file becomes a copy of this one. A new file, not new contents: a connection that a test left behind, closed by whatever
    collects it, would else take the new file's log away with it (SQLite leaves a log alone whose database was moved).
    """
    database.dispose()
    path = file_of(database)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copy(kept, path)


def copy(database: Database, path: Path) -> None:
    """A copy of the database's file as it stands."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file_of(database), path)


def file_of(database: Database) -> Path:
    """Where an SQLite database is kept."""
    return Path(str(make_url(database.url).database))


def _is_an_empty_file(database: Database) -> bool:
    with database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        full = " OR ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names if name not in FOUNDED)
        return not connection.exec_driver_sql(f"SELECT {full}").scalar()
