"""What happened is written once, beside the change, and told until it has been heard."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import LogEntry, Untold
from campaigns.foundation.officers import OfficerLeft
from campaigns.planning.campaign_plans import CampaignBegun
from tests import crossings
from tests.campaigns.stories import MINUTE, NOON

SUBJECT = uuid4()


def recorded(session: Session, name: str = "LOPP") -> int:
    return log.number(log.record(session, CampaignBegun(name=name), subject=SUBJECT, by="HSE", at=NOON))


@pytest.mark.parametrize("change", ["UPDATE log_entries SET by = 'somebody else'", "DELETE FROM log_entries"])
def test_no_one_rewrites_what_happened(database: Database, change: str) -> None:
    with database.transaction() as session:
        recorded(session)

    with database.transaction() as session, pytest.raises(sa.exc.DatabaseError, match="append-only"):
        session.execute(sa.text(change))

    with database.reading() as session:
        assert [entry.by for entry in log.history(session, SUBJECT)] == ["HSE"]


def test_a_fact_stands_or_falls_with_its_change(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        recorded(session)
        raise RuntimeError("the step failed after all")

    with database.reading() as session:
        assert log.history(session, SUBJECT) == [] and not log.any_due(session, at=NOON)


def test_a_fact_reads_back_as_its_own_type(database: Database) -> None:
    with database.transaction() as session:
        entry_id = recorded(session, "Näme")

    with database.reading() as session:
        entry = log.get(session, entry_id)
        assert entry is not None and entry.at == NOON
        assert log.read(entry) == CampaignBegun(name="Näme")
        assert log.get(session, entry_id + 1) is None


def test_a_fact_is_hinted_again_until_it_is_told(database: Database) -> None:
    with database.transaction() as session:
        entry_id = recorded(session)
        assert log.hint(session, at=NOON, most=5) == [(entry_id, "CampaignBegun")]
    later = NOON + log.HINT_LASTS

    with database.transaction() as session:
        assert log.hint(session, at=later - timedelta(seconds=1), most=5) == []
        assert log.hint(session, at=later, most=5) == [(entry_id, "CampaignBegun")]
        log.told(session, entry_id)

    with database.transaction() as session:
        assert log.hint(session, at=NOON + timedelta(days=9), most=5) == []
        log.told(session, entry_id)


def test_hints_come_in_order_and_no_more_than_asked_for(database: Database) -> None:
    with database.transaction() as session:
        entries = [recorded(session) for _ in range(3)]
        log.told(session, entries[0])
        log.tell_again(session, entries[:1], at=NOON)  # so that its row lies behind the others

    with database.transaction() as session:
        assert [entry for entry, _ in log.hint(session, at=NOON, most=2)] == entries[:2]
        assert log.hint(session, at=NOON, most=2) == []  # two are under way
        log.told(session, entries[0])
        assert [entry for entry, _ in log.hint(session, at=NOON, most=2)] == entries[2:]


def test_one_kind_of_hint_never_waits_for_another(database: Database) -> None:
    with database.transaction() as session:
        entries = [recorded(session) for _ in range(2)]

    with database.transaction() as session:
        assert log.hint(session, at=NOON, most=2, but={"CampaignBegun"}) == []
        assert [entry for entry, _ in log.hint(session, at=NOON, most=2, only={"CampaignBegun"})] == entries


def test_a_failing_subscriber_is_waited_for_longer_each_time(database: Database) -> None:
    with database.transaction() as session:
        entry_id = recorded(session)

    waits = []
    for _ in range(12):
        with database.transaction() as session:
            log.not_told(session, entry_id, error="x" * 900, at=NOON)
        with database.reading() as session:
            row = session.get_one(Untold, entry_id)
            waits.append((row.due_at - NOON).total_seconds())
            assert len(row.last_error or "") == 500

    assert waits[:3] == [2, 4, 8] and waits[-1] == log.LONGEST_WAIT.total_seconds()
    with database.transaction() as session:  # it failed for weeks
        session.get_one(Untold, entry_id).attempts = 5_000
        log.not_told(session, entry_id, error="still", at=NOON)
        assert session.get_one(Untold, entry_id).due_at == NOON + log.LONGEST_WAIT


def test_a_told_fact_can_be_told_again_and_a_failure_of_it_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        entry_id = recorded(session)
        log.told(session, entry_id)
        log.not_told(session, entry_id, error="late", at=NOON)
        assert log.hint(session, at=NOON, most=5) == []

    with database.transaction() as session:
        log.tell_again(session, [entry_id], at=NOON)
        log.tell_again(session, [entry_id], at=NOON + MINUTE)

    with database.transaction() as session:
        assert log.hint(session, at=NOON, most=5) == [(entry_id, "CampaignBegun")]
        assert not log.any_due(session, at=NOON)
        log.forget_hints(session, at=NOON)
        assert log.any_due(session, at=NOON)


def test_the_newest_facts_come_first_and_a_thing_s_own_in_order(database: Database) -> None:
    with database.transaction() as session:
        first = recorded(session, "one")
        log.record(session, OfficerLeft(), subject=uuid4(), by="HSE", at=NOON)
        last = recorded(session, "two")

    with database.reading() as session:
        assert [entry.id for entry in log.latest(session)] == [last]
        assert [entry.id for entry in log.history(session, SUBJECT)] == [first, last]


def test_an_entry_that_was_never_written_has_no_number() -> None:
    with pytest.raises(NotFound):
        log.number(LogEntry(kind="x", subject=SUBJECT, by="x", at=NOON, payload={}))


def test_a_thing_s_history_is_read_without_facts_of_kinds_nobody_wants_there(database: Database) -> None:
    with database.transaction() as session:
        recorded(session)
        left = log.record(session, OfficerLeft(), subject=SUBJECT, by="HSE", at=NOON)

    with database.reading() as session:
        assert [entry.id for entry in log.history(session, SUBJECT, but=["CampaignBegun"])] == [left.id]


def test_two_clocks_that_put_the_same_facts_back_at_once_put_each_back_once(on_postgres: Database) -> None:
    with on_postgres.transaction() as session:
        entries = [recorded(session) for _ in range(2)]
        for entry_id in entries:
            log.told(session, entry_id)

    def tell_again() -> None:
        with on_postgres.transaction() as session:
            log.tell_again(session, entries, at=NOON + MINUTE)

    with crossings.other(on_postgres, tell_again) as begin, on_postgres.transaction() as session:
        log.tell_again(session, entries[:1], at=NOON)
        found = begin()

    found.result()
    with on_postgres.reading() as session:
        assert [session.get_one(Untold, entry_id).due_at for entry_id in entries] == [NOON, NOON + MINUTE]
