"""`countersign import`: bring a file in, after saying line by line what can be used, what is refused, and what somebody must decide."""

import click

from web.cli import importing_people


@click.group("import")
def group() -> None:
    """Bring files in."""


group.add_command(importing_people.bring_people)
