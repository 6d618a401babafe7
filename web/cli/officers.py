"""`countersign officers`: the first administrator, further invitations, and leavers, for whoever has the machine but no account."""

import click
from sqlmodel import Session

from campaigns.foundation import clock, officers
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import DUTIES, Officer
from web import account_letters, accounts
from web.cli import installation

BY = "the operator"


@click.group("officers")
def group() -> None:
    """Who may act."""


@group.command("first-administrator")
@click.option("--email", required=True)
@click.option("--name", default="Administrator", show_default=True, help="The post, as it is shown wherever they act.")
def first_administrator(email: str, name: str) -> None:
    """Invite the first administrator and print the link. Refused once there is one: they invite everybody else."""
    with installation.with_pages() as (_, database), database.transaction() as session:
        if any(record.active and record.duty == "administrator" for record in officers.everyone(session)):
            raise Refused("There is an administrator already. They can invite others on the Officers page.")
        invited = _invite(session, name=name, email=email, duty="administrator", party=None)
    click.echo(invited)


@group.command()
@click.option("--email", required=True)
@click.option("--name", required=True, help="The post, as it is shown wherever they act.")
@click.option("--duty", required=True, type=click.Choice(sorted(DUTIES)))
@click.option("--party", type=click.Choice(["hse", "lacors"]), help="For officers and signatories.")
def invite(email: str, name: str, duty: str, party: str | None) -> None:
    """Invite an officer and print the link."""
    with installation.with_pages() as (_, database), database.transaction() as session:
        invited = _invite(session, name=name, email=email, duty=duty, party=party)
    click.echo(invited)


@group.command()
@click.option("--email", required=True)
def leave(email: str) -> None:
    """End an account at once, with its sessions and links."""
    with installation.with_pages() as (_, database), database.transaction() as session:
        account = accounts.by_email(session, email)
        if account is None:
            raise Refused("There is no account with this e-mail address.")
        operator = Officer(id=account.officer_id, name=BY, party=None, duty="administrator")
        accounts.close_for_good(session, account.officer_id, by=operator, at=clock.now())
    click.echo(f"{email} can no longer sign in. What they signed before stays valid.")


def _invite(session: Session, *, name: str, email: str, duty: str, party: str | None) -> str:
    """What is said once it stands."""
    now = clock.now()
    officer = officers.add(session, name=name, party=party, duty=duty, email=email, by=BY, at=now)
    account = accounts.add(session, officer, email=email, at=now)
    link = account_letters.invite(session, account, officer, by=BY, at=now)
    return f"Invited {account.email} as {officer.name}. The same link went by e-mail; it works once, for seven days:\n{link}"
