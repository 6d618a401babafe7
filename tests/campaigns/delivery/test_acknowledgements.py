"""What a reader says of a letter is about that letter alone, and refused where it cannot be so."""

import pytest

from campaigns.agreement import releases
from campaigns.delivery import acknowledgements
from campaigns.delivery.acknowledgements import PULSE, READ, PulseAnswered, ReadingConfirmed
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, Refused
from tests.campaigns import posting, stories
from tests.campaigns.stories import HOUR, NOON, READERS, House, Story


@pytest.fixture
def house(sqlite: Database) -> House:
    return stories.house(sqlite)


def gone(house: House) -> Story:
    """Three letters that went."""
    story = stories.sending_release(house)
    posting.sent(story)
    return story


def read(story: Story, position: int) -> bool:
    with story.database.transaction() as session:
        return acknowledgements.confirm(session, story.release, position, at=NOON)


def answer(story: Story, position: int, said: str) -> bool:
    with story.database.transaction() as session:
        return acknowledgements.answer(session, story.release, position, said, at=NOON + HOUR)


def test_each_answer_is_about_one_letter_of_one_release(house: House) -> None:
    one, other = gone(house), gone(house)
    assert read(one, 0) and read(one, 1) and read(other, 0)
    assert answer(one, 0, "yes") and answer(one, 1, "no")

    with house.database.reading() as session:
        assert acknowledgements.given(session, one.release, 0) == {READ: "yes", PULSE: "yes"}
        assert acknowledgements.given(session, other.release, 0) == {READ: "yes"}
        said = {place: acknowledgements.shown(session, one.release, place) for place in range(3)}
    assert [(fact.evidence, fact.grade) for fact in said[0][0]] == [
        (f"pulse:{one.release}:0", "understands"),
        (f"read:{one.release}:0", "confirmed"),
    ]
    assert [fact.evidence for fact in said[1][0]] == [f"read:{one.release}:1"]
    assert (said[0][1], said[1][1], said[2]) == ([], [f"pulse:{one.release}:1"], ([], []))


def test_what_somebody_said_is_told_in_order_without_what_others_said(house: House) -> None:
    story = gone(house)
    read(story, 0), read(story, 1), answer(story, 0, "partly")

    with house.database.reading() as session:
        told = acknowledgements.about(session, [READERS[0].person_id], READERS[0].address)
    assert [(one["kind"], one["answer"]) for one in told] == [(READ, "yes"), (PULSE, "partly")]


def test_an_answer_is_one_of_three_comes_after_the_first_and_is_recorded_where_it_is_another(house: House) -> None:
    story = gone(house)
    with pytest.raises(NotAllowedNow, match="Say first"):
        answer(story, 0, "yes")
    read(story, 0)
    with pytest.raises(Refused, match="one of the answers"):
        answer(story, 0, "perhaps")
    assert [answer(story, 0, said) for said in ("no", "no", "yes")] == [True, False, True]

    with house.database.reading() as session:
        assert len(log.of_kinds(session, story.release, ReadingConfirmed.__name__)) == 1
        assert [entry.payload for entry in log.of_kinds(session, story.release, PulseAnswered.__name__)] == [{"position": 0}] * 2


def test_whoever_says_that_they_have_read_a_letter_that_is_said_to_have_come_back_has_it(house: House) -> None:
    story = gone(house)
    with house.database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).state = "returned"
        posting.recount(session, story.release)

    assert read(story, 0)
    with house.database.reading() as session:
        assert [fact.grade for fact in acknowledgements.shown(session, story.release, 0)[0]] == ["confirmed"]


def test_no_answer_counts_before_the_release_has_begun_nor_once_it_was_withdrawn(house: House) -> None:
    with pytest.raises(NotAllowedNow, match="has not been sent"):
        read(stories.agreed_release(house), 0)
    story = gone(house)
    read(story, 0)
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="The fee is wrong.", by=house.hse, at=NOON)

    for said in (lambda: read(story, 1), lambda: answer(story, 0, "yes")):
        with pytest.raises(NotAllowedNow, match="was withdrawn"):
            said()
