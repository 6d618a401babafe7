"""A copy of the database, and a machine nobody knows, send nothing until both parties have said so."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from campaigns.delivery import armed, arming
from campaigns.delivery.arming import Arming
from campaigns.foundation import arming_files, log, places
from campaigns.foundation.arming_files import Entry
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from tests import snapshots
from tests.campaigns import stories
from tests.campaigns.delivery.machines import NEVER, REFUSED, WAITS, Machine, confirm, told, waiting
from tests.campaigns.stories import NOON, House

TIMES = 25


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


def test_a_machine_that_is_let_send_anew_is_listed_once_and_is_taken_off_whole(machine: Machine, home: House, tmp_path: Path) -> None:
    moved = Machine(home.database, tmp_path / "two" / "arming.json")  # as after a backup was put back: another place, the same names
    moved.started()
    confirm(home.database, home.hse)
    confirm(home.database, home.lacors)
    with home.database.transaction() as session:
        before = session.get_one(Arming, UUID(str(machine.entries()[0]["epoch"])))
        before.store, before.armed_at = "the database's name before", NOON - timedelta(days=1)

    with home.database.transaction() as session:
        (row,) = arming.armed(session)
        assert str(row.epoch) == moved.entries()[0]["epoch"]
        arming.refuse(session, row.epoch, by=home.hse, at=NOON)

    with home.database.reading() as session:
        assert arming.armed(session) == []
        assert (said := arming.refused(session)) and said.machine == row.machine
    assert all(REFUSED in str(one.held()) for one in (machine, moved))
    assert told(home.database)[-1:] == ["ArmingRefused"]


def test_a_lost_arming_file_is_asked_about(machine: Machine) -> None:
    machine.file.unlink()
    assert NEVER in str(machine.held())
    assert WAITS in str(machine.started())


@pytest.mark.parametrize("holds", ['{"half', "null", "[]", '{"a place": null}', ""])
def test_a_broken_arming_file_lets_nothing_go(machine: Machine, holds: str) -> None:
    machine.file.write_text(holds)
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
    assert [row.reason for row in waiting(home.database)] == [arming.ASKED]


def test_either_party_takes_away_from_a_machine_that_it_may_send(machine: Machine, home: House) -> None:
    with home.database.transaction() as session:
        (row,) = arming.armed(session)
        with pytest.raises(NotAllowedNow, match="already"):
            arming.confirm(session, row.epoch, by=home.hse, at=NOON)
    with home.database.transaction() as session:
        arming.refuse(session, row.epoch, by=home.hse, at=NOON)

    assert REFUSED in str(machine.started())


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


def test_processes_that_write_at_once_lose_nothing_of_each_others(tmp_path: Path) -> None:
    path = tmp_path / "arming.json"
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        assert list(pool.map(_count_up, [path] * 4)) == [None] * 4

    with arming_files.opened(path) as file:
        assert file.entries["here"].claims == 4 * TIMES


def _count_up(path: Path) -> None:
    """One process's part: read, add one, write."""
    for _ in range(TIMES):
        with arming_files.opened(path) as file:
            before = file.entries.get("here") or Entry(str(UUID(int=1)))
            file.put("here", replace(before, claims=before.claims + 1))


def test_a_mark_is_moved_on_and_never_back_and_not_for_another_epoch(tmp_path: Path) -> None:
    path, epoch = tmp_path / "arming.json", str(UUID(int=1))
    with arming_files.opened(path) as file:
        file.put("here", Entry(epoch, 7, "seven", 4))

    assert arming_files.move_on(path, "here", Entry(epoch, 6, "six", 5))
    assert arming_files.read(path).entries["here"] == Entry(epoch, 7, "seven", 5)
    arming_files.move_on(path, "here", Entry(epoch, 8, "eight", 3))
    assert arming_files.read(path).entries["here"] == Entry(epoch, 8, "eight", 5)
    assert not arming_files.move_on(path, "here", Entry(str(UUID(int=2)), 9, "nine", 9))
    assert not arming_files.move_on(path, "elsewhere", Entry(epoch, 9, "nine", 9))
    assert arming_files.read(path).entries == {"here": Entry(epoch, 8, "eight", 5)}


def test_a_process_that_waits_for_its_database_keeps_no_other_from_looking(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.started()
    asked, judge = list[str | None](), armed.judge

    def meanwhile(*looked_at: Any) -> str:
        monkeypatch.setattr(armed, "judge", judge)
        asked.append(machine.held())
        return judge(*looked_at)

    monkeypatch.setattr(armed, "judge", meanwhile)
    monkeypatch.setattr(arming_files, "PATIENCE", 0.0)
    assert machine.held() is None and asked == [None]


def test_whoever_does_not_let_go_of_the_file_is_not_waited_for_for_ever(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.started()
    monkeypatch.setattr(arming_files, "PATIENCE", 0.02)
    with arming_files.opened(machine.file):
        assert "is in use by another process" in str(machine.held())
    assert machine.held() is None
