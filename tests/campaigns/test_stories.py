"""Stories that tests begin with are taken once and copied, and never over anything that a test wrote first."""

import pytest

from campaigns.agreement import releases
from campaigns.delivery import heartbeats
from campaigns.delivery.heartbeats import Heartbeat
from campaigns.drafting.messages import Message
from campaigns.foundation.database import Database
from tests import snapshots
from tests.campaigns import stories


def test_a_story_is_copied_where_nothing_was_written_since_the_house_was_founded(database: Database) -> None:
    first = stories.agreed_release(stories.house(database))
    with database.reading() as session:
        assert releases.get(session, first.release).state == "sealed"
        assert session.get(Message, first.message) is not None

    second = stories.agreed_release(first.house)
    assert second.release != first.release and second.digest() != first.digest()


def test_what_a_test_wrote_before_any_beginning_is_neither_lost_nor_kept_for_others(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "STANDS_ON_SERVER", {})
    monkeypatch.setattr(snapshots, "ON_SERVERS", kept := {})
    with on_postgres.transaction() as session:
        heartbeats.beat(session, "written first", why="", at=stories.NOON)

    assert snapshots.of(on_postgres, "nothing at all", lambda _: 1) == 1

    with on_postgres.reading() as session:
        assert session.get(Heartbeat, "written first") is not None and kept == {}


def test_a_story_goes_on_after_what_a_test_wrote_itself(database: Database) -> None:
    house = stories.house(database)
    draft = stories.drafted(house)

    story = stories.sending_release(house)

    assert story.tally()["queued"] == len(stories.READERS)
    with database.reading() as session:
        assert session.get(Message, draft) is not None
