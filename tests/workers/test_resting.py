"""A worker that should send nothing for now takes nothing in hand, and keeps nothing from those that may send."""

from pathlib import Path

import pytest

from campaigns.delivery import arming
from campaigns.delivery.armed import Keeper
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport
from campaigns.foundation.log import LogEntry, Untold
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House, Story
from tests.workers.conftest import Lane
from tests.workers.facts import fact
from tests.workers.test_scheduler import heard
from workers import actors, scheduler, sending
from workers.tools import Tools


@pytest.fixture
def story(house: House, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(sending, "RESTS", 0.0)
    return stories.sending_release(house)


def chunk(tools: Tools) -> LogEntry:
    return fact(tools.database, ChunkPlanned)


def test_a_worker_in_doubt_of_its_clock_does_not_put_off_what_others_may_send(
    story: Story, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    tools.doubt = lambda: "The clock jumped"
    actors.hear(chunk(tools).id or 0, tools)
    with tools.database.reading() as session:
        assert session.get(Untold, chunk(tools).id) is None
    assert (transport.sent, story.tally()["queued"]) == ([], 3)

    tools.doubt = lambda: None
    scheduler.tick(tools)
    heard(tools, lanes)
    assert len(transport.sent) == 3


def test_a_relay_that_is_left_alone_is_asked_again_when_its_time_has_come(
    story: Story, tools: Tools, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.delivery.brakes.seconds", lambda: 1000.0)
    tools.brake.until = 1001.0
    sending.send_chunk(chunk(tools), tools)
    assert transport.sent == []

    tools.brake.until = 1000.0
    sending.send_chunk(chunk(tools), tools)
    assert len(transport.sent) == 3


def test_a_machine_that_a_party_refuses_begins_no_other_letter(
    story: Story, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock looks every second; the letters of the chunk in hand wait for another machine."""
    monkeypatch.setattr(sending, "GLANCE", 0.0)  # it would be heard of after a twentieth of a second, in which these three go
    keeper = Keeper(tools.database, tmp_path / "arming.json", tools.clock)
    keeper.ask_anew()
    for officer in (story.house.hse, story.house.lacors):
        with tools.database.transaction() as session:
            arming.confirm(session, arming.waiting(session)[0].epoch, by=officer, at=NOON)
    tools.arming = keeper
    keeper.watch()

    class Refused(RecordingTransport):
        """The party's word comes with the first letter."""

        def deliver(self, envelope: Envelope, *, may_go: MayGo, **_: object) -> Outcome:
            outcome = super().deliver(envelope, may_go=may_go)
            with tools.database.transaction() as session:
                arming.refuse(session, arming.armed(session)[0].epoch, by=story.house.hse, at=NOON)
            scheduler.watch_arming(tools)
            return outcome

    tools.transport = first = Refused()
    sending.send_chunk(chunk(tools), tools)

    assert len(first.sent) == 1 and (story.tally()["accepted"], story.tally()["queued"]) == (1, 2)


def test_where_there_are_several_relays_each_that_is_silent_rests_by_itself(tools: Tools) -> None:
    silent, away = Outcome("unknown", "dot", "TimeoutError: timed out"), Outcome("unsent", "connection", "refused")
    tools.settings = tools.settings.model_copy(update={"smtp_url": "smtp://one.test smtp://two.test"})
    assert not any(tools.brake.heard(f"somebody@{number}.test", silent) for number in range(9))
    assert tools.brake.heard("somebody@a.test", away)
