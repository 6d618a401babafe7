"""What pages and steps count again and again is read from an index, however much there ever was of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.delivery import notices, trials, unclear
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
