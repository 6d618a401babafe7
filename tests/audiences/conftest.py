"""What these tests start from: a founded installation, and one with the demo's people; made once and copied where that can be."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiences import founding
from audiences.pilot import demo
from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.invited import Invited
from tests.audiences.posts import NOON, OFFICER
from tests.campaigns.stories import Story


def found(database: Database, *, with_people: bool) -> None:
    """The register, the bodies and the audiences; with the demo's posts or with nobody in them."""
    with database.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
        if with_people:
            demo.load(session, by=OFFICER, at=NOON)


@pytest.fixture(scope="session")
def templates(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """A founded SQLite file without people, and one with."""
    folder = tmp_path_factory.mktemp("founded")
    paths = {with_people: folder / f"{with_people}.db" for with_people in (False, True)}
    for with_people, path in paths.items():
        shutil.copy(empty_sqlite, path)
        database = Database(f"sqlite:///{path}")
        found(database, with_people=with_people)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
    return paths


@pytest.fixture
def desk(templates: dict[bool, Path], tmp_path: Path) -> Iterator[Database]:
    """A founded installation on SQLite, for tests of many small cases."""
    shutil.copy(templates[False], tmp_path / "desk.db")
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    yield database
    database.dispose()


@pytest.fixture
def founded(database: Database, templates: dict[bool, Path], tmp_path: Path) -> Iterator[Database]:
    """The register, the bodies and the audiences, and nobody in them, on each engine."""
    yield from _prepared(database, templates, tmp_path, with_people=False)


@pytest.fixture
def peopled(database: Database, templates: dict[bool, Path], tmp_path: Path) -> Iterator[Database]:
    """The same with the demo's posts."""
    yield from _prepared(database, templates, tmp_path, with_people=True)


def _prepared(database: Database, templates: dict[bool, Path], folder: Path, *, with_people: bool) -> Iterator[Database]:
    if not database.is_sqlite:
        _put_back(database, f"kept_{with_people}".lower(), with_people)
        yield database
        return
    shutil.copy(templates[with_people], folder / "prepared.db")
    prepared = Database(f"sqlite:///{folder / 'prepared.db'}")
    yield prepared
    prepared.dispose()


def _put_back(database: Database, schema: str, with_people: bool) -> None:
    """On PostgreSQL the first beginning of a process is kept in a schema of its own, and copied from there for every later test."""
    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'").scalars().all()
    if not kept:
        found(database, with_people=with_people)
        with database.engine.begin() as connection:
            names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            for name in names:
                if name not in {"alembic_version", "stamps"}:
                    connection.exec_driver_sql(f'CREATE TABLE {schema}."{name}" AS TABLE public."{name}"')
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("; ".join(f'INSERT INTO public."{name}" SELECT * FROM {schema}."{name}"' for name in kept))
        connection.exec_driver_sql("SELECT setval('log_entries_id_seq', (SELECT max(id) FROM log_entries))")


@pytest.fixture
def out(sqlite: Database) -> tuple[Invited, Story]:
    """Invitations that went to readers of two groups."""
    return invited.gone(sqlite)


@pytest.fixture
def tour(out: tuple[Invited, Story]) -> Invited:
    """The tour of these."""
    return out[0]


@pytest.fixture
def story(out: tuple[Invited, Story]) -> Story:
    """The release of these."""
    return out[1]
