"""The chain over the log: whatever is rewritten, taken away or put in is found, and the first bad link is named."""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.foundation import audit, log
from campaigns.foundation.audit import Finding, Head
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.foundation.log import Event

NOON = datetime(2026, 5, 12, 12, 0, 0, 123456, tzinfo=UTC)
CHANGED = int(os.environ.get("COUNTERSIGN_TEST_CHANGED_ROWS", "20"))  # rows changed per column; 200 for the full check
FACTS = CHANGED + 20
OTHER = {
    "kind": "'Other'",
    "subject": f"'{uuid4().hex}'",
    "by": "'somebody else'",
    "at": "'2001-01-01 00:00:00.000000'",
    "payload": "'{\"said\": 999999}'",
}


class SomethingSaid(Event):
    """A fact for these tests."""

    said: int


def tell(database: Database, number: int = FACTS) -> None:
    """Record facts and chain them."""
    with database.transaction() as session:
        for said in range(number):
            log.record(
                session, SomethingSaid(said=said), subject=UUID(int=said + 1), by=f"Officer {said % 7}", at=NOON + timedelta(seconds=said)
            )
    with database.transaction() as session:
        assert audit.chain(session) == number


def test_several_processes_that_link_at_once_wait_for_each_other_and_none_fails(database: Database) -> None:
    start = Barrier(4)
    with database.transaction() as session:
        for said in range(FACTS):
            log.record(session, SomethingSaid(said=said), subject=UUID(int=1), by="test", at=NOON)

    def link(_: int) -> int:
        start.wait()
        return audit.chain_all(database)

    with ThreadPoolExecutor(4) as processes:
        linked = sum(processes.map(link, range(4)))

    assert (linked, verified(database).fault) == (FACTS, None)
    with database.reading() as session:
        assert audit.unlinked(session) == 0


def test_what_is_more_than_a_stretch_is_linked_to_the_last(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 3)
    with sqlite.transaction() as session:
        for said in range(10):
            log.record(session, SomethingSaid(said=said), subject=UUID(int=1), by="test", at=NOON)

    assert audit.chain_all(sqlite) == 10
    assert verified(sqlite).fault is None


def verified(database: Database, known: Head | None = None) -> Finding:
    with database.reading() as session:
        return audit.verify(session, at=NOON + timedelta(hours=1), known=known)


@contextmanager
def tampering(database: Database) -> Iterator[Session]:
    """A session in which no trigger watches; whatever is done in it is undone at the end."""
    with database.engine.execution_options(countersign_writing=True).connect() as connection:
        if database.is_sqlite:
            for table in ("log_entries", "links"):
                for verb in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")  # no triggers, no foreign keys
        with Session(connection) as session:
            yield session
        connection.rollback()
        if not database.is_sqlite:
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")


def found(session: Session, known: Head | None = None) -> str:
    return audit.verify(session, at=NOON + timedelta(hours=1), known=known).fault or "nothing"


def test_a_log_left_alone_is_as_it_was_written(database: Database) -> None:
    tell(database)

    finding = verified(database)

    assert (finding.links, finding.fault) == (FACTS, None)


def test_facts_told_in_several_goes_make_one_chain(database: Database) -> None:
    tell(database, 3)
    tell(database, 4)

    assert (verified(database).links, verified(database).fault) == (7, None)


@pytest.mark.long
@pytest.mark.parametrize("column", ["kind", "subject", "by", "at", "payload"])
def test_what_cannot_be_read_any_more_is_named_like_what_was_changed(sqlite: Database, column: str) -> None:
    tell(sqlite)

    with tampering(sqlite) as session:
        session.connection().exec_driver_sql(f"UPDATE log_entries SET {column} = x'ff00' WHERE id = 7")
        assert found(session) == "what is written of link 7 cannot be read"


@pytest.mark.parametrize("column", sorted(OTHER))
def test_a_changed_column_of_any_fact_is_found_and_named(database: Database, column: str) -> None:
    tell(database)
    chosen = random.Random(column).sample(range(1, FACTS + 1), CHANGED)

    with tampering(database) as session:
        for number in chosen:
            with session.begin_nested() as point:
                session.connection().exec_driver_sql(f'UPDATE log_entries SET "{column}" = {OTHER[column]} WHERE id = {number}')
                assert found(session).startswith(f"link {number} (fact {number}, ")
                point.rollback()


