"""`countersign arming`: whether letters may be sent from this machine out of this database, and why not."""

import sys

import click

from campaigns.delivery import arming
from campaigns.delivery.armed import SAID, Keeper
from campaigns.foundation import arming_files, clock
from campaigns.foundation.errors import Refused
from web.cli import installation


@click.group("arming")
def group() -> None:
    """From where letters may be sent."""


@group.command()
def show() -> None:
    """Say whether this machine may send, and who else may; exit code 1 when it may not. Changes nothing."""
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        found = Keeper(database, settings.arming_path, clock.now).find(arming_files.read(settings.arming_path))
        with database.reading() as session:
            may, wait, is_new = arming.armed(session), arming.waiting(session), arming.is_new(session)
    why = f"may not: {SAID[found.why]}" if found.why else "may send"
    click.echo(
        f"this machine, {found.place.machine}, database {found.place.store}: {'new: the first start of a worker arms it' if is_new else why}"
    )
    click.echo(f"  arming file: {settings.arming_path}")
    for row in may:
        click.echo(f"  may send: {row.machine}, database {row.store}, since {clock.say(row.armed_at or row.asked_at)}")
    for row in wait:
        click.echo(f"  waits for both parties: {row.machine}, database {row.store}, since {clock.say(row.asked_at)}")
    sys.exit(1 if found.why and not is_new else 0)


@group.command("ask")
@click.option("--yes", is_flag=True, help="Without it nothing is done.")
def ask(yes: bool) -> None:
    """Have this machine ask both parties again, after one of them did not let it send. Until both confirm, nothing leaves from here."""
    if not yes:
        raise Refused("This switches sending off here until a signatory of each party has let it on again. Say --yes if that is meant.")
    with installation.writing() as (settings, database):
        Keeper(database, settings.arming_path, clock.now).ask_anew()
    click.echo(f"Asked. Signatories answer at {settings.base_url}/arming")
