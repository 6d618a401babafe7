"""A copy of the database, an earlier state of it, and a machine nobody knows send nothing until both parties have said so."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event

from campaigns.delivery import armed, arming
from campaigns.delivery.armed import Keeper
from campaigns.delivery.arming import Arming
from campaigns.foundation import arming_files, log, places
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer
from tests import conftest, server_snapshots, snapshots
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House

YESTERDAY = "yesterday"
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


@pytest.fixture
def home(database: Database) -> House:
    return stories.house(database)


@pytest.fixture
def machine(home: House, tmp_path: Path) -> Machine:
    """A machine on which a new installation has begun to work."""
    machine = Machine(home.database, tmp_path / "one" / "arming.json")
    assert machine.started() is None
    return machine


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


@pytest.fixture
def put_back(home: House) -> Iterator[Callable[[], Callable[[], None]]]:
    """Keep the database as it stands; what is given puts that back."""

    def keep() -> Callable[[], None]:
        if home.database.is_sqlite:
            return snapshots.Snapshot(home.database).back
        server_snapshots.keep(home.database, YESTERDAY)
        return lambda: _put(home.database)

    yield keep
    if not home.database.is_sqlite:
        with home.database.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {YESTERDAY} CASCADE")


def _put(database: Database) -> None:
    conftest.empty(database)
    assert server_snapshots.put(database, YESTERDAY)


def test_a_new_installation_is_armed_by_its_first_start(machine: Machine) -> None:
    assert machine.held() is None
    assert told(machine.database) == ["SendingArmed"]


def test_before_its_first_start_nothing_may_be_sent(home: House, tmp_path: Path) -> None:
    assert NEVER in str(Machine(home.database, tmp_path / "arming.json").held())


def test_a_database_in_which_something_began_is_not_new(home: House, tmp_path: Path) -> None:
    stories.sending_release(home)
    assert WAITS in str(Machine(home.database, tmp_path / "arming.json").started())
    assert told(home.database) == ["SendingDisarmed"]


def test_a_second_machine_waits_for_both_parties_and_the_first_goes_on(machine: Machine, home: House, tmp_path: Path) -> None:
    second = Machine(home.database, tmp_path / "two" / "arming.json")
    assert WAITS in str(second.started())

    confirm(home.database, home.hse)
    assert WAITS in str(second.held())
    assert confirm(home.database, home.lacors)

    assert (second.held(), machine.held()) == (None, None)
    assert told(home.database) == ["SendingArmed", "SendingDisarmed", "ArmingConfirmed", "ArmingConfirmed", "SendingArmed"]


def test_an_earlier_state_put_back_is_found_out_by_what_the_log_lacks(
    machine: Machine, home: House, put_back: Callable[[], Callable[[], None]]
) -> None:
    back = put_back()
    write(home)
    assert machine.held() is None

    back()

    assert PUT_BACK in str(machine.held())
    assert WAITS in str(machine.started())
    assert [row.reason for row in waiting(home.database)] == [arming.RESTORED]


def test_another_fact_under_the_same_number_is_no_proof(machine: Machine, home: House, put_back: Callable[[], Callable[[], None]]) -> None:
    back = put_back()
    write(home)
    assert machine.held() is None

    back()
    stories.drafted(home, stories.words(title="Another history"), at=NOON + stories.HOUR)

    assert PUT_BACK in str(machine.held())


def test_a_state_from_before_a_claim_is_found_out_though_no_fact_is_missing(
    machine: Machine, home: House, put_back: Callable[[], Callable[[], None]]
) -> None:
    back = put_back()
    assert machine.keeper().held_from_claiming() is None

    back()

    assert PUT_BACK in str(machine.held())


def test_a_claim_from_another_machine_is_missed_too(
    machine: Machine, home: House, tmp_path: Path, put_back: Callable[[], Callable[[], None]]
) -> None:
    second = Machine(home.database, tmp_path / "two" / "arming.json")
    second.started()
    confirm(home.database, home.hse)
    confirm(home.database, home.lacors)
    back = put_back()
    assert (second.keeper().held_from_claiming(), machine.held()) == (None, None)

    back()

    assert PUT_BACK in str(machine.held())


def test_once_both_parties_have_confirmed_a_restored_database_it_may_send(
    machine: Machine, home: House, put_back: Callable[[], Callable[[], None]]
) -> None:
    back = put_back()
    write(home)
    machine.held()
    back()
    machine.started()

    confirm(home.database, home.lacors_other)
    confirm(home.database, home.hse_other)

    assert machine.held() is None


def test_confirmations_do_not_outlive_the_state_they_were_given_in(
    machine: Machine, home: House, put_back: Callable[[], Callable[[], None]]
) -> None:
    second = Machine(home.database, machine.file.with_name("other.json"))
    second.started()
    confirm(home.database, home.hse)
    confirm(home.database, home.lacors)
    back = put_back()  # both had confirmed when the copy was made
    write(home)
    assert second.held() is None

    back()

    assert WAITS in str(second.started())
    assert len(waiting(home.database)) == 1


def test_a_lost_arming_file_is_asked_about(machine: Machine) -> None:
    machine.file.unlink()
    assert NEVER in str(machine.held())
    assert WAITS in str(machine.started())


def test_a_broken_arming_file_lets_nothing_go(machine: Machine) -> None:
    machine.file.write_text('{"half')
    assert "cannot be used" in str(machine.held())
    assert "cannot be used" in str(machine.started())


def test_an_arming_file_copied_to_another_folder_is_not_believed(machine: Machine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(machine.file.parent, elsewhere)
    assert NEVER in str(Machine(machine.database, elsewhere / "arming.json").held())


def test_an_arming_file_on_another_machine_is_not_believed(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text("f" * 32 + "\n")
    monkeypatch.setattr(places, "MACHINE_ID", tmp_path / "machine-id")
    assert NEVER in str(machine.held())


def test_a_copied_folder_of_sqlite_is_another_place(sqlite: Database, tmp_path: Path) -> None:
    machine = Machine(sqlite, tmp_path / "arming.json")
    assert machine.started() is None
    copied = tmp_path / "copy.db"
    snapshots.copy(sqlite, copied)

    copy = Database(f"sqlite:///{copied}")

    assert NEVER in str(machine.held(copy))
    assert machine.held() is None
    copy.dispose()


def test_a_mark_is_never_put_back(machine: Machine, home: House) -> None:
    """Another process has seen more than a look that began before, and wrote it down."""
    keeper = machine.keeper()
    keeper.held()
    before = machine.entries()[0]["number"]
    write(home)
    machine.held()
    further = machine.entries()[0]["number"]
    assert int(str(further)) > int(str(before))

    keeper.watch()

    assert machine.entries()[0]["number"] == further


def test_the_mark_names_nothing_that_is_not_committed(machine: Machine, home: House) -> None:
    if home.database.is_sqlite:
        pytest.skip("on SQLite a reader never meets a writer half-way")
    machine.held()
    before = machine.entries()[0]["number"]
    with home.database.engine.connect() as connection:
        session = log.Session(connection)
        log.record(session, arming.SendingArmed(machine="nowhere"), subject=UUID(int=1), by="test", at=NOON)
        assert machine.held() is None
        session.rollback()
    assert machine.entries()[0]["number"] == before


def test_what_asks_again_is_said_to_ask_again(machine: Machine, home: House) -> None:
    machine.file.unlink()
    machine.started()
    machine.file.unlink()
    machine.started()

    with home.database.reading() as session:
        asked = [log.read(entry) for entry in log.latest(session, 10) if entry.kind == "SendingDisarmed"]
    assert [one.again for one in asked if isinstance(one, arming.SendingDisarmed)] == [True, False]
    assert len(waiting(home.database)) == 1


def test_only_signatories_say_it_each_for_their_party_once(machine: Machine, home: House) -> None:
    machine.file.unlink()
    machine.started()
    for nobody in (home.drafter, home.observer, home.administrator):
        with pytest.raises(NotYours, match="signatory"):
            confirm(home.database, nobody)
    confirm(home.database, home.hse)
    with pytest.raises(NotAllowedNow, match="already"):
        confirm(home.database, home.hse_other)
    assert WAITS in str(machine.held())


def test_a_machine_that_was_refused_asks_no_more_by_itself(machine: Machine, home: House) -> None:
    machine.file.unlink()
    machine.started()
    with home.database.transaction() as session:
        arming.refuse(session, arming.waiting(session)[0].epoch, by=home.lacors, at=NOON)

    assert REFUSED in str(machine.started())
    assert waiting(home.database) == []

    machine.keeper().ask_anew()
    assert [row.reason for row in waiting(home.database)] == [arming.UNKNOWN]


def test_an_answer_is_believed_for_a_moment_only(machine: Machine, home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    event.listen(home.database.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    keeper = machine.keeper()
    keeper.held()
    first = len(asked)
    keeper.held()
    assert len(asked) == first
    monkeypatch.setattr(armed, "EVERY", 0.0)
    keeper.held()
    assert len(asked) > first


def test_two_processes_that_write_at_once_lose_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "arming.json"
    for place in range(20):
        with arming_files.opened(path) as file:
            file.put(str(place), arming_files.Entry(str(UUID(int=place))))
    with arming_files.opened(path) as file:
        assert len(file.entries) == 20
