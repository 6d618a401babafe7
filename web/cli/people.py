"""`countersign people`: erase somebody, for whoever has the machine but no account."""

from uuid import UUID

import click

from audiences import erasures
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import COUNTERSIGN, Officer
from web.cli import installation

OPERATOR = Officer(id=COUNTERSIGN.id, name="the operator", party=None, duty="officer")


@click.group("people")
def group() -> None:
    """Who is written to."""


@group.command()
@click.argument("person", metavar="ID", type=click.UUID)
@click.option("--yes", is_flag=True, help="Without it nothing is done.")
def erase(person: UUID, yes: bool) -> None:
    """Erase a person, by the id in their page's address: name, address, and what ties each letter to them. It cannot be undone."""
    if not yes:
        raise Refused("This cannot be undone. Say --yes to erase the person, and whoever else has the same address.")
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.transaction() as session:
            erasures.erase(session, person, by=OPERATOR, at=clock.now())
        database.blank_the_log()
    click.echo("Erased. The letters that were sent stay provable; nobody can tell any more whose they were.")
