"""What most of these tests start from."""

import pytest

from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import House


@pytest.fixture
def house(database: Database) -> House:
    """Both parties and their officers, on each engine."""
    return stories.house(database)
