"""An actor lets every subscriber of a fact act on it; what fails stays untold and comes again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry, Untold
from campaigns.foundation.settings import Settings
from campaigns.planning.campaign_plans import CampaignBegun
from tests import armed
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House
from tests.workers.facts import fact
from workers import actors, subscriptions
from workers.tools import Tools


def begun(database: Database) -> int:
    """The one fact about a campaign."""
    return log.number(fact(database, CampaignBegun))


def untold(database: Database, entry: int) -> Untold | None:
    with database.reading() as session:
        return session.get(Untold, entry)


def standing(database: Database, entry: int) -> Untold:
    row = untold(database, entry)
    assert row is not None
    return row


def test_a_fact_that_all_have_heard_is_told(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    both = [lambda entry, _: heard.append(f"first {entry.kind}"), lambda entry, _: heard.append(f"second {entry.kind}")]
    monkeypatch.setitem(subscriptions.SUBSCRIPTIONS, CampaignBegun, both)

    actors.hear(begun(tools.database), tools)

    assert heard == ["first CampaignBegun", "second CampaignBegun"]
    assert untold(tools.database, begun(tools.database)) is None
    actors.hear(begun(tools.database), tools)  # a hint that was given twice
    assert len(heard) == 2


def test_a_hint_that_comes_again_while_its_fact_is_heard_takes_no_second_thread(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def take_long(entry: LogEntry, tools: Tools) -> None:
        heard.append(entry.kind)
        actors.hear(log.number(entry), tools)

    monkeypatch.setitem(subscriptions.SUBSCRIPTIONS, CampaignBegun, [take_long])
    actors.hear(begun(tools.database), tools)

    assert heard == ["CampaignBegun"] and tools.hearing == set()


def test_one_that_fails_keeps_no_other_from_hearing_and_the_fact_comes_again_later_each_time(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def stumble(entry: LogEntry, _: Tools) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setitem(subscriptions.SUBSCRIPTIONS, CampaignBegun, [stumble, lambda entry, _: heard.append(entry.kind)])
    entry = begun(tools.database)

    rows = []
    for _ in range(3):
        actors.hear(entry, tools)
        rows.append(standing(tools.database, entry))

    assert heard == ["CampaignBegun"] * 3
    assert rows[-1].last_error == "stumble: RuntimeError: no such luck"
    assert [row.due_at.replace(tzinfo=NOON.tzinfo) - NOON for row in rows] == [
        timedelta(seconds=2),
        timedelta(seconds=4),
        timedelta(seconds=8),
    ]


def test_a_hint_at_nothing_is_let_go(tools: Tools) -> None:
    actors.hear(987_654, tools)


def test_a_fact_that_nobody_subscribes_to_is_told(house: House, tools: Tools) -> None:
    actors.hear(begun(tools.database), tools)

    assert untold(tools.database, begun(tools.database)) is None


def test_a_fact_heard_twice_is_harmless(house: House, tools: Tools) -> None:
    for _ in range(2):
        actors.hear(begun(tools.database), tools)

    assert untold(tools.database, begun(tools.database)) is None


def lost(tools: Tools) -> None:
    with tools.database.transaction() as session:
        session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


def refused(_: Tools) -> None:
    with Database("postgresql+psycopg://nobody@127.0.0.1:1/none").reading() as session:
        session.exec(select(Untold)).all()


@pytest.mark.parametrize("away", [lost, refused])
def test_what_failed_for_want_of_the_database_comes_again_at_once_however_often_it_had_failed(
    on_postgres: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, away: Callable[[Tools], None]
) -> None:
    tools, heard = Tools(settings, on_postgres, RecordingTransport(), lambda: NOON, arming=armed.ALWAYS), list[str]()
    stories.house(on_postgres)
    both = [lambda _, tools: away(tools), lambda entry, _: heard.append(entry.kind)]
    monkeypatch.setitem(subscriptions.SUBSCRIPTIONS, CampaignBegun, both)
    entry = begun(on_postgres)
    with on_postgres.transaction() as session:
        session.get_one(Untold, entry).attempts = 10

    rows = []
    for _ in range(2):
        actors.hear(entry, tools)
        rows.append(standing(on_postgres, entry))

    assert [row.due_at - NOON for row in rows] == [timedelta(seconds=2), timedelta(seconds=4)]
    assert "OperationalError" in (rows[0].last_error or "") and heard == ["CampaignBegun"] * 2


def test_what_the_database_answers_is_no_want_of_it(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: LogEntry, tools: Tools) -> None:
        with tools.database.transaction() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count=1")
            session.connection().exec_driver_sql("CREATE TABLE much AS SELECT randomblob(9000000)")

    monkeypatch.setitem(subscriptions.SUBSCRIPTIONS, CampaignBegun, [full])
    entry = begun(tools.database)
    with tools.database.transaction() as session:
        log.not_told(session, entry, error="before", at=NOON)

    actors.hear(entry, tools)

    row = standing(tools.database, entry)
    assert row.attempts == 2 and "full" in (row.last_error or "")


def test_a_fact_that_only_a_newer_version_knows_stays_untold_for_it_and_comes_again_ever_later(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = begun(tools.database)
    monkeypatch.delitem(log.Event.kinds, CampaignBegun.__name__)

    for _ in range(2):
        actors.hear(entry, tools)

    row = standing(tools.database, entry)
    assert (row.attempts, row.last_error) == (2, "No subscriber here knows CampaignBegun: a newer version wrote it")
