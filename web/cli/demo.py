"""`countersign demo`: a story in mid-flow to walk into, loaded only into an empty database on this machine."""

import click

from audiences.pilot import story
from audiences.pilot.story import Cast
from campaigns.delivery.armed import Keeper
from campaigns.drafting import letters
from campaigns.foundation import clock, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from campaigns.foundation.settings import Settings
from web import demo_posts
from web.app import create_app
from web.cli import installation


@click.group("demo")
def group() -> None:
    """The demonstration."""


@group.command()
def prepare() -> None:
    """Make the tables; when the database is an empty SQLite file, load the story and the demo posts; say what to open."""
    with installation.writing(new=True) as (settings, database):
        if settings.env != "development":
            raise Refused("The demonstration is for development only: COUNTERSIGN_ENV says otherwise.")
        installation.migrate(settings, database)
        if database.is_sqlite and _is_empty(database):
            Keeper(database, settings.arming_path, clock.now).watch()  # while it is empty: the story's letters may go from this machine
            _load(settings, database)
            click.echo("The story is loaded.")
    click.echo(_welcome(settings))


def _is_empty(database: Database) -> bool:
    with database.reading() as session:
        return not officers.everyone(session)


def _load(settings: Settings, database: Database) -> None:
    with create_app(settings, database).test_request_context(base_url=settings.base_url), database.transaction() as session:
        posts = demo_posts.found(session, at=clock.now())
    cast = Cast(drafter=posts["hse-drafter"], hse=posts["hse-signatory"], lacors=posts["lacors-signatory"])
    story.load(database, cast, source=letters.source(settings), key=settings.secret_key, at=clock.now())


def _welcome(settings: Settings) -> str:
    base = settings.base_url
    return (
        f"\n  Open {base}/demo/ and step into a post; no password is needed.\n"
        f"  The letters that were caught: {base}/demo/letters\n"
        f"  When a page asks for a password, it is: {demo_posts.PASSWORD}\n"
    )
