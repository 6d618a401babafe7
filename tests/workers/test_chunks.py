"""How many letters are claimed together, and that nothing is counted as a claim where there is nothing to claim."""

import pytest

from campaigns.delivery import claims
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON
from workers.tools import Tools


@pytest.mark.parametrize(("pace", "size"), [(25, 500), (250, 500), (400, 800), (1000, 2000), (1e6, 2000)])
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
    claimed = posting.claim(story, chunk=chunk)
    assert claimed is not None and not is_free()
    posting.sender(database, RecordingTransport()).send(claimed)
    assert not is_free()
