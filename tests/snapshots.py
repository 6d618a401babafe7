"""A beginning is built once and copied for every later test that begins so: on SQLite, a file is all there is of a database. A beginning may go
on where another ended, as long as nothing else was written in between. Where the product or a story's own terms are changed first, set AFRESH.

Real commits and the product's own steps made it; only making the very same thing again is spared. On PostgreSQL its rows are kept beside the
tables (server_snapshots.py).
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import make_url

from campaigns.foundation.database import Database
from tests import server_snapshots

Made = TypeVar("Made")
Step = TypeVar("Step", bound=Callable[..., Any])
Built = TypeVar("Built", bound=Callable[..., Any])
FOLDER = tempfile.TemporaryDirectory(prefix="snapshots", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
AFRESH = bool(os.environ.get("COUNTERSIGN_TEST_AFRESH"))  # where the code itself is changed meanwhile, nothing is copied
EMPTY = "nothing"
KEPT: dict[str, tuple[Path, object]] = {}
STANDS: dict[Path, tuple[str, int]] = {}  # which beginning a file is a copy of, and when it was put there, in nanoseconds
ON_SERVERS: dict[str, tuple[str, object, server_snapshots.Rows]] = {}
STANDS_ON_SERVER: dict[str, tuple[str, server_snapshots.Rows]] = {}


def of(database: Database, name: str, build: Callable[[Database], Made]) -> Made:
    """What `build` makes of a database that is empty or stands at a beginning, known by this name, and what it returned: values that hold no
    database of their own.
    """
    if AFRESH:
        return build(database)
    if not database.is_sqlite:
        return _of_a_server(database, name, build)
    if (before := _stands_at(database)) is None:
        return build(database)
    name = f"{before}, then {name}"
    if name not in KEPT:
        made, path = build(database), Path(FOLDER.name) / f"{len(KEPT)}.db"
        copy(database, path)
        KEPT[name] = path, made
    path, kept = KEPT[name]
    put(path, database, name)
    return kept  # type: ignore[return-value]


def once(build: Step) -> Step:
    """A step from a house to a story: with nothing of a test's own in it, it is taken once for each house, and copied."""

    @wraps(build)
    def told(house: Any, *own: Any, **of_its_own: Any) -> Any:
        if own or of_its_own:
            return build(house, *own, **of_its_own)
        return replace(
            of(house.database, f"{build.__module__}.{build.__name__} of {house.campaign}", lambda _: replace(build(house), house=None)),
            house=house,
        )

    return cast("Step", told)


def _of_a_server(database: Database, name: str, build: Callable[[Database], Made]) -> Made:
    rows = server_snapshots.rows(database)
    before, stood = STANDS_ON_SERVER.get(database.url, ("", [])) if rows else (EMPTY, rows)
    if rows != stood:
        return build(database)
    name = f"{database.url}: {before}, then {name}"
    if name not in ON_SERVERS:
        made, schema = build(database), f"kept_{len(ON_SERVERS)}"
        server_snapshots.keep(database, schema)
        ON_SERVERS[name] = schema, made, server_snapshots.rows(database)
    elif not server_snapshots.put(database, ON_SERVERS[name][0]):
        return build(database)
    _, kept, stands = ON_SERVERS[name]
    STANDS_ON_SERVER[database.url] = name, stands
    return kept  # type: ignore[return-value]


def beginning(build: Built) -> Built:
    """A fixture, or what one calls, that makes something of a database alone: made once, and told of the database it is copied to."""

    @wraps(build)
    def told(*given: Database, **named: Database) -> Any:
        (database,) = (*given, *named.values())
        return _told_of(of(database, f"{build.__module__}.{build.__qualname__}", build), database)

    return cast("Built", told)


def _told_of(made: Any, database: Database) -> Any:
    if isinstance(made, Database):
        return database
    if isinstance(made, tuple):
        return tuple(_told_of(one, database) for one in made)
    if not is_dataclass(made):
        return made
    parts = {field.name: getattr(made, field.name) for field in fields(made) if field.init}
    changed = {name: new for name, old in parts.items() if (new := _told_of(old, database)) is not old}
    return replace(made, **changed) if changed else made  # type: ignore[type-var]


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


def put(kept: Path, database: Database, name: str) -> None:
    """The database's file becomes a copy of this one, which is known by this name. A new file, not new contents: a connection that a test left behind, closed by whatever
    collects it, would else take the new file's log away with it (SQLite leaves a log alone whose database was moved).
    """
    database.dispose()
    path = file_of(database)
    for place in (path, *_beside(path)):
        place.unlink(missing_ok=True)
    shutil.copy(kept, path)
    STANDS[path] = name, path.stat().st_mtime_ns


def copy(database: Database, path: Path) -> None:
    """A copy of the database's file as it stands."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file_of(database), path)


def file_of(database: Database) -> Path:
    """Where an SQLite database is kept."""
    return Path(str(make_url(database.url).database))


def _stands_at(database: Database) -> str | None:
    """The beginning that was put there, unless anything was written since: to the file itself, or to the log before it."""
    path = file_of(database)
    name, at = STANDS.get(path, (None, 0))
    log, _ = _beside(path)
    written = path.stat().st_mtime_ns != at or (log.exists() and log.stat().st_size > 0)
    return None if written else name


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
