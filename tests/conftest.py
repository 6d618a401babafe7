"""What every test has at hand: a freshly migrated database on each engine that answers, and a network shut except loopback."""

import gc
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from campaigns import migrations
from campaigns.foundation import stamps
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import server_snapshots, snapshots

POSTGRES_URL = os.environ.get("COUNTERSIGN_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
POSTGRES_NAME = f"countersign_tests_{os.getpid()}"  # runs side by side do not share one


# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("countersign", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("countersign")

BOTH_ENGINES = ("agreement", "delivery", "foundation")  # among the short tests; all others play on PostgreSQL among the long ones


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: Chromium's files, then those that start processes. xdist gives each file to one process."""
    for item in items:
        if isinstance(item, pytest.Function) and "postgresql" in item.name and item.path.parent.name not in BOTH_ENGINES:
            item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: ["browser", "processes", item.path.parent.name].index(item.path.parent.name))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What is imported and collected stays to the end: the collector of garbage need not walk through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say every figure a test recorded, and how many guards were shown to matter."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    told = [
        pair for report in reports if isinstance(report, pytest.TestReport) and report.when == "call" for pair in report.user_properties
    ]
    lines = [str(value) for name, value in told if name == "figure"]
    if guards := sum(name == "guard" for name, _ in told):
        lines.append(f"guards: {guards} removed one by one, each missed by the walk's model")
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _files_kept_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is kept beside a database is kept for this run only, where a test names no folder of its own."""
    os.environ.setdefault("COUNTERSIGN_DATA_DIR", str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every application that is made, in each of xdist's processes, finds the templates that another has compiled in this run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates_compiled"
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture(scope="session", autouse=True)
def _tracebacks_are_plain() -> None:
    """Of its own accord structlog draws them with rich, where that is installed, and every local value in them: seconds for one."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.fixture(scope="session", autouse=True)
def _network_shut_except_loopback() -> Iterator[None]:
    genuine = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(f"tests may not reach {host}")
        genuine(self, address)  # type: ignore[arg-type]

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = genuine  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _arming_files_are_this_runs_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    yield
    os.environ.pop("XDG_STATE_HOME") if before is None else os.environ.update(XDG_STATE_HOME=before)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, stamped SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    found(database)
    snapshots.copy(database, path.with_name("copy.db"))
    database.dispose()
    return path.with_name("copy.db")


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One file and one engine for all tests of a process, so that each statement is compiled once; emptied before every test."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}")
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))  # no test cuts the power
    yield database
    database.dispose()


def found(database: Database) -> None:
    """Migrate and stamp as a test database."""
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        stamps.put(session, "test")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database | None]:
    """A database of our own on the PostgreSQL server that answers, or None."""
    yield from own_postgres()


def own_postgres() -> Iterator[Database | None]:
    """The same, for drills that run without pytest."""
    try:
        server = sa.create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {POSTGRES_NAME} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {POSTGRES_NAME}")
            connection.exec_driver_sql(f"ALTER DATABASE {POSTGRES_NAME} SET synchronous_commit = off")  # no test cuts the power
    except (sa.exc.OperationalError, ImportError, ModuleNotFoundError):
        yield None
        return
    database = Database(sa.make_url(POSTGRES_URL).set(database=POSTGRES_NAME).render_as_string(hide_password=False))
    found(database)
    yield database
    database.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {POSTGRES_NAME} WITH (FORCE)")
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database: real commits, on both engines."""
    if request.param == "sqlite":
        sqlite: Database = request.getfixturevalue("sqlite")
        return sqlite
    on_postgres: Database = request.getfixturevalue("on_postgres")
    return on_postgres


@pytest.fixture
def on_postgres(postgres: Database | None) -> Database:
    """An empty PostgreSQL database, for tests of what SQLite never does: two writers at once."""
    if postgres is None:
        pytest.skip("no PostgreSQL answers at COUNTERSIGN_TEST_POSTGRES_URL")
    empty(postgres)
    return postgres


@pytest.fixture
def sqlite(empty_sqlite: Path, sqlite_file: Database) -> Database:
    """An empty SQLite database, for tests that need only one engine."""
    snapshots.put(empty_sqlite, sqlite_file, snapshots.EMPTY)
    return sqlite_file


@pytest.fixture(scope="session")
def settings_read(sqlite_file: Database) -> Settings:
    """What the settings of every test installation have in common: reading them takes longer than many a test."""
    return Settings(env="test", database_url=sqlite_file.url, pace=100_000)


@pytest.fixture
def settings(tmp_path: Path, settings_read: Settings) -> Settings:
    """Settings of a test installation."""
    return settings_read.model_copy(update={"data_dir": tmp_path})


def empty(database: Database) -> None:
    """Forget everything but the schema and the stamp."""
    with database.engine.begin() as connection:
        server_snapshots.empty(connection)
