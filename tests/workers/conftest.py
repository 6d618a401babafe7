"""What the workers' tests work with: tools whose clock the test moves, and lanes that only remember what they were hinted."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.clock import now
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed, snapshots
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House
from tests.workers.offices import CROWD, Office
from tests.workers.unclear_letters import Scene
from workers import actors, rehearsal_cast
from workers.tools import Tools


@dataclass
class Lane:
    """Stands for an actor: keeps the hints, or raises what a broker raises."""

    hints: list[int] = field(default_factory=list)
    fault: Exception | None = None

    def send(self, entry_id: int) -> None:
        if self.fault:
            raise self.fault
        self.hints.append(entry_id)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
def tools(sqlite: Database, settings: Settings, transport: RecordingTransport, clock: Clock) -> Tools:
    return Tools(settings, sqlite, transport, clock, arming=armed.ALWAYS)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for part in ("tmp", "new", "cur"):
        (tmp_path / "box" / part).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def house(sqlite: Database) -> House:
    return stories.house(sqlite)


@pytest.fixture
def lanes() -> dict[str, Lane]:
    return {lane: Lane() for lane in actors.LANES}


@pytest.fixture
def scene(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    """Of three letters of one claim the relay took the second and the third, by its replies; nothing was heard of the first."""
    return Scene(database, settings, tmp_path)


@pytest.fixture
@snapshots.beginning
def office(sqlite: Database) -> Office:
    """A crowd to be written to, and the message for it."""
    return Office(sqlite, rehearsal_cast.gather(sqlite, people=CROWD))


@pytest.fixture
def clock_now(tools: Tools) -> Clock:
    """The tools' clock, at this moment."""
    tools.clock = moved = Clock(now())
    return moved
