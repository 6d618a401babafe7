"""`countersign roster`: see who may sign, and give the roster up when a party has lost all its keys."""

import click

from campaigns.agreement import roster_changes, rosters, standing
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from web.cli import installation
from web.words import many


@click.group("roster")
def group() -> None:
    """The roster of signatories."""


@group.command()
def show() -> None:
    """Verify the chain of rosters; print every fingerprint, and who stands in the one in force."""
    with installation.opened() as (_, database), database.reading() as session:
        chain = standing.chain(session)
    for roster in chain.rosters:
        click.echo(f"roster {roster.version}  {rosters.fingerprint(roster)}")
    for member in sorted(chain.current.members, key=lambda member: (member.party, member.post)):
        click.echo(f"  {member.party}: {member.post}, {member.standing}, {many(len(member.keys), 'passkey')}")


@group.command("give-up")
@click.option("--yes", is_flag=True, help="Without it nothing is done.")
def give_up(yes: bool) -> None:
    """Give the standing roster up because a party lost all its keys. Every release that has not gone must be signed again, under a roster
    that both parties found anew on the Signatories page. It lets nothing out."""
    if not yes:
        raise Refused("This voids every signature on what has not gone. Say --yes if a party has lost all its keys.")
    with installation.writing() as (_, database), database.transaction() as session:
        given_up = roster_changes.found_anew(session, by="the operator", at=clock.now())
    click.echo(f"Given up: {many(given_up, 'version')} of the roster. Both parties now found a new one on the Signatories page.")
