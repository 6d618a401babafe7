"""A database put back to an earlier state is found out on the machine that knew a later one, by what it lacks."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from campaigns.delivery import arming
from campaigns.foundation import log
from tests.campaigns import stories
from tests.campaigns.delivery.machines import PUT_BACK, WAITS, Machine, confirm, waiting, write
from tests.campaigns.stories import NOON, House


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

    for _ in range(3):  # asking counts nothing that would make up for it
        assert PUT_BACK in str(machine.keeper().held_from_claiming())
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
