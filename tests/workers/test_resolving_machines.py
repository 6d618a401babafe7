"""Where several machines send, a log is no evidence that a letter was not taken: another machine's relay may have it."""

from pathlib import Path
from uuid import uuid4

from campaigns.delivery import unclear
from campaigns.delivery.arming import Arming
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns.stories import NOON
from tests.workers.unclear_letters import Scene


def test_where_several_machines_send_a_letter_that_is_not_in_this_log_is_put_before_an_officer(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    scene = Scene(database, settings, tmp_path)
    with scene.tools.database.transaction() as session:
        for machine in ("one", "two"):
            session.add(Arming(epoch=uuid4(), place=machine, machine=machine, store="db", reason="", asked_at=NOON, armed_at=NOON))
    scene.write(-1, "postfix/master", "reload")
    scene.knocked(61)

    assert scene.look(62) == "held"
    assert (scene.row().reply or "").startswith(unclear.OTHERS)
