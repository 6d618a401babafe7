"""What is counted or found again and again is read from an index, or from the sums of chunks, however much there is of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.delivery import deliveries, notices, settling, trials, unclear
from campaigns.delivery.deliveries import Chunk
from campaigns.drafting.letters import Opened
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House

WORDS = Opened("Words", "<body>Words</body>", "Words", [])
COUNTED: dict[str, Callable[[Session, House], object]] = {
    "ix_log_entries_trials": lambda session, house: trials.write(
        session, house.campaign, WORDS, audience="unions", to="a@posts.test", by=house.drafter, at=NOON
    ),
    "ix_notices_waiting": lambda session, house: notices.counted(session),
    "ix_notices_refused": lambda session, house: notices.counted(session),
    "ix_notices_written_at": lambda session, house: notices.written_since(
        session, NOON - timedelta(minutes=10), to="a@posts.test", subject="Words"
    ),
    "ix_deliveries_maybe_twice": lambda session, house: unclear.maybe_twice(session),
}


@pytest.mark.parametrize("index", COUNTED)
def test_it_is_counted_from_its_index(sqlite: Database, index: str) -> None:
    house, said = stories.house(sqlite), list[tuple[str, Any]]()
    with sqlite.transaction() as session:
        sa.event.listen(sqlite.engine, "before_cursor_execute", note := (lambda *given: said.append(given[2:4])))
        COUNTED[index](session, house)
        sa.event.remove(sqlite.engine, "before_cursor_execute", note)

    with sqlite.engine.connect() as connection:
        steps = [step for one in said for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    assert any(f"INDEX {index}" in step.detail for step in steps), steps


def test_letters_of_several_releases_are_counted_at_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database), size=2)
    with database.transaction() as session:
        session.exec(sa.update(Chunk).values(tally={"held": 2, "accepted": 5}))
        chunks = session.connection().scalar(sa.select(sa.func.count()).select_from(Chunk))
        assert chunks and chunks > 1

        found = deliveries.counted_each(session, [story.release, uuid4()], "held", "missed")

        assert found == {story.release: {"held": 2 * chunks, "missed": 0}}
        assert found[story.release]["held"] == deliveries.counted(session, story.release)["held"]
        assert deliveries.counted_each(session, [], "held") == {}


def test_on_sqlite_a_letter_is_found_by_its_own_key_and_not_by_looking_through_its_chunk(sqlite: Database) -> None:
    said = str(settling.ONE_BY_ONE.compile(dialect=sqlite.engine.dialect))
    with sqlite.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", tuple([None] * said.count("?"))).all()
    assert "release_id=? AND position=?" in plan[0].detail, plan
