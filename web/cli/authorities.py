"""`countersign authorities`: which council a name means, for scripts and for whoever tidies a list before importing it."""

import json
from datetime import datetime
from typing import BinaryIO

import click

from audiences import authorities, encodings, names
from audiences.names import Match
from web.cli import installation

A_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("authorities")
def group() -> None:
    """The register of local authorities."""


@group.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--as-at", type=A_DAY, help="The councils there on that day, and their codes; without it today's, and past ones by their successors."
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def match(file: BinaryIO, as_at: datetime | None, as_json: bool) -> None:
    """FILE has a name a line (- is standard input): to each its code, or `ask` with those it may mean. Nothing is ever guessed."""
    written = [line.strip() for line in encodings.decode(file.read()).text.splitlines() if line.strip()]
    on = installation.as_at(as_at)
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.reading() as session:
            finder = names.of(session, on=on)
            there = authorities.every(session, enforcing_only=False, on=on)
    known = {authority.code: authority.name for authority in there}
    found = [(name, finder.match(name)) for name in written]
    if as_json:
        click.echo(json.dumps([_value(name, meant, known) for name, meant in found], ensure_ascii=False, indent=2))
    else:
        click.echo("".join(_line(name, meant, known) for name, meant in found), nl=False)


def _value(name: str, meant: Match, known: dict[str, str]) -> dict[str, object]:
    candidates = [{"code": code, "name": known.get(code, "")} for code in meant.candidates]
    return {
        "name": name,
        "code": meant.code,
        "answer": meant.code or "ask",
        "how": meant.how,
        "formerly": meant.formerly,
        "candidates": candidates,
    }


def _line(name: str, meant: Match, known: dict[str, str]) -> str:
    if meant.code:
        return f"{name}\t{meant.code}\t{known.get(meant.code, '')}{f' (formerly {meant.formerly})' if meant.formerly else ''}\n"
    return f"{name}\task\t{'; '.join(f'{code} {known.get(code, str())}' for code in meant.candidates)}\n"
