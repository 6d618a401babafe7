"""Machines with an arming file each, and what tests do with what they ask."""

import json
from dataclasses import dataclass
from pathlib import Path

from campaigns.delivery import armed, arming
from campaigns.delivery.armed import Keeper
from campaigns.delivery.arming import Arming
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House

NEVER, PUT_BACK, WAITS, REFUSED = (armed.SAID[why] for why in (arming.UNKNOWN, arming.RESTORED, armed.WAITING, armed.REFUSED))


@dataclass
class Machine:
    """A machine with its own arming file, and what a database is asked from there."""

    database: Database
    file: Path

    def keeper(self, database: Database | None = None) -> Keeper:
        return Keeper(database or self.database, self.file, lambda: NOON)

    def held(self, database: Database | None = None) -> str | None:
        """Why it sends nothing, as a process finds that has just begun."""
        return self.keeper(database).held()

    def started(self) -> str | None:
        """The same once its worker has looked."""
        keeper = self.keeper()
        keeper.watch()
        return keeper.held()

    def entries(self) -> list[dict[str, object]]:
        return list(json.loads(self.file.read_text()).values())


def waiting(database: Database) -> list[Arming]:
    with database.reading() as session:
        return arming.waiting(session)


def confirm(database: Database, by: Officer) -> bool:
    with database.transaction() as session:
        return arming.confirm(session, arming.waiting(session)[0].epoch, by=by, at=NOON)


def told(database: Database) -> list[str]:
    with database.reading() as session:
        return [entry.kind for entry in reversed(log.latest(session, 10)) if "Arm" in entry.kind or "Disarm" in entry.kind]


def write(home: House) -> None:
    """Something happens that the log tells of."""
    stories.drafted(home)
