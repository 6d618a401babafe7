"""`countersign`: what officers' administrators and operators do from a terminal, one group of commands per noun."""

import sys

import click
from sqlalchemy.exc import DatabaseError, InterfaceError

from campaigns.foundation.errors import CountersignError
from web.cli import (
    arming,
    audit,
    authorities,
    bundle,
    calendars,
    coverage,
    database,
    demo,
    disclose,
    explain_bounce,
    importing,
    officers,
    person,
    records,
    register,
    roster,
    serve,
    windows,
)

DATABASE_FAULTS = (DatabaseError, InterfaceError)  # not there, not ready, full, damaged, no database at all, or its tables not made yet


@click.group()
def countersign() -> None:
    """Letters that HSE and LACoRS may only send together."""


countersign.add_command(arming.group)
countersign.add_command(audit.group)
countersign.add_command(authorities.group)
countersign.add_command(bundle.group)
countersign.add_command(calendars.group)
countersign.add_command(coverage.show)
countersign.add_command(windows.show)
countersign.add_command(database.group)
countersign.add_command(importing.group)
countersign.add_command(officers.group)
countersign.add_command(person.group)
countersign.add_command(demo.group)
countersign.add_command(disclose.disclose)
countersign.add_command(records.group)
countersign.add_command(explain_bounce.explain_bounce)
countersign.add_command(register.group)
countersign.add_command(roster.group)
countersign.add_command(serve.serve)


def main() -> None:
    """Run a command; what is refused, and why the database or a file cannot be used, is said in one line, with exit code 1."""
    try:
        countersign(standalone_mode=True)
    except CountersignError as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except DATABASE_FAULTS as fault:
        said = str(fault.orig).strip().splitlines() or [type(fault).__name__]
        click.echo(
            f"The database cannot be used: {said[0]}. See whether it answers, and has the newest tables (countersign database migrate).",
            err=True,
        )
        sys.exit(1)
    except OSError as fault:
        click.echo(f"{fault.filename or 'A file'} cannot be used: {fault.strerror or fault}.", err=True)
        sys.exit(1)
    except UnicodeEncodeError:
        click.echo("What was typed holds bytes that are no UTF-8: type it again.", err=True)
        sys.exit(1)
