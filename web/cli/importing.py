"""`countersign import`: bring a file in, after saying line by line what can be used, what is refused, and what somebody must decide."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from audiences import register_changes, register_differences, register_files
from audiences.register_differences import Change, Difference
from campaigns.foundation import clock
from web.cli import importing_people, installation
from web.cli.person import OPERATOR
from web.words import many

CHANGED = ("new", "renamed", "ended", "recoded", "moved", "missing", "asked", "passed_over")
WORDS = {"recoded": "known by another code", "moved": "other web addresses", "missing": "not in the list", "passed_over": "passed over"}
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("import")
def group() -> None:
    """Bring files in."""


@group.command("authorities")
@click.argument("file", type=A_FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as-at", type=A_DAY, help="The day the list is of; today without it.")
@click.option("--end", "ending", multiple=True, metavar="CODE", help="A council the list leaves out, that has come to an end.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def bring_authorities(file: Path, dry_run: bool, as_at: datetime | None, ending: tuple[str, ...], as_json: bool) -> None:
    """A newer list of councils, as ONS or GOV.UK publish it, over the register: whole, or with a line refused not at all (exit code 1)."""
    listing, day = register_files.read(file.read_bytes()), installation.as_at(as_at) or installation.today()
    with installation.writing() as (_, database):
        if dry_run:
            with database.reading() as session:
                found = register_differences.compare(session, listing, day=day)
                register_changes.require_left_out(found, ending)
        else:
            with database.transaction() as session:
                found = register_changes.apply(session, listing, day=day, ending=ending, by=OPERATOR, at=clock.now())
    click.echo(json.dumps(_value(found), ensure_ascii=False, indent=2) if as_json else _report(found))
    sys.exit(1 if found.refused else 0)


def _value(found: Difference) -> dict[str, object]:
    changes = {name: [_told(change) for change in getattr(found, name)] for name in CHANGED}
    counts = {"rows": found.rows, "accepted": found.accepted, "applied": found.saved}
    return {**counts, "refused": [asdict(row) for row in found.refused], **changes}


def _told(change: Change) -> dict[str, object]:
    where = {"line": change.line} if change.line else {}
    choices = {"candidates": list(change.candidates)} if change.candidates else {}
    return {**where, "code": change.code, "name": change.name, "reason": change.sentence, **choices}


def _report(found: Difference) -> str:
    lines = [f"{many(found.rows, 'line')}: {found.accepted} accepted, {len(found.refused)} refused, {len(found.asked)} asked about"]
    lines += [f"  line {row.line}: refused: {row.reason}" for row in found.refused]
    for name in CHANGED:
        said = WORDS.get(name, name)
        lines += [f"  {f'line {change.line}: ' if change.line else ''}{said}: {change.sentence}" for change in getattr(found, name)]
    return "\n".join([*lines, "Applied." if found.saved else "Nothing was changed."])


group.add_command(importing_people.bring_people)
