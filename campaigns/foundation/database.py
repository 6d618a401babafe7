"""The one truth, and the one place that commits.

`transaction()` for a step that writes, `reading()` for a page that looks. On SQLite a writer begins IMMEDIATE, because a deferred
read-then-write fails at once with "database is locked" whatever the timeout says; WAL and synchronous=FULL keep what was committed.
What is deleted or written over is blanked in the file (secure_delete), so that erasing a person leaves nothing to be found there.
"""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session, SQLModel, create_engine

from campaigns.foundation.errors import NotFound

Row = TypeVar("Row", bound=SQLModel)

# Names for every constraint, so that migrations can speak of them on both engines.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WRITING = "countersign_writing"
UNIQUE_VIOLATION = "23505"  # PostgreSQL's name for it
PATIENCE = 30_000  # milliseconds for which a connection waits for another's lock
# On PostgreSQL a process that stands still in a transaction, or whose machine is gone, would keep its locks for ever, and every clock and every
# officer's stop waiting: after so long the server ends such a transaction, and nobody waits longer for a lock than that leaves time for a tick.
STANDING_STILL = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'"
# A server whose machine vanished says nothing: without these libpq waits for it for up to two hours. What the URL says comes first.
NOTICED = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}


class Database:
    """A connection pool over SQLite or PostgreSQL, by URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writing = self.engine.execution_options(**{WRITING: True})

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that writes: committed when the block ends well, undone whole when it does not."""
        with Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that looks; whatever it changed is forgotten."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session
            session.expunge_all()  # what was read stays readable; a rollback would expire it
            session.rollback()

    def is_read_only(self) -> bool:
        """Whether nobody may write here: a standby, one that was told so, or a file that is not to be written."""
        if self.is_sqlite:
            path = make_url(self.url).database
            return bool(path and Path(path).exists() and not os.access(path, os.W_OK))
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on"  # type: ignore[no-any-return]

    def blank_the_log(self) -> bool:
        """Bring SQLite's write-ahead log into the file and empty it; False while somebody still reads from it. PostgreSQL looks after its own."""
        if not self.is_sqlite:
            return True
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1000")  # writers wait as long as we do
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        return not busy

    def dispose(self) -> None:
        """Close every connection; needed after a fork and before a file is moved."""
        self.engine.dispose()


def get(session: Session, table: type[Row], key: object, sentence: str, *, lock: bool | dict[str, bool] = False) -> Row:
    """The row of that key; refuses with the sentence where there is none. `lock` holds it, as it is by now, until the transaction ends."""
    can_be = not isinstance(key, str) or key.isprintable()  # PostgreSQL takes no NUL
    row = session.get(table, key, with_for_update=lock, populate_existing=bool(lock)) if can_be else None
    if row is None:
        raise NotFound(sentence)
    return row


def insert(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT in the dialect of the session's engine: both know ON CONFLICT, which plain SQL does not."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


def is_double(fault: IntegrityError) -> bool:
    """Whether a row was refused as there is one of the same key: somebody else's, written since we looked. On SQLite writers take turns."""
    return getattr(fault.orig, "sqlstate", None) == UNIQUE_VIOLATION


def is_away(fault: Exception) -> bool:
    """Whether a connection was lost or refused, rather than that the database answered what was wrong, as that its disk is full."""
    if isinstance(fault, DBAPIError) and fault.connection_invalidated:
        return True
    return isinstance(fault, OperationalError) and getattr(fault.orig, "sqlstate", "answered") is None


def _postgresql(url: str) -> Engine:
    asked = make_url(url).query
    how = {name: value for name, value in NOTICED.items() if name not in asked}
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=how)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute(STANDING_STILL)
        connection.commit()

    return engine


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # What a statement was about stays out of error texts, which are logged: it may be somebody's address.
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE / 1000, "check_same_thread": False})

    @event.listens_for(engine, "do_connect")
    def keep_private(*_: Any) -> None:
        """A new file is its owner's alone, whatever the umask; those that SQLite puts beside it take after it. What cannot be made, SQLite says."""
        if path and path != ":memory:" and not path.startswith("file:"):
            with contextlib.suppress(OSError):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
