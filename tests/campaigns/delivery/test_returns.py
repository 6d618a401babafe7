"""A release of which too much came back is held; once it was let go on, what went before counts no more, and it may be held again."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

import pytest

from campaigns.agreement import releases, schedules
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import chunk_joins, pauses, returns
from campaigns.delivery.returns import LettersCameBack
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import HOUR, NOON, Story


@pytest.fixture
def going(database: Database, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Twelve letters in chunks of four, where two that come back may be too much; the first four went."""
    monkeypatch.setattr(pauses, "FEWEST", 2)
    story = stories.sending_release(stories.house(database), readers=[stories.reader(number) for number in range(12)], size=4)
    go(story, 0, hours=0)
    return story


@pytest.fixture
def story(going: Story) -> Story:
    """So many of them came back that it is held."""
    come_back(going, [0, 1])
    assert going.state() == "stopped"
    return going


def go(story: Story, chunk: int, *, hours: int, said: Sequence[Outcome] = ()) -> None:
    """The letters of one chunk go, so many hours after the first; the relay takes them, unless it `said` otherwise."""
    clock = Clock(NOON + hours * HOUR)
    taken = posting.claimed(story, at=clock.at, chunk=posting.chunks(story)[chunk])
    posting.sender(story.database, RecordingTransport(outcomes=list(said)), clock).send(taken)


def come_back(story: Story, positions: Iterable[int]) -> None:
    for position in positions:
        with story.database.transaction() as session:
            returns.come_back(session, Place(story.release, position), permanent=True, status="5.7.1", reason="blocked", at=NOON)


def let_go_on(story: Story, *, hours: int) -> None:
    with story.database.transaction() as session:
        assert schedules.resume(session, story.release, by=story.house.hse, at=NOON + hours * HOUR)


def told(story: Story) -> list[int]:
    """The letters that had come back, each time that both parties were told."""
    with story.database.reading() as session:
        return [entry.payload["letters"] for entry in log.of_kinds(session, story.release, LettersCameBack.__name__)]


def test_it_is_held_again_where_too_much_of_what_went_since_comes_back(story: Story) -> None:
    let_go_on(story, hours=1)
    go(story, 1, hours=1)

    come_back(story, [4])
    assert (story.state(), told(story)) == ("sending", [2])
    come_back(story, [5])
    assert (story.state(), told(story)) == ("stopped", [2, 4])
    with story.database.reading() as session:
        said = "Of 4 letters that the mail relay took since it was resumed 2 came back. See why before you resume it."
        assert releases.get(session, story.release).reason == said

    let_go_on(story, hours=2)
    go(story, 2, hours=2)
    come_back(story, [8, 9])
    assert (story.state(), told(story)) == ("stopped", [2, 4, 6])


@pytest.mark.long
def test_neither_another_release_nor_what_was_only_put_off_makes_what_came_back_look_little(story: Story) -> None:
    other = stories.sending_release(story.house, readers=[stories.reader(number) for number in range(12)])
    let_go_on(story, hours=1)
    go(other, 0, hours=1)
    go(story, 2, hours=1, said=[Outcome("deferred", "RCPT", "450 4.2.0 later")] * 4)
    go(story, 1, hours=1)

    come_back(story, [4, 5])

    assert (story.state(), told(story)) == ("stopped", [2, 4])


def test_what_a_party_stopped_and_let_go_on_itself_counts_whole(going: Story) -> None:
    with going.database.transaction() as session:
        schedules.stop(session, going.release, by=going.house.hse, at=NOON)
    let_go_on(going, hours=1)

    come_back(going, [0, 1])

    assert (going.state(), told(going)) == ("stopped", [2])


def test_what_comes_back_of_what_went_before_holds_nothing_again_and_is_told_of_no_more(story: Story) -> None:
    come_back(story, [2])
    let_go_on(story, hours=1)
    go(story, 1, hours=1)
    come_back(story, [3])

    assert (story.state(), told(story)) == ("sending", [2])


def test_a_chunk_s_letters_are_evidence_of_themselves_and_of_no_other_chunk_s(story: Story) -> None:
    let_go_on(story, hours=1)
    go(story, 1, hours=2)
    chunk = posting.chunks(story)[1]

    with story.database.transaction() as session, chunk_joins.of_chunk(session, chunk) as same:
        evidence = [row.evidence for row in session.execute(returns.written(session, chunk, same))]

    assert sorted(evidence) == [f"letter:{story.release}:{position}" for position in range(4, 8)]


def test_the_place_of_a_reader_s_letter_is_their_own_in_that_release(story: Story) -> None:
    with story.database.reading() as session:
        person = session.get_one(SealedLetter, (story.release, 5)).person_id
        assert returns.place_of(session, story.release, person, named="") == Place(story.release, 5)
        assert returns.place_of(session, uuid4(), person, named="") is None
