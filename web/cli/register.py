"""`countersign register`: the register of local authorities and the pilot's bodies, as shipped with this version."""

import click

from audiences import founding
from campaigns.foundation import clock
from campaigns.foundation.officers import COUNTERSIGN
from web.cli import installation


@click.group("register")
def group() -> None:
    """Who is out there."""


@group.command()
def load() -> None:
    """Load the register again after an upgrade: what agrees is left alone, so this may be repeated."""
    with installation.writing() as (_, database), database.transaction() as session:
        founding.found(session, by=COUNTERSIGN, at=clock.now())
    click.echo("The register, the pilot's bodies and the audiences are as shipped with this version.")
