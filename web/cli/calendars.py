"""`countersign calendars`: bring an iCalendar file in, and list the rules that stand."""

import json
import sys
from pathlib import Path

import click

from audiences import calendar_loads, calendar_parsing
from audiences.calendar_loads import Calendar, Difference
from campaigns.foundation import clock
from campaigns.planning import rules
from campaigns.planning.rules import SCOPES
from campaigns.planning.windows import HOLDS
from web import calendar_words
from web.cli import installation
from web.cli.person import OPERATOR

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("calendars")
def group() -> None:
    """The days on which authorities can and cannot be written to."""


@group.command("import")
@click.argument("file", type=A_FILE)
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="What the calendar is for.")
@click.option("--place", default="", help="Which: a nation or region by its name, a group or authority by its code.")
@click.option("--kind", type=click.Choice(sorted(HOLDS)), required=True, help="What kind of days it holds.")
@click.option("--name", default="", help="By what it is known again; the file's name without it.")
@click.option("--lead-days", type=int, default=0, help="Days before each that belong to it.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def bring(file: Path, scope: str, place: str, kind: str, name: str, lead_days: int, dry_run: bool, as_json: bool) -> None:
    """Add, change and retire rules as the file says; the same file again changes nothing."""
    reading, calendar = calendar_parsing.opened(file.read_bytes()), Calendar(name or file.stem, scope, place, kind, lead_days)
    with installation.writing() as (settings, database):
        installation.ready(settings, database)
        if dry_run:
            with database.reading() as session:
                found = calendar_loads.compare(session, calendar, reading)
        else:
            with database.transaction() as session:
                found = calendar_loads.apply(session, calendar, reading, by=OPERATOR, at=clock.now())
        told = _told(found, applied=not dry_run)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _report(told))
    if found.refused and not (found.added or found.changed or found.same):
        sys.exit(1)


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show(as_json: bool) -> None:
    """Every rule that stands."""
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.reading() as session:
            found = [
                {
                    **{
                        name: getattr(rule, name)
                        for name in ("scope", "place", "kind", "title", "recurrence", "source", "calendar", "lead_days")
                    },
                    "first": rule.first.isoformat(),
                    "last": rule.last.isoformat(),
                    "days": calendar_words.days(rule),
                }
                for rule in rules.standing(session)
            ]
    lines = [f"{one['scope']} {one['place']}: {one['title']} ({one['kind']}), {one['days']}" for one in found]
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines or ["No rule stands."]))


def _told(found: Difference, *, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "added": [typed.title for typed in found.added],
        "changed": [typed.title for _, typed in found.changed],
        "retired": [row.title for row in found.retired],
        "same": found.same,
        "refused": [{"event": name, "reason": why} for name, why in found.refused],
        "remarks": found.remarks,
    }


def _report(told: dict[str, object]) -> str:
    lines = [f"{name}: {title}" for name in ("added", "changed", "retired") for title in told[name]]  # type: ignore[attr-defined]
    lines += [f"refused: {one['event']}: {one['reason']}" for one in told["refused"]]  # type: ignore[attr-defined]
    lines += [*told["remarks"], f"{told['same']} stay as they are."]  # type: ignore[misc]
    return "\n".join([*lines, "Applied." if told["applied"] else "Nothing was changed."])
