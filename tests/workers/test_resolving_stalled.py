"""A relay of which one process stands still at a letter: it may take it yet, so nothing of that time passes for not taken."""

from pathlib import Path

import pytest

from campaigns.delivery import unclear
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.workers.unclear_letters import Scene


@pytest.fixture
def scene(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    """Some process of the relay is at a letter, of which its log does not say which."""
    made = Scene(database, settings, tmp_path)
    made.write(0, "postfix/smtpd", "4A2: client=unknown[127.0.0.1]")
    made.knocked(61)
    return made


def test_what_a_stalled_relay_takes_late_is_waited_for_and_does_not_go_again(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (62, 299)] == ["unknown"] * 2
    scene.took(300)

    assert scene.look(301) == "accepted"


def test_once_it_is_done_without_having_taken_it_the_letter_goes_again(scene: Scene) -> None:
    assert scene.look(62) == "unknown"
    scene.write(300, "postfix/smtpd", "timeout after DATA (0 bytes) from unknown[127.0.0.1]")
    scene.write(300, "postfix/smtpd", "disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4")

    assert scene.look(301) == "queued"


def test_one_that_stands_still_for_good_leaves_the_letter_to_an_officer(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (62, 601)] == ["unknown", "held"]

    assert (scene.row().reply or "").startswith(unclear.OPEN)


def test_a_letter_that_the_relay_took_counts_at_once_though_it_is_still_at_another(scene: Scene) -> None:
    scene.write(0, "postfix/smtpd", "4A9: client=unknown[127.0.0.1]", pid=44)
    scene.took(1)
    scene.knocked(61)

    assert scene.look(62) == "accepted"
