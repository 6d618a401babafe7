"""A step is whole or it never was; a page that looks changes nothing; two writers wait for each other."""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from campaigns.foundation import database as database_module
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from tests.campaigns.stories import NOON, house


def test_a_new_database_file_is_its_owners_alone_with_what_stands_beside_it(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with made.transaction() as session:
        session.execute(sa.text("CREATE TABLE one (id INTEGER)"))

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    made.dispose()

    assert "new.db-wal" in modes and set(modes.values()) == {0o600}


def test_what_a_reader_changed_is_forgotten(database: Database) -> None:
    lopp = house(database)

    with database.reading() as session:
        record = session.get_one(officers.OfficerRecord, lopp.hse.id)
        record.name = "Somebody else"
        session.add(record)
        session.flush()

    with database.reading() as session:
        assert officers.get(session, lopp.hse.id).name == "HSE director"


def test_a_step_that_fails_is_undone_whole(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        officers.add(session, name="A post", party="hse", duty="officer", by="test", at=NOON)
        raise RuntimeError

    with database.reading() as session:
        assert officers.everyone(session) == []


def test_two_steps_that_read_then_write_wait_for_each_other(sqlite: Database) -> None:
    lopp = house(sqlite)
    began = threading.Barrier(2)

    def rename(mark: str) -> None:
        began.wait()
        for _ in range(5):
            with sqlite.transaction() as session:
                record = session.get_one(officers.OfficerRecord, lopp.hse.id)
                time.sleep(0.005)
                record.name += mark
                session.add(record)

    threads = [threading.Thread(target=rename, args=[mark]) for mark in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sqlite.reading() as session:
        name = officers.get(session, lopp.hse.id).name
        assert (name.removeprefix("HSE director").count("a"), name.count("b")) == (5, 5)


def test_a_database_server_that_vanished_is_noticed_within_seconds_unless_its_url_says_otherwise(on_postgres: Database) -> None:
    patient = Database(f"{on_postgres.url}{'&' if '?' in on_postgres.url else '?'}connect_timeout=42")
    for made, waits in ((on_postgres, "5"), (patient, "42")):
        with made.engine.connect() as connection:
            said = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        assert (said["connect_timeout"], said["tcp_user_timeout"], said["keepalives_idle"]) == (waits, "15000", "10")
    patient.dispose()


def test_nobody_waits_for_ever_for_a_process_that_stands_still_in_a_transaction(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "STANDING_STILL", "SET lock_timeout = '0.2s'; SET idle_in_transaction_session_timeout = '1s'")
    hse, hurried = house(on_postgres).hse, Database(on_postgres.url)

    def rename(made: Database) -> None:
        with made.transaction() as session:
            session.get_one(officers.OfficerRecord, hse.id, with_for_update=True).name = "Somebody else"
            session.flush()
            if made is hurried:
                frozen.wait()

    frozen = threading.Event()
    standing_still = threading.Thread(target=_ended, args=[rename, hurried])
    standing_still.start()
    impatient = Database(on_postgres.url)
    deadline = time.monotonic() + 30
    with pytest.raises(OperationalError, match="lock timeout"):
        while time.monotonic() < deadline:  # until the other has it
            rename(impatient)

    while time.monotonic() < deadline:  # until the server has ended the other's transaction
        with contextlib.suppress(OperationalError):
            rename(impatient)
            break
    assert time.monotonic() < deadline
    frozen.set()
    standing_still.join()
    for made in (hurried, impatient):
        made.dispose()


def _ended(step: Callable[[Database], None], made: Database) -> None:
    with pytest.raises(DBAPIError):
        step(made)
