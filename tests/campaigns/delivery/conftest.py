"""A machine on which an installation has begun to work, its database put back to an earlier state, and a log in UTC."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.foundation.database import Database
from tests import server_snapshots, snapshots
from tests.campaigns import stories
from tests.campaigns.delivery.machines import Machine
from tests.campaigns.delivery.maillogs import zone
from tests.campaigns.stories import House

YESTERDAY = "yesterday"


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose logs are written in UTC."""
    yield from zone("UTC", monkeypatch)


@pytest.fixture
def home(database: Database) -> House:
    return stories.house(database)


@pytest.fixture
def machine(home: House, tmp_path: Path) -> Machine:
    """A machine on which a new installation has begun to work."""
    machine = Machine(home.database, tmp_path / "one" / "arming.json")
    assert machine.started() is None
    return machine


@pytest.fixture
def put_back(home: House) -> Iterator[Callable[[], Callable[[], None]]]:
    """Keep the database as it stands; what is given puts that back."""

    def keep() -> Callable[[], None]:
        if home.database.is_sqlite:
            return snapshots.Snapshot(home.database).back
        server_snapshots.keep(home.database, YESTERDAY)
        return lambda: _put_back(home.database)

    yield keep
    if not home.database.is_sqlite:
        with home.database.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {YESTERDAY} CASCADE")


def _put_back(database: Database) -> None:
    assert server_snapshots.put(database, YESTERDAY)
