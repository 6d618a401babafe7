"""`countersign import people`: a file of people, as an officer imports it, from a terminal or a script."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from audiences import encodings, importing, imports, judging
from audiences.imports import ASKED, LEFT_OUT, NEW, READY, REFUSED, RENAMED, REPEATED, SAME
from audiences.staging import Choices, Stager
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from web.cli import installation
from web.cli.person import OPERATOR
from web.words import many

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 20  # refused rows in words; --json has them all

Report = dict[str, Any]


@click.command("people")
@click.argument("file", type=A_FILE)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--columns", help="Which column is what: name=Contact,place=Council,address=Mail,role=Kind (also first, last, title, post).")
@click.option("--role", default="", help="Everybody's role, where no column says it.")
@click.option("--encoding", type=click.Choice(encodings.CHOICES), help="Of a text, where it cannot be told.")
@click.option("--sheet", help="Of a spreadsheet with several.")
@click.option("--leave-out-refused", is_flag=True, help="Import the others though some rows are refused or asked about.")
def bring_people(
    file: Path,
    dry_run: bool,
    as_json: bool,
    columns: str | None,
    role: str,
    encoding: str | None,
    sheet: str | None,
    leave_out_refused: bool,
) -> None:
    """A file of people: CSV in any encoding, xls, xlsx or ods. It is imported whole; with a row refused or asked about, not at all (exit
    code 1), unless those are to be left out."""
    choices = Choices(encoding, sheet, _read_columns(columns), role)
    try:
        with installation.writing() as (settings, database):
            stager = Stager(database, test_domains_allowed=settings.test_domains_allowed)
            import_id = stager.stage(file.read_bytes(), name=file.name, by=OPERATOR, at=clock.now(), choices=choices)
            report = _bring_in(database, import_id, dry_run=dry_run, leave_out_refused=leave_out_refused)
    except Refused as refusal:
        if not as_json:
            raise
        report = _nothing(refusal.sentence)
    click.echo(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _say(report))
    sys.exit(0 if report["applied"] or (dry_run and not report["problem"] and not report["refused"] and not report["asked"]) else 1)


def _bring_in(database: Database, import_id: UUID, *, dry_run: bool, leave_out_refused: bool) -> Report:
    with database.reading() as session:
        one = imports.get(session, import_id)
        report = _nothing("") | _found(session, import_id) | {"remarks": one.remarks, "encoding": one.encoding, "sheet": one.sheet}
        problem = importing.why_not(session, one, leave_out_refused=leave_out_refused)
        if not one.certain:  # nobody has looked at the letters
            problem = problem or f"The letters may be in another encoding than {one.encoding}: look at the file, and say --encoding."
    report["problem"] = problem
    if dry_run or problem:
        with database.transaction() as session:
            imports.delete(session, [import_id])
        return report
    with database.transaction() as session:
        counts = importing.apply(session, import_id, leave_out_refused=leave_out_refused, by=OPERATOR, at=clock.now())
    return report | _counted(counts) | {"applied": True, "import": str(import_id)}


def _found(session: Any, import_id: UUID) -> Report:
    register = judging.register_of(session)
    refused = [{"line": row.line, "reason": row.reason} for row in imports.rows(session, import_id, REFUSED)]
    lines: dict[str, list[int]] = {}
    for row in imports.rows(session, import_id, ASKED):
        lines.setdefault(row.asked, []).append(row.line)
    asked = [
        {"name": text, "lines": where, "candidates": [{"code": place.code, "name": place.name} for place in register.candidates(text)]}
        for text, where in lines.items()
    ]
    taken = [
        {"name": text, "how": how, "code": code, "rows": rows} for text, how, code, rows in imports.taken(session, import_id)
    ]  # as it was read, though not written plainly
    return _counted(imports.count(session, import_id)) | {"refused": refused, "asked": asked, "taken": taken}


def _counted(counts: dict[str, int]) -> Report:
    return {
        "accepted": counts[READY], "added": counts[NEW], "renamed": counts[RENAMED], "unchanged": counts[SAME],
        "repeated": counts[REPEATED], "left_out": counts[LEFT_OUT],
    }  # fmt: skip


def _nothing(problem: str) -> Report:
    none = dict.fromkeys(("accepted", "added", "renamed", "unchanged", "repeated", "left_out"), 0)
    return {
        "applied": False,
        "problem": problem,
        **none,
        "refused": [],
        "asked": [],
        "taken": [],
        "remarks": [],
        "encoding": "",
        "sheet": "",
    }


def _read_columns(said: str | None) -> dict[str, str] | None:
    pairs = [part.partition("=") for part in said.split(",")] if said else []
    if wrong := [field for field, equals, name in pairs if not equals or not name]:
        raise Refused(f"Say which column is what as name=Contact,place=Council; {wrong[0]!r} is not said so.")
    return {field.strip(): name.strip() for field, _, name in pairs} or None


def _say(report: Report) -> str:
    done = "Imported" if report["applied"] else "Nothing was imported" if report["problem"] else "This would be imported"
    lines = [f"{done}: {report['added']:,} added, {report['renamed']:,} renamed, {report['unchanged']:,} as they were."]
    lines += [report["problem"]] if report["problem"] else []
    lines += [f"  line {row['line']}: {row['reason']}" for row in report["refused"][:SHOWN]]
    lines += [f"  and {len(report['refused']) - SHOWN:,} more refused; --json names them all"] if len(report["refused"]) > SHOWN else []
    for one in report["asked"]:
        between = ", ".join(f"{place['name']} ({place['code']})" for place in one["candidates"]) or "no place in the register"
        lines.append(f"  {one['name']!r} in {many(len(one['lines']), 'row')} may be: {between}")
    return "\n".join([*lines, *report["remarks"]])
