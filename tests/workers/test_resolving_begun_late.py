"""Workers that begin when a letter would be given up, as nobody asked the relay's log of it before: they ask first."""

from tests.workers.unclear_letters import Scene


def test_workers_that_begin_when_a_letter_would_be_given_up_ask_the_log_first(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (3_600, 3_660)] == ["unknown"] * 2
    scene.knocked(3_660)

    assert scene.look(3_661) == "queued"


def test_they_wait_as_long_for_a_log_that_cannot_be_read_yet(scene: Scene) -> None:
    scene.log.unlink()

    assert [scene.look(seconds) for seconds in (3_600, 3_660, 3_661)] == ["unknown", "unknown", "held"]


def test_for_how_long_a_letter_was_asked_for_says_nothing_of_the_next(scene: Scene) -> None:
    assert scene.look(61) == "unknown"
    scene.put("accepted")
    assert scene.look(100) == "accepted"
    scene.put("unknown")

    assert scene.look(3_600) == "unknown"
