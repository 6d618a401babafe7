"""A worker process, from its start to its last transaction."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from campaigns.delivery import journals, transport
from campaigns.delivery.heartbeats import Heartbeat
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport
from campaigns.foundation import audit
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import House
from workers import brokers, main, scheduler
from workers.tools import Tools

PATIENCE = 30.0  # seconds


def test_a_worker_that_stops_leaves_nothing_unlinked(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    with house.database.reading() as session:
        before = audit.unlinked(session)
    tools.stopping.set()  # before the clock's first look

    main.work(tools)

    with house.database.reading() as session:
        assert (before > 0, audit.unlinked(session)) == (True, 0)


def test_a_worker_says_in_one_line_what_begins_and_no_secret(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    tools.settings = tools.settings.model_copy(update={"smtp_url": "smtps://me:hidden@relay.test:465 smtp://second.test"})
    tools.stopping.set()

    with capture_logs() as said:
        main.work(tools)

    [line] = [one for one in said if one["event"] == "this worker begins"]
    assert (line["database"], line["broker"], line["relays"]) == ("sqlite", "in memory", ("relay.test:465", "second.test"))
    assert line["lanes"] == {"desk": 2, "sending": 1} and line["journals"].endswith("/journals")
    assert "hidden" not in str(said)


def test_a_worker_that_stops_says_that_it_is_gone(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    scheduler.give_a_sign(tools)
    tools.stopping.set()

    main.work(tools)

    with house.database.reading() as session:
        assert session.get_one(Heartbeat, tools.name).ended


def test_a_worker_that_stops_while_its_database_is_away_ends_all_the_same(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory = brokers.connect(None)
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    monkeypatch.setattr(brokers, "connect", lambda _: in_memory)
    given = settings.model_copy(update={"broker_url": "redis://127.0.0.1"})  # else hints are forgotten as it starts
    tools = Tools(given, Database("postgresql+psycopg://127.0.0.1:1/nowhere"), RecordingTransport(), clock, arming=armed.ALWAYS)
    tools.stopping.set()

    main.work(tools)

    assert list(settings.journals.iterdir()) == []


@dataclass
class SlowRelay(RecordingTransport):
    """Answers when it is let; knows whether it was told goodbye."""

    asked: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def deliver(self, envelope: Envelope, *, may_go: MayGo = transport.always, **_: object) -> Outcome:
        self.asked.set()
        self.answers.wait(PATIENCE)
        return super().deliver(envelope, may_go=may_go)

    def close(self) -> None:
        self.closed = True


def test_a_worker_that_stops_keeps_its_journal_as_long_as_a_letter_is_in_hand(
    house: House, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)
    monkeypatch.setattr(main, "SETTLES_WITHIN", 0.01)
    relay = SlowRelay()
    tools = Tools(settings.model_copy(update={"smtp_timeout": 0.01}), house.database, relay, clock, arming=armed.ALWAYS)
    stories.sending_release(house)
    stops = threading.Thread(target=lambda: relay.asked.wait(PATIENCE) and tools.stopping.set())
    stops.start()

    main.work(tools)

    assert (relay.asked.is_set(), relay.closed) == (True, False)
    assert list(journals.orphans(settings.journals)) == []
    relay.answers.set()
    deadline = time.monotonic() + PATIENCE
    while tools.journal.path.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert tools.journal.path.read_bytes() == b""
    assert relay.sent == []


def test_every_lane_is_stopped_while_the_others_are(sqlite: Database, settings: Settings, clock: Clock) -> None:
    tools = Tools(settings, sqlite, RecordingTransport(), clock, arming=armed.ALWAYS)
    together = threading.Barrier(3)

    class Lane:
        workers: tuple[threading.Thread, ...] = ()

        def stop(self, timeout: int) -> None:
            together.wait(PATIENCE)

    main._lay_down(tools, [Lane() for _ in range(together.parties)])

    assert not together.broken


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="this system does not know batches")
def test_a_worker_interrupts_nobody_when_it_is_woken() -> None:
    begun = "import os, threading; from workers import main; main.give_way(); "
    asked = "one = threading.Thread(target=lambda: print(os.sched_getscheduler(0) == os.SCHED_BATCH)); one.start(); one.join()"

    done = subprocess.run([sys.executable, "-c", begun + asked], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "True"  # its threads, too


def test_where_a_system_forbids_batches_a_worker_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", forbidden, raising=False)

    main.give_way()
