"""This installation, opened for a command: its settings, its database, and the pages' own context where accounts are touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click

from audiences import founding
from campaigns import migrations
from campaigns.agreement import keyrings, parties
from campaigns.foundation import audit, clock, revisions, stamps
from campaigns.foundation import settings as settings_module
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.settings import Settings
from web.app import create_app


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database, as they are."""
    settings = settings_module.load()
    database = Database(settings.database_url)
    try:
        yield settings, database
    finally:
        database.dispose()


@contextmanager
def writing(*, new: bool = False) -> Iterator[tuple[Settings, Database]]:
    """The same for a command that writes: refused on a database that is not `ready`, unless it may be `new`; what the command recorded is linked
    into the chain before it ends, whether or not a worker is about."""
    with opened() as (settings, database):
        if not new:
            ready(settings, database)
        yield settings, database
        audit.chain_all(database)


@contextmanager
def with_pages() -> Iterator[tuple[Settings, Database]]:
    """The same inside an application context, for commands that write: passwords are hashed and e-mails rendered there. Refuses another kind's database."""
    with writing() as (settings, database), create_app(settings, database).test_request_context(base_url=settings.base_url):
        yield settings, database


def today() -> date:
    """The London day."""
    return clock.london(clock.now()).date()


def as_at(day: datetime | None) -> date | None:
    """The day of `--as-at`, if one is named. Refuses one to come, of which nobody knows anything."""
    if day is not None and day.date() > today():
        raise click.BadParameter(f"{day:%Y-%m-%d} is still to come: name a day gone by, or leave it out for today.", param_hint="--as-at")
    return day.date() if day else None


def ready(settings: Settings, database: Database) -> None:
    """Refuse to work on a database that is not ours, or not at this version's revision."""
    revisions.refuse_others(database.engine)
    with database.reading() as session:
        stamps.check(session, settings.env)
        if settings.env != "test":
            keyrings.refuse_software(session)


def migrate(settings: Settings, database: Database) -> None:
    """Bring the database to the newest revision, stamp it as ours, and found what every installation has: parties, register, audiences.

    Refuses one that a newer version has migrated."""
    revisions.refuse_newer(database.engine)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        stamps.put(session, settings.env)
        parties.found(session)
        founding.found(session, by=COUNTERSIGN, at=clock.now())
