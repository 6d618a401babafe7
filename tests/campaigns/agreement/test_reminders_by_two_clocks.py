"""Two clocks at once: no step of reminding is taken twice, and the table itself would refuse it."""

import threading
from datetime import datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from campaigns.agreement import reminders
from campaigns.agreement.reminders import Call, Reminder
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON

ROUNDS = 6


@pytest.mark.long
def test_two_clocks_that_find_the_same_release_due_take_each_step_once(database: Database) -> None:
    house = stories.house(database)
    waiting = [stories.waiting_release(house, stories.words(title=f"Number {number}")).release for number in range(3)]
    for number in range(1, ROUNDS + 1):
        calls, faults = _both_at_once(database, waiting, NOON + 2 * number * DAY)
        assert faults == []
        assert sorted((call.release.id, call.party.code) for call in calls) == sorted(
            (release, party) for release in waiting for party in ("hse", "lacors")
        )

    with database.reading() as session:
        assert len(session.exec(select(Reminder)).all()) == 3 * 2 * ROUNDS


def _both_at_once(database: Database, waiting: list[UUID], at: datetime) -> tuple[list[Call], list[Exception]]:
    """Two clocks, both of which have looked before either writes."""
    looked, calls, faults = threading.Barrier(2), list[Call](), list[Exception]()

    def one_clock() -> None:
        with database.reading() as session:
            found = reminders.due(session, at=at)
        assert sorted(found) == sorted(waiting)
        looked.wait(timeout=10)
        for release in found:
            try:
                with database.transaction() as session:
                    mine = reminders.remind(session, release, at=at)
            except sa.exc.SQLAlchemyError as fault:
                faults.append(fault)
            else:
                calls.extend(mine)

    clocks = [threading.Thread(target=one_clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(timeout=30)
    return calls, faults


def test_the_table_itself_refuses_a_step_taken_twice_or_rewritten(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    with database.transaction() as session:
        assert len(reminders.remind(session, story.release, at=NOON + 2 * DAY)) == 2

    again = Reminder(release_id=story.release, party="hse", number=1, told=0, at=NOON)
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as session:
        session.add(again)
        session.flush()
    for change in ("UPDATE reminders SET told = 9", "DELETE FROM reminders"):
        with pytest.raises(sa.exc.DBAPIError, match="does not change"), database.engine.begin() as connection:
            connection.exec_driver_sql(change)
