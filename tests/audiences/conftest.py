"""What these tests start from: a founded installation, and one with the demo's people; made once and copied where that can be."""

import pytest

from audiences import founding
from audiences.pilot import demo
from campaigns.foundation.database import Database
from tests import snapshots
from tests.audiences import invited
from tests.audiences.invited import Invited
from tests.audiences.posts import NOON, OFFICER
from tests.campaigns.stories import Story


def found(database: Database, *, with_people: bool) -> Database:
    """The register, the bodies and the audiences; with the demo's posts or with nobody in them."""
    with database.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
        if with_people:
            demo.load(session, by=OFFICER, at=NOON)
    return database


@pytest.fixture
@snapshots.beginning
def desk(sqlite: Database) -> Database:
    """A founded installation on SQLite, for tests of many small cases."""
    return found(sqlite, with_people=False)


@pytest.fixture
@snapshots.beginning
def founded(database: Database) -> Database:
    """The register, the bodies and the audiences, and nobody in them, on each engine."""
    return found(database, with_people=False)


@pytest.fixture
@snapshots.beginning
def peopled(database: Database) -> Database:
    """The same with the demo's posts."""
    return found(database, with_people=True)


@pytest.fixture
def out(sqlite: Database) -> tuple[Invited, Story]:
    """Invitations that went to readers of two groups."""
    return invited.gone(sqlite)


@pytest.fixture
def tour(out: tuple[Invited, Story]) -> Invited:
    """The tour of these."""
    return out[0]


@pytest.fixture
def story(out: tuple[Invited, Story]) -> Story:
    """The release of these."""
    return out[1]
