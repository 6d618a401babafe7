"""What these tests start from: a founded installation, and one with the demo's people."""

import pytest

from audiences import founding
from audiences.pilot import demo
from campaigns.foundation.database import Database
from tests.audiences.posts import NOON, OFFICER


@pytest.fixture
def founded(database: Database) -> Database:
    """The register, the bodies and the audiences, and nobody in them."""
    with database.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
    return database


@pytest.fixture
def peopled(founded: Database) -> Database:
    """The same with the demo's posts."""
    with founded.transaction() as session:
        demo.load(session, by=OFFICER, at=NOON)
    return founded
