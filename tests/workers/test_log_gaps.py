"""A log that goes on but lost lines does not say of a letter that it was not taken: letters near it, that surely were, do not stand there either."""

from unittest import mock
from uuid import uuid4

import pytest
from sqlmodel import col, select

from campaigns.agreement import sealed
from campaigns.delivery import decisions, relay_logs, unclear, witnesses
from campaigns.delivery.deliveries import Delivery
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON
from tests.workers.unclear_letters import SECOND, Scene


def test_a_log_that_shows_the_letters_near_it_is_believed(scene: Scene) -> None:
    scene.knocked(61)
    assert scene.look(62) == "queued"


def test_a_log_that_lacks_one_of_them_is_not(scene: Scene) -> None:
    lines = [line for line in scene.log.read_text().splitlines() if scene.message_id(2) not in line]
    scene.log.write_text("".join(f"{line}\n" for line in lines))
    scene.knocked(61)

    assert scene.look(62) == "held"
    assert (scene.row().reply or "").startswith(unclear.GAPS)


def test_a_letter_taken_after_the_log_was_last_seen_to_go_on_is_not_lacking_there(scene: Scene) -> None:
    lines = [line for line in scene.log.read_text().splitlines() if scene.message_id(2) not in line]
    scene.log.write_text("".join(f"{line}\n" for line in lines))
    scene.knocked(61)
    with scene.tools.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 2)).at = NOON + 65 * SECOND

    assert scene.look(130) == "queued"


@pytest.mark.parametrize("verdict", ["count as sent", "leave"])
def test_what_an_officer_said_of_a_letter_is_no_word_of_the_relay(scene: Scene, verdict: str) -> None:
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery).where(col(Delivery.position) > 0)):
            row.state = "held"
        posting.recount(session, scene.story.release)
    for position in (1, 2):
        with scene.tools.database.transaction() as session:
            decisions.decide(session, scene.story.release, position, verdict=verdict, by=scene.story.house.drafter, at=NOON)
    assert near(scene) == []


def test_letters_of_another_claim_and_those_of_erased_readers_say_nothing(scene: Scene) -> None:
    assert near(scene) == [scene.message_id(1), scene.message_id(2)]
    with scene.tools.database.transaction() as session:
        sealed.erase(session, [stories.READERS[1].person_id])
        session.get_one(Delivery, (scene.story.release, 2)).claim = uuid4()
    assert near(scene) == []


@pytest.mark.parametrize(("minutes", "state"), [(0, "held"), (2, "queued"), (-1, "queued")])
def test_a_letter_alone_in_its_claim_has_those_for_witnesses_that_were_taken_about_then_and_not_just_now(
    scene: Scene, minutes: int, state: str
) -> None:
    scene.log.write_text("")
    scene.write(-1, "postfix/master", "daemon started -- version 3.7.11")
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery).where(col(Delivery.position) > 0)):
            row.sqlmodel_update({"claim": uuid4(), "at": NOON - minutes * 60 * SECOND})
    scene.knocked(61)
    assert scene.look(62) == state


@pytest.mark.parametrize(("tried", "given_up"), [(0, 300), (None, 0)])
def test_the_witnesses_of_a_letter_alone_are_of_when_it_was_tried_and_not_of_when_its_reply_was_given_up(
    scene: Scene, tried: int | None, given_up: int
) -> None:
    scene.log.write_text("")
    scene.write(-1, "postfix/master", "daemon started -- version 3.7.11")
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery).where(col(Delivery.position) > 0)):
            row.sqlmodel_update({"claim": uuid4(), "at": NOON})
        own = session.get_one(Delivery, (scene.story.release, 0))
        own.sqlmodel_update({"tried_at": None if tried is None else NOON + tried * SECOND, "at": NOON + given_up * SECOND})
    scene.knocked(given_up + 61)

    assert scene.look(given_up + 62) == "held"
    assert (scene.row().reply or "").startswith(unclear.GAPS)


def test_a_letter_without_a_claim_has_none_of_those_for_witnesses_that_have_no_claim_either(scene: Scene) -> None:
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery)):
            row.claim = None
    assert near(scene) == []


@pytest.mark.parametrize("shown", [True, False])
def test_the_log_is_read_as_far_back_as_its_witnesses_were_taken(scene: Scene, shown: bool) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"unclear_seconds": 1.0})
    scene.log.write_text("")
    scene.write(-90, "postfix/master", "daemon started -- version 3.7.11")
    for position in (1, 2) if shown else (1,):
        scene.took(-50, position=position)
    for seconds in range(-40, 0, 2):
        scene.write(seconds, "postfix/anvil", "statistics: max connection rate 1/60s")
    with scene.tools.database.transaction() as session:
        for row in session.exec(select(Delivery).where(col(Delivery.position) > 0)):
            row.sqlmodel_update({"claim": uuid4(), "at": NOON - 50 * SECOND})
    scene.knocked(2)
    with mock.patch.object(relay_logs, "BLOCK", 300):
        assert scene.look(3) == ("queued" if shown else "held")


def test_of_letters_tried_at_different_times_the_log_is_read_from_when_the_first_was(scene: Scene) -> None:
    scene.took(1)
    for seconds in range(60, 3_700, 60):
        scene.write(seconds, "postfix/anvil", "statistics: max connection rate 1/60s")
    hour = NOON + 3_600 * SECOND
    with scene.tools.database.transaction() as session:
        later = session.get_one(Delivery, (scene.story.release, 1))
        later.sqlmodel_update({"state": "unknown", "way": scene.tools.way, "tried_at": hour, "at": hour})
    scene.knocked(3_700)

    with mock.patch.object(relay_logs, "BLOCK", 300):
        assert scene.look(3_701) == "accepted"


def near(scene: Scene) -> list[str]:
    with scene.tools.database.reading() as session:
        return [one.message_id for one in witnesses.near(session, scene.story.release, 0, [], before=NOON)]
