"""How many letters are claimed together, and that nothing is counted as a claim where there is nothing to claim."""

from datetime import timedelta

import pytest

from campaigns.delivery import claims, removals
from campaigns.delivery.manners import Manners
from campaigns.delivery.pacing import Limits
from campaigns.delivery.settling import ChunkSent
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story
from workers.tools import Tools

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("pace", "size"), [(25, 500), (250, 500), (400, 800), (1000, 2000), (1e6, 3000)])
def test_a_chunk_grows_with_the_pace_and_stays_two_seconds_in_hand_at_most(
    tools: Tools, settings: Settings, pace: float, size: int
) -> None:
    tools.settings = settings.model_copy(update={"pace": pace, "chunk_size": 500})
    assert tools.chunk_size == size


def test_a_chunk_is_free_until_it_is_in_hand_and_once_its_letters_have_gone_never_again(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    chunk = posting.chunks(story)[0]

    def is_free() -> bool:
        with database.reading() as session:
            return claims.is_free(session, chunk, at=NOON)

    assert is_free()
    claimed = posting.claimed(story, chunk=chunk)
    assert not is_free()
    posting.sender(database, RecordingTransport()).send(claimed)
    assert not is_free()


def told(story: Story) -> int:
    with story.database.reading() as session:
        return sum(entry.kind == ChunkSent.__name__ for entry in log.history(session, story.release))


def test_a_chunk_that_waits_for_another_s_connection_tells_nothing_each_time_it_is_looked_at(database: Database) -> None:
    readers, alone = [stories.reader(number, address=f"post{number}@la.test") for number in range(2)], Manners(limits=Limits(connections=1))
    story = stories.sending_release(stories.house(database), readers=readers, size=1)
    first, second = posting.chunks(story)
    assert posting.claim(story, chunk=first, manners=alone) is not None

    for look in range(3):
        assert posting.claim(story, chunk=second, manners=alone, at=NOON + look * 2 * SECOND) is None

    assert told(story) == 0
    with database.transaction() as session:
        removals.add(session, readers[1].address, reason="asked to stop", by="reader", at=NOON)
    assert posting.claim(story, chunk=second, manners=alone, at=NOON + 6 * SECOND) is None
    assert (told(story), story.tally()["removed"]) == (1, 1)
