"""`countersign disclose`: what is held about a subject over a time, in one folder, for a freedom of information request."""

import json
from datetime import datetime
from pathlib import Path

import click

from audiences import disclosures
from audiences.disclosures import Request
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from campaigns.foundation.log import LogEntry
from web import histories
from web.cli import installation, private_files
from web.cli.person import OPERATOR
from web.words import many

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--about", required=True, metavar="TEXT", help="As it is written, in any case; %, _ and * stand for themselves.")
@click.option("--from", "start", required=True, type=DAY, metavar="DATE", help="The first day, like 2026-04-01.")
@click.option("--to", "end", required=True, type=DAY, metavar="DATE", help="The last day, included.")
@click.option(
    "-o", "--output", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder that is new or empty."
)
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
def disclose(about: str, start: datetime, end: datetime, folder: Path, as_json: bool) -> None:
    """Put everything held about TEXT into one folder: releases, drafts, comments, replies, deliveries, decisions, and what else speaks of it, without
    readers' personal data.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Name a new folder, so that nothing else is disclosed with it.")
    request = Request(about, start.date(), end.date())
    with private_files.filled(folder) as unfinished, installation.writing() as (_, database), database.transaction() as session:
        files = disclosures.gather(session, request, tell=_told, by=OPERATOR, at=clock.now())
        for name, content in files.items():
            path = unfinished / name
            private_files.make_folder(path.parent)
            with private_files.opened(path) as file:
                file.write(content)
    told = {"folder": str(folder), "files": sorted(files)}
    click.echo(
        json.dumps(told) if as_json else f"{folder}: {many(len(files), 'file')}. Read README.txt and all the rest before you send it."
    )


def _told(entry: LogEntry) -> str:
    return " ".join(line.what for line in histories.lines([entry]))
