"""Where something is done: on which machine, in which database, so that a copy of either is told from what it was made of.

A copy of a database has another identity than its original wherever it lies: on PostgreSQL another cluster, timeline, database or table; on
SQLite another path or another file there. What a place cannot tell, the same database put back to an earlier state, `armed.py` tells.
"""

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import make_url
from sqlmodel import Session

MACHINE_ID = Path("/etc/machine-id")
WRITTEN = re.compile(r"[0-9a-f]{32}")
# The timeline is new after a recovery to a point in time and after a standby took over; the table's own number after a dump was restored.
ON_POSTGRES = sa.text(
    "SELECT (pg_control_system()).system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), oid, datname, "
    "CAST('armings' AS regclass)::oid FROM pg_database WHERE datname = current_database()"
)


@dataclass(frozen=True)
class Place:
    """One machine with one database: `key` is the same as long as both are; the names are for people."""

    key: str
    machine: str
    store: str


def here(session: Session, url: str, own: str) -> Place:
    """This machine, by its own id and by `own`, what the arming file's folder says of itself, and the database behind a session."""
    name, identity = _on_sqlite(url) if session.get_bind().dialect.name == "sqlite" else _on_postgres(session, url)
    key = hashlib.sha256("\n".join([_machine_id(), own, *identity]).encode()).hexdigest()
    return Place(key, platform.node() or "unnamed", name)


def _machine_id() -> str:
    """The id that the system gave this machine when it was set up; empty where there is none, as in many containers."""
    try:
        said = MACHINE_ID.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
    return said if WRITTEN.fullmatch(said) else ""


def _on_postgres(session: Session, url: str) -> tuple[str, list[str]]:
    row = session.connection().execute(ON_POSTGRES).one()
    asked = make_url(url)  # a cluster's files copied whole are told apart by where the copy is reached
    return str(row.datname), ["postgresql", str(asked.host), str(asked.port), str(asked.query.get("host", "")), *map(str, row)]


def _on_sqlite(url: str) -> tuple[str, list[str]]:
    # The device's number is left out: it may be another after every start of a machine.
    path = Path(make_url(url).database or "").resolve()
    return path.name, ["sqlite", str(path), str(path.stat().st_ino) if path.is_file() else "in memory"]
