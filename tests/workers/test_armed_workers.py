"""A worker on what may be a copy begins nothing, claims nothing and writes to nobody but about that; once both parties confirm, it goes on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from campaigns.agreement import parties
from campaigns.delivery import arming
from campaigns.delivery.armed import Keeper
from campaigns.delivery.arming import ArmingRefused, SendingDisarmed
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.log import LogEntry, Untold
from campaigns.foundation.settings import Settings
from tests.campaigns import stories
from tests.campaigns.posting import Clock, reachable
from tests.campaigns.stories import House, Story
from tests.workers.conftest import Lane
from tests.workers.facts import WRITERS, every, fact
from tests.workers.letters import reads_as_agreed
from tests.workers.test_scheduler import heard
from workers import scheduler, telling, tools
from workers.tools import Tools


@pytest.fixture
def copy(house: House, tools: Tools, tmp_path: Path) -> Tools:
    """The tools of a worker on another machine than the one that was armed first."""
    Keeper(house.database, tmp_path / "first" / "arming.json", tools.clock).watch()
    keeper = Keeper(house.database, tmp_path / "second" / "arming.json", tools.clock)
    return replace(tools, arming=keeper)


def looked(workshop: Tools, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tick, whose answers are not remembered from the one before."""
    monkeypatch.setattr("campaigns.delivery.armed.EVERY", 0.0)
    return scheduler.tick(workshop)


def both_confirm(house: House) -> None:
    for officer in (house.hse, house.lacors):
        with house.database.transaction() as session:
            arming.confirm(session, arming.waiting(session)[0].epoch, by=officer, at=stories.NOON)


def test_a_copy_begins_nothing_until_both_parties_have_confirmed(
    house: House, copy: Tools, lanes: dict[str, Lane], transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = stories.agreed_release(house)
    story.schedule()
    failed = looked(copy, monkeypatch)
    heard(copy, lanes)
    held = (story.state(), len(transport.sent), failed)

    both_confirm(house)
    looked(copy, monkeypatch)
    heard(copy, lanes)

    assert held == ("scheduled", 0, [])
    assert (story.state(), len(transport.sent)) == ("sent", 3)


def test_a_copy_made_in_mid_sending_claims_nothing_and_is_not_put_off_by_it(
    house: House, copy: Tools, lanes: dict[str, Lane], transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = stories.sending_release(house)
    looked(copy, monkeypatch)
    heard(copy, lanes)
    assert (story.tally()["queued"], len(transport.sent), waits(story)) == (3, 0, [])

    both_confirm(house)
    looked(copy, monkeypatch)
    heard(copy, lanes)

    assert len(transport.sent) == 3


def waits(story: Story) -> list[Untold]:
    """Facts whose telling failed, so that they are told again later and later."""
    with story.database.reading() as session:
        return list(session.exec(select(Untold).where(Untold.attempts > 0)))


def test_a_copy_reminds_nobody_and_publishes_no_head(house: House, copy: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    stories.waiting_release(reachable(house))
    clock.at += timedelta(days=3)

    looked(copy, monkeypatch)

    with house.database.reading() as session:
        kinds = set(session.exec(select(LogEntry.kind)))
    assert "SendingDisarmed" in kinds
    assert not kinds & {"PartyReminded", "HeadPublished"}


def test_signatories_of_both_parties_are_told_once_that_sending_is_off(house: House, copy: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    reachable(house)
    looked(copy, monkeypatch)
    asked = fact(house.database, SendingDisarmed)

    for _ in range(2):
        telling.tell_signatories_sending_is_off(asked, copy)

    found = every(house.database)
    assert [notice.to for notice in found] == [f"{name}@posts.test" for name in WRITERS if name != "hse-drafter"]
    with house.database.reading() as session:
        row = arming.waiting(session)[0]
    assert reads_as_agreed("sending_disarmed", found[0], the_machine=row.machine, the_database=row.store)


def test_signatories_of_both_parties_are_told_once_that_one_of_them_refused(
    house: House, copy: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable(house)
    looked(copy, monkeypatch)
    with house.database.transaction() as session:
        arming.refuse(session, arming.waiting(session)[0].epoch, by=house.lacors, at=copy.clock())
    refused = fact(house.database, ArmingRefused)

    for _ in range(2):
        telling.tell_signatories_a_machine_is_refused(refused, copy)

    found = every(house.database)
    assert [notice.to for notice in found] == [f"{name}@posts.test" for name in WRITERS if name != "hse-drafter"]
    assert f"{house.lacors.name} does not let it send." in str(found[0].text)


def test_nobody_is_told_again_while_a_machine_only_asks_anew(house: House, copy: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    reachable(house)
    looked(copy, monkeypatch)
    assert copy.arming
    copy.arming.path.unlink()
    looked(copy, monkeypatch)

    telling.tell_signatories_sending_is_off(fact(house.database, SendingDisarmed), copy)

    assert every(house.database) == []


def test_a_worker_process_asks_its_arming_file(house: House, settings: Settings, tmp_path: Path) -> None:
    with house.database.reading() as session:
        assert parties.required(session)
    gathered = tools.gather(settings.model_copy(update={"arming_file": tmp_path / "arming.json", "database_url": house.database.url}))
    assert gathered.is_held()
    scheduler.watch_arming(gathered)
    assert not gathered.is_held()
    assert gathered.may_claim()
    gathered.database.dispose()


def test_the_arming_file_does_not_lie_in_the_data_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="COUNTERSIGN_ARMING_FILE"):
        Settings(data_dir=tmp_path, arming_file=tmp_path / "below" / "arming.json")


def test_by_default_it_lies_where_the_user_keeps_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Settings().arming_path == tmp_path / "countersign" / "arming.json"
