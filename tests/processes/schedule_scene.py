"""What a schedule drill is played on: a mail server, workers with a clock each that are started and killed, and releases agreed a moment ago."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import sqlalchemy as sa
from sqlmodel import select

from campaigns.agreement import parties, software_keys
from campaigns.agreement.releases import Release
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation import clock, officers
from campaigns.foundation.database import Database
from campaigns.foundation.log import Untold
from campaigns.planning import campaign_plans
from tests.campaigns import stories
from tests.campaigns.stories import House, Story
from tests.processes import kill_drill, services
from workers import actors, brokers, rehearsal_stage
from workers import rehearsal_processes as processes
from workers.rehearsal_processes import Child
from workers.rehearsal_stage import Stage

WORKERS = 3
SECOND = timedelta(seconds=1)
SETTLES_WITHIN = 240.0
THREADS = 5  # a worker with more of them has begun to work
# libfaketime up to 0.9.10 makes every `time.sleep` of Python 3.11 fail where the seconds since boot stay honest (its issue 426).
SLEEPS = "import select, time; time.sleep = lambda seconds: select.select((), (), (), seconds) and None; "
FAKETIME = next((path for path in sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


@dataclass
class Scene:
    """A stage with its mail server, and the workers that run; `clock_file` moves the clock of the last of them."""

    stage: Stage
    workers: list[Child] = field(default_factory=list)

    @property
    def clock_file(self) -> Path:
        return self.stage.folder / "clock"

    def start(self, number: int, *, movable: bool = False) -> Child:
        """One worker, with a clock that can be moved or an honest one."""
        output, environment = self.stage.folder / f"worker-{number}.log", self.stage.environment()
        if movable:
            environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.clock_file), "FAKETIME_NO_CACHE": "1"}
            environment |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}  # setting a clock never moves the seconds since boot
        with output.open("ab") as lines:
            command = [sys.executable, "-c", (SLEEPS if movable else "") + processes.COMMAND, "run"]
            return Child(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines), output)

    def start_all(self, *, movable: bool = False) -> None:
        """Every worker; the clock of the last one can be moved."""
        self.clock_file.write_text("+0\n")
        self.workers = [self.start(number, movable=movable and number == WORKERS - 1) for number in range(WORKERS)]
        self.until(lambda: all(map(works, self.workers)) and not self.untold(), "everything was told")

    def until(self, done: Any, what: str, within: float = SETTLES_WITHIN) -> float:
        """Wait; gives how long it took."""
        began = time.monotonic()
        while not done():
            assert time.monotonic() - began < within, f"not within {within:.0f} s: {what}; {self.states()}"
            time.sleep(0.2)
        return time.monotonic() - began

    def untold(self) -> int:
        """Facts nobody heard yet."""
        with self.stage.database.reading() as session:
            return session.exec(select(sa.func.count()).select_from(Untold)).one()

    def states(self) -> Counter[str]:
        """How many releases and letters stand in each state."""
        with self.stage.database.reading() as session:
            return Counter(session.exec(select(Release.state))) + Counter(f"{one} letters" for one in session.exec(select(Delivery.state)))

    def arrived(self) -> list[dict[str, Any]]:
        """What the mail server wrote down."""
        return [json.loads(line) for line in self.stage.journal.read_text("utf-8").splitlines()] if self.stage.journal.exists() else []


def works(worker: Child) -> bool:
    """Whether it has begun to work: a kill before that shows nothing, and takes the others' turn away. One that ended is nobody's plan."""
    assert worker.process.poll() is None, worker.output.read_text("utf-8")
    return psutil.Process(worker.process.pid).num_threads() > THREADS


@contextmanager
def opened(database_url: str | None) -> Iterator[Scene]:
    """A scene with a mail server and no worker yet; what runs at the end is stopped."""
    port, broker = processes.free_port(), services.AMQP_URL if services.answers(services.AMQP_URL) else None
    with (
        mock.patch.dict(os.environ, kill_drill.UNHURRIED),
        rehearsal_stage.build(smtp=f"{processes.HOST}:{port}", database_url=database_url, broker_url=broker, keep=None) as stage,
    ):
        scene, catcher = Scene(stage), processes.catcher(stage, port=port, pace=None)
        try:
            processes.wait_for(catcher, port)
            yield scene
        finally:
            for child in [*scene.workers, catcher]:
                child.kill()
            if broker:
                brokers.forget(broker, [brokers.queue(lane, stage.settings.database_url) for lane in actors.LANES])


def house(database: Database, *, written_to: bool = True) -> House:
    """Both parties, their officers, who have addresses if they are `written_to`, and a campaign, as of now."""
    at, posts = clock.now(), [("drafter", "hse", "officer"), ("director", "hse", "signatory"), ("deputy", "hse", "signatory")]
    posts += [("chair", "lacors", "signatory"), ("vice chair", "lacors", "signatory"), ("visitor", None, "observer")]  # type: ignore[list-item]
    with database.transaction() as session:
        parties.found(session)
        cast = [
            officers.add(
                session, name=name, party=party, duty=duty, email=address_of(name, party) if written_to else None, by="drill", at=at
            )
            for name, party, duty in posts
        ]
        software_keys.found_roster(session, [one for one in cast if one.duty == "signatory"], at=at)
        campaign = campaign_plans.begin(session, name="Drill", objective="Each goes once.", by=cast[0], at=at)
    return House(database, campaign, *cast, cast[-1])


def address_of(name: str, party: str | None) -> str:
    """Where an officer of the drill is written to."""
    return f"{name.replace(' ', '-')}@{party}.test"


def agreed(home: House, readers: int, **words: Any) -> Story:
    """A release that both parties signed a moment ago."""
    story = half_agreed(home, readers, **words)
    story.sign(home.lacors, at=clock.now())
    return story


def half_agreed(home: House, readers: int, **words: Any) -> Story:
    """A release that HSE signed a moment ago, and LACoRS not yet."""
    at = clock.now()
    message = stories.drafted(home, stories.words(**({"latest_send": at + timedelta(hours=1)} | words)), at=at)
    release = stories.submitted(home, message, at=at)
    stories.seal(home, release, stories.READERS[:readers], at=at)
    story = Story(home, message, release)
    story.sign(home.hse, at=clock.now())
    return story
