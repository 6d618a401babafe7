"""A chunk's letters are found together with what was sealed of them, wherever in the release they are."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import schedules
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import chunk_joins, plans, returns
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.reach import touches
from tests import touch_log
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

READERS = tuple(stories.reader(number) for number in range(9))


def queued(database: Database, *positions: int) -> Story:
    """A release that is going, of whose nine letters these are queued, in one chunk."""
    story = stories.agreed_release(stories.house(database), readers=READERS)
    story.schedule()
    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        theirs = select(SealedLetter.person_id).where(SealedLetter.release_id == story.release, col(SealedLetter.position).in_(positions))
        assert plans.plan_these(session, story.release, "", session.exec(theirs).all(), at=NOON) == len(positions)
    return story


@pytest.mark.long
@pytest.mark.parametrize("positions", [(0, 8), (3,), (2, 3, 4), tuple(range(9))])
def test_every_letter_of_a_chunk_is_claimed_and_is_evidence_once_it_went(database: Database, positions: tuple[int, ...]) -> None:
    story = queued(database, *positions)
    claimed = posting.claimed(story)
    assert [letter.position for letter in claimed.letters] == list(positions)
    posting.sender(database, way := RecordingTransport()).send(claimed)
    assert len(way.sent) == len(positions)

    chunk = posting.chunks(story)[0]
    with database.transaction() as session:
        with chunk_joins.of_chunk(session, chunk) as same:
            touches.put_found(session, returns.written(session, chunk, same))
        found = touch_log.of_campaign(session, story.house.campaign)
    assert {touch.evidence for touch in found} == {f"letter:{story.release}:{position}" for position in positions}


@pytest.mark.parametrize(("positions", "said"), [((2, 3, 4), "BETWEEN 2 AND 4"), ((0, 8), "= deliveries.release_id")])
def test_postgresql_is_told_where_a_chunk_lies_unless_its_letters_are_far_apart(
    on_postgres: Database, positions: tuple[int, ...], said: str
) -> None:
    story = queued(on_postgres, *positions)
    with on_postgres.transaction() as session:
        with chunk_joins.of_chunk(session, posting.chunks(story)[0]) as same:
            asked = same(SealedLetter).compile(compile_kwargs={"literal_binds": True})
            assert said in str(asked)
            assert joins_by_comparing(session) is ("BETWEEN" not in said)
        assert joins_by_comparing(session)


def joins_by_comparing(session: Session) -> bool:
    return bool(session.connection().execute(sa.text("SHOW enable_nestloop")).scalar_one() == "on")
