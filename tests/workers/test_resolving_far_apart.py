"""Letters that became unclear hours apart, as where no worker looked meanwhile: the log is read from before the first of them, rotated or not."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns import posting
from tests.campaigns.stories import HOUR, NOON
from tests.workers.unclear_letters import Scene


@pytest.fixture
def scene(sqlite: Database, settings: Settings, tmp_path: Path) -> Scene:
    """The first letter was cut at noon, the second three hours later; meanwhile the relay's log was rotated."""
    return Scene(sqlite, settings, tmp_path)


@pytest.mark.parametrize(("taken", "state"), [(True, "accepted"), (False, "queued")])
def test_what_a_rotated_log_says_of_the_earlier_letter_counts(scene: Scene, taken: bool, state: str) -> None:
    if taken:
        scene.took(1)
    scene.log.rename(scene.log.with_name("mail.log.1"))
    later = NOON + 3 * HOUR
    with scene.story.database.transaction() as session:
        row = session.get_one(Delivery, (scene.story.release, 1))
        row.sqlmodel_update({"state": "unknown", "at": later, "tried_at": later, "way": scene.tools.way})
        posting.recount(session, scene.story.release)
    scene.write(timedelta(hours=2).total_seconds(), "postfix/qmgr", "4A7: removed")
    scene.knocked(3 * 3600 + 61)

    assert scene.look(3 * 3600 + 62) == state
