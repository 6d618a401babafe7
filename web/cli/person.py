"""`countersign person`: everything about one person in a file, and erasing them, by the address they are written to."""

import json
from pathlib import Path

import click

from audiences import dossiers, erasures
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import COUNTERSIGN, Officer
from web import accounts
from web.cli import installation, private_files
from web.words import many

OPERATOR = Officer(id=COUNTERSIGN.id, name="the operator", party=None, duty="officer")
NEW = click.Path(dir_okay=False, path_type=Path)


@click.group("person")
def group() -> None:
    """One person, by their address."""


@group.command()
@click.argument("address")
@click.option("-o", "--output", "file", type=NEW, help="Where to write it; without it, it is printed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON rather than to be read.")
def export(address: str, file: Path | None, as_json: bool) -> None:
    """Everything kept about whoever has this ADDRESS, in any case: their posts, their letters, what they asked for, what was said of them."""
    with installation.writing() as (_, database), database.transaction() as session:
        more = [("account", accounts.about)]
        dossier = dossiers.make(session, address, by=OPERATOR, at=clock.now(), more=more)
    said = json.dumps(dossier.plain(), indent=1, ensure_ascii=False) + "\n" if as_json else dossier.text()
    if file is None:
        click.echo(said, nl=False)
        return
    with private_files.opened(file) as written:
        written.write(said.encode())
    click.echo(f"{file}: {many(dossier.rows, 'entry', 'entries')} about {dossier.address}.")


@group.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Without it nothing is done.")
@click.option("--json", "as_json", is_flag=True, help="What stays, as JSON.")
def erase(address: str, yes: bool, as_json: bool) -> None:
    """Erase whoever is written to at this ADDRESS: name, address, and what ties each letter to them. It cannot be undone."""
    if not yes:
        raise Refused("This cannot be undone. Say --yes to erase everybody who is written to at this address.")
    with installation.writing() as (_, database):
        with database.transaction() as session:
            left = erasures.at_address(session, address, by=OPERATOR, at=clock.now())
        database.blank_the_log()
    if as_json:
        click.echo(json.dumps({"erased": True, "stays": left}, ensure_ascii=False))
        return
    for sentence in ("Erased. The letters that were sent stay provable; nobody can tell any more whose they were.", *left):
        click.echo(sentence)
