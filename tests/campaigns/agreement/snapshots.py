"""A SQLite database as it stood at one moment, to be put back as often as a test likes."""

import sqlite3

from sqlalchemy import event

from campaigns.foundation.database import Database


def hurried(database: Database) -> None:
    """Nothing is forced to disk from here on: no test cuts the power."""
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    database.dispose()


class Snapshot:
    """Everything in it, triggers too."""

    def __init__(self, database: Database) -> None:
        self.database, self._kept = database, sqlite3.connect(":memory:")
        self._copy(back=False)

    def back(self) -> None:
        """The database stands again as it did."""
        self._copy(back=True)

    def _copy(self, *, back: bool) -> None:
        pooled = self.database.engine.raw_connection()
        ours = pooled.driver_connection
        assert isinstance(ours, sqlite3.Connection)
        self._kept.backup(ours) if back else ours.backup(self._kept)
        pooled.close()
