"""What letters of several releases came to is counted at one look."""

from uuid import uuid4

import sqlalchemy as sa

from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk
from campaigns.foundation.database import Database
from tests.campaigns import stories


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
