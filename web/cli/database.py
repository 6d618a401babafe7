"""`countersign database`: make the tables, or check that they are what the code declares."""

import sys
import tempfile
from typing import Any

import click
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from campaigns import migrations
from campaigns.foundation.database import Database
from web.cli import installation


@click.group("database")
def group() -> None:
    """The tables."""


@group.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    with installation.writing(new=True) as (settings, database):
        installation.migrate(settings, database)
    click.echo("The database is at the newest revision.")


@group.command()
def check() -> None:
    """Say whether the revisions make exactly the tables the code declares; exit code 1 if not. Works on a scratch database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db")
        migrations.upgrade(database.engine)
        found = differences(database)
        database.dispose()
    for difference in found:
        click.echo(f"  {difference}")
    click.echo("The tables and the code differ." if found else "The tables are what the code declares.")
    sys.exit(1 if found else 0)


def differences(database: Database) -> list[Any]:
    """What its tables and the models that were imported say differently of each other."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))
