"""Subscriptions to calendars: who reads one, what reading it changes, and that what cannot be read changes nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from audiences import calendar_files, calendar_loads, calendar_subscriptions
from audiences.calendar_files import Reading
from audiences.calendar_loads import Calendar, Difference
from audiences.calendar_subscriptions import CalendarSubscribed, CalendarSubscription, CalendarUnsubscribed
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, NotYours, Refused
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import COUNTERSIGN, Officer
from campaigns.planning import rules
from campaigns.planning.rules import CalendarChanged
from tests import crossings
from tests.audiences.posts import OFFICER
from tests.audiences.test_calendar_files import START, event, file

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
COMMITTEES = Calendar("committees", "everywhere", "", "committee")
URL = "https://calendar.example/private/a.ics"
ONE, TWO = event(START), event(START, uid="two", summary="Cabinet")


def add(database: Database, calendar: Calendar = COMMITTEES, url: str = URL, by: Officer = OFFICER) -> CalendarSubscription:
    with database.transaction() as session:
        return calendar_subscriptions.add(session, calendar, url, loopback=False, by=by, at=NOON)


def settle(database: Database, row: CalendarSubscription, outcome: Reading | str, at: datetime = NOON) -> Difference | str:
    with database.transaction() as session:
        return calendar_subscriptions.settle(session, row.id, outcome, at=at)


def reading(*events: str) -> Reading:
    return calendar_files.read(file(*events))


def stored(database: Database) -> CalendarSubscription:
    with database.reading() as session:
        (row,) = calendar_subscriptions.every(session)
        return row


def told(database: Database, *kinds: type) -> list[str]:
    names = [kind.__name__ for kind in kinds or (CalendarChanged,)]
    with database.reading() as session:
        entries = session.exec(select(LogEntry).where(col(LogEntry.kind).in_(names)).order_by(col(LogEntry.id)))
        return [entry.payload.get("what", entry.kind) for entry in entries]


def titles(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(rule.title for rule in rules.standing(session, calendar="committees"))


def test_of_many_clocks_one_takes_what_is_due(database: Database) -> None:
    for number in range(3):
        add(database, Calendar(f"calendar {number}", "everywhere", "", "committee"))
    together = threading.Barrier(4)

    def take(_: int) -> list[str]:
        together.wait()
        found = []
        for _ in range(3):
            with database.transaction() as session:
                row = calendar_subscriptions.claim(session, at=NOON)
            found += [row.name] if row else []
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [name for names in pool.map(take, range(4)) for name in names]

    assert sorted(taken) == ["calendar 0", "calendar 1", "calendar 2"]


def test_what_somebody_took_and_never_came_back_with_is_due_again_after_an_hour(database: Database) -> None:
    add(database)
    at = [NOON - timedelta(seconds=1), NOON, NOON + HOUR - timedelta(seconds=1), NOON + HOUR]

    with database.transaction() as session:
        assert [calendar_subscriptions.claim(session, at=moment) is not None for moment in at] == [False, True, False, True]


def test_the_same_again_tells_nothing_and_what_changed_is_told_once(database: Database) -> None:
    row = add(database)

    settle(database, row, reading(ONE, TWO))
    assert (told(database), titles(database)) == (["added", "added"], ["Cabinet", "Committee"])
    settle(database, row, reading(ONE, TWO), NOON + HOUR)
    assert (len(told(database)), stored(database).last_ok_at, stored(database).next_at) == (2, NOON + HOUR, NOON + HOUR * 25)
    settle(database, row, reading(ONE, event("DTSTART;VALUE=DATE:20260601", uid="two", summary="Cabinet")))
    assert told(database)[2:] == ["changed"]


def test_what_is_gone_from_it_is_retired_as_from_a_file(database: Database) -> None:
    row = add(database)
    settle(database, row, reading(ONE, TWO))

    settle(database, row, reading(TWO))

    assert (titles(database), told(database)[2:]) == (["Cabinet"], ["retired"])
    with database.transaction() as session:
        found = calendar_loads.apply(session, COMMITTEES, reading(TWO), by=OFFICER, at=NOON)
    assert (found.same, len(found.added)) == (1, 0)


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("It was not there within 15 seconds.", "15 seconds"),
        (reading(), "no day that can be read."),
        (reading(event("DTSTART:soon", uid="new")), "no day that can be read: Committee: “soon” is no day"),
    ],
)
def test_what_cannot_be_read_changes_no_rule_and_is_tried_again_ever_later(
    database: Database, outcome: Reading | str, sentence: str
) -> None:
    row = add(database)
    settle(database, row, reading(ONE))
    waits = []

    for number in range(4):
        at = NOON + HOUR * number
        assert sentence in str(settle(database, row, outcome, at))
        waits.append((stored(database).next_at - at) / HOUR)

    found = stored(database)
    assert (waits, found.failures, found.failing_since, found.last_ok_at) == ([1, 6, 24, 24], 4, NOON, NOON)
    assert (sentence in found.last_error, found.is_lost, titles(database), len(told(database))) == (True, True, ["Committee"], 1)
    settle(database, row, reading(ONE))
    assert (stored(database).failures, stored(database).failing_since, stored(database).last_error) == (0, None, "")


def test_only_the_third_failure_in_a_row_is_worth_saying(database: Database) -> None:
    row = add(database)
    lost = []
    for _ in range(3):
        settle(database, row, "No.")
        lost.append(stored(database).is_lost)
    assert lost == [False, False, True]


def test_a_calendar_that_may_not_be_loaded_any_more_is_a_failure_too(database: Database) -> None:
    row = add(database)
    with database.transaction() as session:
        session.execute(sa.update(CalendarSubscription).values(scope="region", place="Atlantis"))

    assert "no region “Atlantis”" in str(settle(database, row, reading(ONE)))
    assert (stored(database).failures, titles(database)) == (1, [])


def test_what_was_unsubscribed_while_it_was_read_loads_nothing_and_its_rules_stand(database: Database) -> None:
    row = add(database)
    settle(database, row, reading(ONE))
    with database.transaction() as session:
        calendar_subscriptions.drop(session, " committees ", by=OFFICER, at=NOON)

    assert settle(database, row, reading(TWO)) == "It was unsubscribed meanwhile."

    assert titles(database) == ["Committee"]
    assert told(database, CalendarSubscribed, CalendarUnsubscribed) == ["CalendarSubscribed", "CalendarUnsubscribed"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"calendar": Calendar(" committees ", "everywhere", "", "committee")}, "a subscription named “committees” already"),
        ({"calendar": Calendar("Polls", "everywhere", "", "committee")}, "kept for the polls"),
        ({"calendar": Calendar("", "everywhere", "", "committee")}, "Give the calendar a name"),
        ({"calendar": Calendar("other", "region", "Atlantis", "committee")}, "no region “Atlantis”"),
        ({"url": "https://me:pass@calendar.example/"}, "user name or a password"),
    ],
)
def test_what_cannot_be_subscribed_is_refused_and_nothing_is_kept(database: Database, changes: dict[str, Any], sentence: str) -> None:
    add(database)
    with pytest.raises(Refused, match=sentence):
        add(database, **{"calendar": Calendar("another", "everywhere", "", "committee"), **changes})
    assert stored(database).name == "committees"


def test_a_reader_subscribes_to_nothing_and_nobody_unsubscribes_from_what_is_not_there(database: Database) -> None:
    with pytest.raises(NotYours):
        add(database, by=Officer(OFFICER.id, "A reader", "hse", "reader"))
    with database.transaction() as session, pytest.raises(NotFound, match="no subscription named “x”"):
        calendar_subscriptions.drop(session, "x", by=OFFICER, at=NOON)


def test_two_loads_of_one_calendar_at_once_double_no_rule(on_postgres: Database) -> None:
    database, found = on_postgres, reading(ONE, TWO)

    def load() -> Difference:
        with database.transaction() as session:
            return calendar_loads.apply(session, COMMITTEES, found, by=COUNTERSIGN, at=NOON)

    with crossings.other(database, load) as begin, database.transaction() as session:
        calendar_loads.apply(session, COMMITTEES, found, by=OFFICER, at=NOON)
        other = begin()
    assert (other.result().same, titles(database)) == (2, ["Cabinet", "Committee"])
