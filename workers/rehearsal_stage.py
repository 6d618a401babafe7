"""Where a rehearsal takes place: a folder, settings that know only ENV=test, and a database of its own that no other kind of installation opens.

A database named by the caller is used when it is empty, and left for them to look at. One that holds an earlier rehearsal gets a new one
beside it (a schema on PostgreSQL, a file on SQLite); one that holds anything else is refused.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from campaigns import migrations
from campaigns.foundation import settings, stamps
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from campaigns.foundation.settings import Settings

AS_FAST_AS_IT_GOES = 1_000_000.0  # letters a second: the catcher's pace, not ours, is what a rehearsal slows
ENV: Final = "test"


@dataclass(frozen=True)
class Stage:
    """The place of one rehearsal."""

    folder: Path
    settings: Settings
    database: Database

    @property
    def journal(self) -> Path:
        """What our own catcher writes."""
        return self.folder / "mail.journal"

    @property
    def audience(self) -> Path:
        """The signed audience, as it is exported for the checker."""
        return self.folder / "audience.jsonl"

    def environment(self) -> dict[str, str]:
        """What a child process is told: these settings, and nothing Countersign's from outside."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
        ours = {f"COUNTERSIGN_{name.upper()}": str(value) for name, value in self.settings.model_dump().items() if value is not None}
        return outside | ours


@contextmanager
def build(*, smtp: str, database_url: str | None, broker_url: str | None, keep: Path | None) -> Iterator[Stage]:
    """A migrated, stamped, otherwise empty stage; its folder is removed afterwards unless it is to be kept."""
    folder = (keep or Path(tempfile.mkdtemp(prefix="countersign-rehearsal-"))).absolute()
    if keep and folder.exists() and any(folder.iterdir()):
        raise Refused(f"{keep} is not empty; a rehearsal keeps its files in a folder of their own.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        url = _own(database_url) if database_url else f"sqlite:///{folder / 'rehearsal.db'}"
        database = Database(url)
        _found(database)
        yield Stage(folder, _settings(folder, url, smtp=smtp, broker_url=broker_url), database)
        database.dispose()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def shown(url: str) -> str:
    """The database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _settings(folder: Path, url: str, *, smtp: str, broker_url: str | None) -> Settings:
    return settings.load(
        env=ENV,
        database_url=url,
        broker_url=broker_url,
        smtp_url=f"smtp://{smtp}",
        data_dir=folder,
        arming_file=folder / "arming.json",
        pace=AS_FAST_AS_IT_GOES,
        secret_key=secrets.token_hex(32),
    )


def _found(database: Database) -> None:
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        stamps.put(session, ENV)


def _own(named: str) -> str:
    database = Database(named)
    try:
        tables = sa.inspect(database.engine).get_table_names()
        if not tables:
            return named
        if "stamps" not in tables:
            raise Refused("This database holds other things. A rehearsal needs an empty one, or one that an earlier rehearsal made.")
        with database.reading() as session:
            stamps.check(session, ENV)
        return _beside(database)
    except SQLAlchemyError as fault:
        raise Refused(f"This database cannot be used: {type(fault).__name__}: {str(fault).splitlines()[0]}") from fault
    finally:
        database.dispose()


def _beside(database: Database) -> str:
    name, url = f"rehearsal_{secrets.token_hex(4)}", make_url(database.url)
    if database.is_sqlite:
        beside = url.set(database=str(Path(str(url.database)).with_name(f"{name}.db")))
    else:
        with database.transaction() as session:
            session.execute(sa.schema.CreateSchema(name))
        beside = url.update_query_dict({"options": f"-csearch_path={name}"})
    return beside.render_as_string(hide_password=False)
