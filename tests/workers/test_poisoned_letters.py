"""One letter that ends whichever worker joins it: the others go, and it is held after three times."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlmodel import select

from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.settling import LettersHeld
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting.programs import Joined, Program
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock

LETTERS, POISONED = 24, 5
WORKER = """
import os, signal, sys
from pathlib import Path
from campaigns.delivery.transport import OneAtATime, Outcome
from campaigns.drafting.programs import Joined, Program
from campaigns.foundation import settings
from campaigns.foundation.database import Database
from tests import armed
from tests.campaigns.posting import Clock
from tests.campaigns.stories import MINUTE, NOON
from tests.workers.conftest import Lane
from tests.workers.test_scheduler import heard
from workers import actors, scheduler
from workers.tools import Tools

address, sent, later, lines = sys.argv[1:]
joined = Program.joined

def poisoned(program, values):
    if values["address"] != address:
        return joined(program, values)
    os.kill(os.getpid(), signal.SIGKILL)

class Kept(OneAtATime):
    lines = int(lines)
    def deliver(self, envelope, *, may_go, **_):
        assert may_go()
        with Path(sent).open("a") as lines:
            lines.write(envelope.recipient + "\\n")
        return Outcome("accepted", "dot", "250 kept")
    def close(self): pass

Program.joined = poisoned
given = settings.load()
tools = Tools(given, Database(given.database_url), Kept(), Clock(NOON + int(later) * MINUTE), arming=armed.ALWAYS)
scheduler.tick(tools)
heard(tools, {lane: Lane() for lane in actors.LANES})
"""


@pytest.mark.long
@pytest.mark.parametrize(("lines", "deaths"), [(1, 3), (4, 4)])  # of four put together, the first is blamed the first time
def test_one_letter_that_ends_every_worker_keeps_no_other_waiting(
    sqlite: Database, settings: Settings, tmp_path: Path, lines: int, deaths: int
) -> None:
    readers = [
        stories.reader(0, person_id=stories.reader(place).person_id, address=f"post{place}@council.test") for place in range(LETTERS)
    ]
    story = stories.sending_release(stories.house(sqlite), size=10, readers=readers)
    words = {f"COUNTERSIGN_{name.upper()}": str(value) for name, value in settings.model_dump().items() if value is not None}
    words |= {"COUNTERSIGN_DATABASE_URL": sqlite.url, "COUNTERSIGN_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", WORKER, readers[POISONED].address, str(tmp_path / "sent")]

    runs = [[*command, str(later), str(lines)] for later in range(deaths + 1)]
    codes = [subprocess.run(run, env=os.environ | words, check=False).returncode for run in runs]

    assert codes == [*[-9] * deaths, 0]
    sent = (tmp_path / "sent").read_text().split()
    assert sorted(sent) == sorted(reader.address for reader in readers if reader != readers[POISONED])
    with sqlite.reading() as session:
        states = session.exec(select(Delivery.position, Delivery.state).where(Delivery.state != "accepted")).all()
    assert states == [(POISONED, "held")] and story.tally()["held"] == 1


def test_a_letter_that_cannot_be_joined_is_tried_three_times_and_held_while_the_others_go(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, joined = stories.sending_release(stories.house(sqlite)), Program.joined

    def too_big(program: Program, values: Mapping[str, str]) -> Joined:
        if values["address"] == stories.READERS[1].address:
            raise MemoryError
        return joined(program, values)

    monkeypatch.setattr(Program, "joined", too_big)
    transport, found = RecordingTransport(), []
    for hours in range(4):
        posting.send(story, transport, Clock(stories.NOON + hours * stories.HOUR))
        found.append((len(transport.sent), story.tally()["held"]))

    assert found == [(2, 0), (2, 0), (2, 1), (2, 1)]
    with sqlite.reading() as session:
        said = [log.read(entry) for entry in log.history(session, story.release) if entry.kind == LettersHeld.__name__]
    assert said == [LettersHeld(letters=1)]


def test_two_letters_of_a_chunk_that_cannot_be_joined_stop_everything(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, transport = stories.sending_release(stories.house(sqlite)), RecordingTransport()
    monkeypatch.setattr(Program, "joined", lambda program, values: 1 / 0)

    with pytest.raises(GateClosed, match="Letter 2 cannot be put together"):
        posting.send(story, transport)

    assert transport.sent == [] and story.tally()["queued"] == 3