@pytest.mark.parametrize("column", ["hash", "entry_id", "number"])
def test_a_changed_column_of_any_link_is_found(database: Database, column: str) -> None:
    tell(database)
    value = {"hash": "x'00'" if database.is_sqlite else "'\\x00'", "entry_id": "100000", "number": "100000"}[column]

    with tampering(database) as session:
        for number in random.Random(column).sample(range(1, FACTS), CHANGED):
            with session.begin_nested() as point:
                session.connection().exec_driver_sql(f"UPDATE links SET {column} = {value} WHERE number = {number}")
                assert f"link {number}" in found(session)
                point.rollback()


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("DELETE FROM log_entries WHERE id = 7", "the fact of link 7 is missing"),
        ("DELETE FROM links WHERE number = 7", "link 7 is missing"),
        ("INSERT INTO links (number, entry_id, hash) SELECT 0, 100000, hash FROM links WHERE number = 1", "link 1 is missing"),
        (
            "UPDATE log_entries SET payload = (SELECT payload FROM log_entries o WHERE o.id = 15 - log_entries.id) WHERE id IN (7, 8)",
            "link 7 ",
        ),
    ],
)
def test_what_is_taken_away_or_put_in_is_found(database: Database, deed: str, said: str) -> None:
    tell(database, 12)

    with tampering(database) as session:
        session.connection().exec_driver_sql(deed)
        assert found(session).startswith(said)


def test_a_fact_put_in_without_a_link_is_found(database: Database) -> None:
    tell(database, 5)

    with tampering(database) as session:
        session.connection().exec_driver_sql(
            'INSERT INTO log_entries (id, kind, subject, "by", at, payload) SELECT 99, kind, subject, "by", at, payload FROM log_entries WHERE id = 3'
        )
        assert found(session) == "fact 99 was never linked"


def test_a_cut_off_tail_is_found_by_a_head_that_was_kept(database: Database) -> None:
    tell(database, 9)
    kept = audit.read_head(f"{verified(database).head} 2026-05-12T13:00:00+00:00\n")

    with tampering(database) as session:
        session.connection().exec_driver_sql("DELETE FROM links WHERE number > 6")
        session.connection().exec_driver_sql("DELETE FROM log_entries WHERE id > 6")
        assert found(session) == "nothing"
        assert found(session, kept) == "the chain ends at 6, before the head that was kept (9): its tail is missing"


def test_a_chain_made_anew_is_found_by_a_head_that_was_kept(database: Database) -> None:
    tell(database, 9)
    kept = verified(database).head

    with tampering(database) as session:
        session.connection().exec_driver_sql("UPDATE log_entries SET \"by\" = 'nobody' WHERE id = 4")
        session.connection().exec_driver_sql("DELETE FROM links")
        session.connection().exec_driver_sql("INSERT INTO unlinked SELECT id FROM log_entries")
        audit.chain(session)
        session.flush()
        assert found(session) == "nothing"
        assert "made anew" in found(session, kept)


@pytest.mark.parametrize("verb", ["UPDATE links SET number = 5", "DELETE FROM links"])
def test_the_chain_itself_cannot_be_changed(database: Database, verb: str) -> None:
    tell(database, 3)

    with database.engine.connect() as connection, pytest.raises(sa.exc.DatabaseError, match="append-only"):
        connection.exec_driver_sql(verb)


@pytest.mark.parametrize("text", ["", "seven 00", "7", "7 zz"])
def test_what_is_not_a_head_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        audit.read_head(text)


def test_a_fact_has_a_minute_to_be_linked_before_that_is_a_fault(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        log.record(session, SomethingSaid(said=1), subject=UUID(int=1), by="test", at=NOON)

    with sqlite.reading() as session:
        assert audit.verify(session, at=NOON + audit.UNCHAINED_AT_MOST).fault is None
        later = audit.verify(session, at=NOON + audit.UNCHAINED_AT_MOST + timedelta(microseconds=1))
    assert "was never linked" in str(later.fault)
