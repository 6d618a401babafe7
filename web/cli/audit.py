"""`countersign audit`: check that nobody rewrote what happened, and keep a head of the chain outside the database."""

import sys
from pathlib import Path

import click

from campaigns.foundation import audit, clock
from web.cli import installation
from web.words import many


@click.group("audit")
def group() -> None:
    """The chain over the log."""


@group.command()
def head() -> None:
    """Print the newest link: its number and its hash. Keep it elsewhere; `verify --head` compares with it."""
    with installation.opened() as (_, database), database.reading() as session:
        click.echo(str(audit.head(session)))


@group.command()
@click.option("--head", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head that was kept elsewhere.")
def verify(kept: Path | None) -> None:
    """Read the whole chain; exit code 1 and the first fault when something was changed, added or taken away."""
    known = audit.read_head(kept.read_text("utf-8", "replace")) if kept else None
    with installation.opened() as (_, database), database.reading() as session:
        finding = audit.verify(session, at=clock.now(), known=known)
    click.echo(f"{many(finding.links, 'link')} read, up to {finding.head}")
    click.echo(f"Fault: {finding.fault}" if finding.fault else "The log is as it was written.")
    sys.exit(1 if finding.fault else 0)
