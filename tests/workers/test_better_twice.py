"""Where no log settles it: the reader's own server may, and both parties may have signed that a letter is better sent twice than never."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaigns.agreement import releases
from campaigns.delivery import returns, unclear
from campaigns.delivery.verp import Place
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns.stories import NOON
from tests.workers.unclear_letters import CUT, Scene


@pytest.fixture
def willing(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    """Of which both parties signed: better twice than never."""
    return Scene(database, settings, tmp_path, Terms(when_unclear="better twice"))


@pytest.mark.parametrize("state", ["unknown", "held"])
def test_what_the_reader_s_own_server_says_settles_an_unclear_letter(scene: Scene, state: str) -> None:
    scene.put(state)

    with scene.story.database.transaction() as session:
        assert returns.arrive(session, Place(scene.story.release, 0), at=NOON)

    assert (scene.row().state, scene.row().reply) == ("accepted", unclear.ARRIVED)
    assert [event.accepted for event in scene.resolved()] == [1]


@pytest.mark.parametrize("state", ["left", "queued", "missed"])
def test_it_settles_no_other(scene: Scene, state: str) -> None:
    scene.put(state)

    with scene.story.database.transaction() as session:
        assert not returns.arrive(session, Place(scene.story.release, 0), at=NOON)

    assert scene.row().state == state


def _unreadable(scene: Scene) -> None:
    scene.log.unlink()


def _too_short(scene: Scene) -> None:
    scene.log.unlink()
    scene.knocked(61)


@pytest.mark.parametrize("without", [Scene.without_a_log, _unreadable, _too_short])
def test_where_both_signed_better_twice_than_never_it_goes_once_more_and_is_flagged(
    willing: Scene, without: Callable[[Scene], None]
) -> None:
    without(willing)
    willing.look(69)
    assert willing.look(130) == "queued"
    assert willing.row().maybe_twice and (willing.row().reply or "").startswith(unclear.TWICE)

    assert willing.send() == 1

    assert willing.row().state == "accepted" and willing.row().maybe_twice
    with willing.story.database.reading() as session:
        assert unclear.maybe_twice(session, willing.story.release) == 1


def test_better_twice_is_no_better_three_times(willing: Scene) -> None:
    willing.without_a_log()
    willing.look(1)
    willing.send(CUT)

    assert willing.look(2) == "held"
    assert willing.row().maybe_twice


@pytest.mark.parametrize(("shown", "state"), [(True, "accepted"), (False, "queued")])
def test_where_there_is_evidence_better_twice_changes_nothing(willing: Scene, shown: bool, state: str) -> None:
    if shown:
        willing.took(1)
    willing.knocked(61)

    assert willing.look(62) == state

    assert not willing.row().maybe_twice


def test_better_twice_sends_nothing_of_a_release_that_has_ended(willing: Scene) -> None:
    willing.without_a_log()
    with willing.story.database.transaction() as session:
        releases.withdraw(session, willing.story.release, reason="No", by=willing.story.house.hse, at=NOON)

    assert willing.look(1) == "held"
