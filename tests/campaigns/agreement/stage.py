"""One fast database for many walks, put back to the same beginning before each."""

import sqlite3
from collections.abc import Sequence

from sqlalchemy import event

from campaigns.agreement.addressees import Addressee
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.agreement.walk import Walk


class Stage:
    """One fast SQLite database, put back to the same beginning before each walk."""

    def __init__(self, database: Database) -> None:
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        database.dispose()
        self.house = stories.house(database)
        self.message = stories.drafted(self.house)
        self._beginning = sqlite3.connect(":memory:")
        self._copy(self._beginning, back=False)

    def walk(self, readers: Sequence[Addressee] = stories.READERS) -> Walk:
        """A new walk from the beginning: one draft, nothing submitted."""
        self._copy(self._beginning, back=True)
        return Walk(self.house, self.message, readers)

    def _copy(self, other: sqlite3.Connection, *, back: bool) -> None:
        pooled = self.house.database.engine.raw_connection()
        ours = pooled.driver_connection
        assert isinstance(ours, sqlite3.Connection)
        other.backup(ours) if back else ours.backup(other)
        pooled.close()
