"""`countersign records`: how long each class of records is kept, and disposing of what is older."""

import json

import click

from audiences import disposals, retention
from campaigns.foundation import clock
from web.cli import installation
from web.cli.person import OPERATOR


@click.group("records")
def group() -> None:
    """What is kept, and for how long."""


@group.command()
@click.option("--dry-run", is_flag=True, help="Say what is due, and dispose of nothing.")
@click.option("--json", "as_json", is_flag=True, help="The numbers, as JSON.")
def dispose(dry_run: bool, as_json: bool) -> None:
    """Dispose of what is older than the schedule on the Records page allows, legal holds minded. A worker does the same once a day."""
    with installation.writing() as (_, database):
        with database.reading() as session:
            found = retention.due(session, at=clock.now())
        if not dry_run:
            for key in found:
                found[key] = disposals.dispose(database, key, by=OPERATOR, at=clock.now())
            database.blank_the_log()
    if as_json:
        click.echo(json.dumps({"disposed": not dry_run, "records": found}))
        return
    for key, number in found.items():
        click.echo(f"{key}: {number:,} {'due' if dry_run else 'gone'}")
    if not found:
        click.echo("Nothing is due.")
