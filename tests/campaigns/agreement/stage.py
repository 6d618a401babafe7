"""One fast database for many walks, put back to the same beginning before each."""

from collections.abc import Sequence

from campaigns.agreement.addressees import Addressee
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.agreement.walk import Walk
from tests.snapshots import Snapshot


class Stage:
    """One fast SQLite database, put back to the same beginning before each walk."""

    def __init__(self, database: Database) -> None:
        self.house = stories.house(database)
        self.message = stories.drafted(self.house)
        self._beginning = Snapshot(database)

    def walk(self, readers: Sequence[Addressee] = stories.READERS) -> Walk:
        """A new walk from the beginning: one draft, nothing submitted."""
        self._beginning.back()
        return Walk(self.house, self.message, readers)
