"""Which workers live, and what is said where none of them may send."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaigns.delivery import arming, halts, heartbeats
from campaigns.delivery.armed import Keeper
from campaigns.delivery.heartbeats import KEPT, QUIET, Heartbeat
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import DAY

NOON = stories.NOON + DAY
SECOND = timedelta(seconds=1)
JUMPED = "The clock jumped by +3600 seconds."


@pytest.fixture
def nobody(database: Database) -> Database:
    """An installation at which no worker has ever been at work, set up a day ago."""
    stories.house(database)
    with database.transaction() as session:
        session.exec(sa.delete(Heartbeat))
    return database


def test_nothing_is_said_while_a_worker_that_may_send_was_seen_lately(nobody: Database) -> None:
    with nobody.transaction() as session:
        heartbeats.beat(session, "one", why=JUMPED, at=NOON)
        heartbeats.beat(session, "two", why="", at=NOON)

        assert halts.shown(session, at=NOON + QUIET - SECOND) == ""
        assert heartbeats.counted(session, at=NOON) == {"sending": 1, "idle": 1}


def test_where_none_of_them_may_send_it_is_said_why(nobody: Database) -> None:
    with nobody.transaction() as session:
        heartbeats.beat(session, "one", why="", at=NOON)
        heartbeats.beat(session, "one", why=JUMPED, at=NOON + SECOND)

        assert halts.shown(session, at=NOON + SECOND) == f"Nothing leaves. {JUMPED} Tell whoever runs Countersign."
        assert heartbeats.nobody(session, at=NOON + SECOND) == ""


def test_where_one_machine_asks_and_the_other_has_no_worker_both_is_said(nobody: Database, tmp_path: Path) -> None:
    for machine in ("first", "second"):
        Keeper(nobody, tmp_path / machine / "arming.json", lambda: NOON).watch()
    with nobody.reading() as session:
        (asking,) = arming.waiting(session)
        said = halts.shown(session, at=NOON)

    assert said.startswith(
        f"Nothing leaves from {asking.machine} until both parties let it. Nothing leaves. The program that seals and sends"
    )


def test_where_none_is_at_work_it_is_said_since_when(nobody: Database) -> None:
    with nobody.transaction() as session:
        assert (
            halts.shown(session, at=NOON)
            == "Nothing leaves. The program that seals and sends letters has not run here yet. Tell whoever runs Countersign."
        )
        heartbeats.beat(session, "one", why="", at=NOON)

        said = halts.shown(session, at=NOON + QUIET)

    since = "has not run since Wednesday 13 May 2026, 12:00. Tell whoever runs Countersign."
    assert said == f"Nothing leaves. The program that seals and sends letters {since}"


def test_a_worker_that_ended_in_peace_is_gone_at_once_and_it_is_known_since_when(nobody: Database) -> None:
    with nobody.transaction() as session:
        heartbeats.beat(session, "one", why="", at=NOON)
        heartbeats.end(session, "one")

        assert heartbeats.lately(session, at=NOON) == []
        assert "has not run since Wednesday 13 May 2026, 12:00." in halts.shown(session, at=NOON + SECOND)


def test_one_that_vanished_is_forgotten_after_a_day(nobody: Database) -> None:
    with nobody.transaction() as session:
        heartbeats.beat(session, "vanished", why="", at=NOON)
        heartbeats.beat(session, "another", why="", at=NOON + KEPT + SECOND)

        assert session.get(Heartbeat, "vanished") is None


def test_nothing_is_said_of_an_installation_that_has_just_been_set_up(nobody: Database) -> None:
    with nobody.reading() as session:
        assert halts.shown(session, at=stories.NOON + QUIET - SECOND) == ""
        assert "has not run here yet" in halts.shown(session, at=stories.NOON + QUIET)
