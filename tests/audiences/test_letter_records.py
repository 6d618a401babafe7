"""Who the letters of a release were to goes some letters a transaction; nothing says that it is gone before it is, and what was cut off is finished."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import Session, select

from audiences import disposals, legal_holds, letter_records, retention
from campaigns.agreement import censuses, releases
from campaigns.agreement.sealed import Particulars
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotYours
from campaigns.foundation.officers import COUNTERSIGN
from tests import snapshots
from tests.audiences.posts import OBSERVER
from tests.audiences.test_legal_holds import hold, lift
from tests.audiences.test_retention import LONG_AFTER
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

READERS = [stories.reader(number, ("senior-managers", "practitioners")[number % 2]) for number in range(5)]


@pytest.fixture(autouse=True)
def _two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_records, "AT_ONCE", 2)


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """Five letters that have gone, of which two may be forgotten at once."""
    story = stories.sending_release(stories.house(database), readers=READERS)
    posting.sent(story)
    with database.transaction() as session:
        releases.move(session, story.release, "finish", ended_at=NOON)
        claim = censuses.begin(session, story.release) or ""
        assert censuses.keep(session, censuses.count(session, story.release), claim=claim)
    return story


def dispose(story: Story) -> int:
    return disposals.dispose(story.database, letter_records.KEY, by=COUNTERSIGN, at=LONG_AFTER)


def kept(story: Story) -> list[int]:
    """The places of the letters of which anything is kept; the census counts the others as erased."""
    with story.database.reading() as session:
        rows = session.exec(select(Particulars, Delivery).join(Delivery, Particulars.position == Delivery.position)).all()  # type: ignore[arg-type]
        assert censuses.of(session, story.release).nations == censuses.count(session, story.release).nations
    assert all((private.salt is None) == (letter.reply == "erased") for private, letter in rows)
    return sorted(private.position for private, _ in rows if private.address is not None)


def written(story: Story) -> tuple[list[int], int, bool]:
    """The numbers of letters' disposals, how many facts tell of one, and whether the class is to be looked at."""
    with story.database.reading() as session:
        numbers = [one.number for one in retention.disposals(session)]
        told = [entry for entry in log.latest(session, 100) if entry.kind == "Disposed"]
        return numbers, len(told), letter_records.KEY in retention.to_look_at(session, at=LONG_AFTER)


def cut_off(monkeypatch: pytest.MonkeyPatch, after: int, then: Callable[[], object]) -> None:
    """After so many parts something happens, as the next begins."""
    forget, done = letter_records.forget_part, list[range]()

    def some(session: Session, release_id: UUID, places: range) -> None:
        forget(session, release_id, places)
        done.append(places)
        if len(done) > after:
            then()

    monkeypatch.setattr(letter_records, "forget_part", some)


def fall() -> None:
    raise SystemExit


@pytest.mark.parametrize(("after", "left"), [(0, [0, 1, 2, 3, 4]), (1, [0, 1, 2, 3]), (2, [0, 1])])
def test_what_was_cut_off_is_not_written_down_and_the_next_look_finishes_it(
    story: Story, monkeypatch: pytest.MonkeyPatch, after: int, left: list[int]
) -> None:
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        cut_off(patch, after, fall)
        dispose(story)
    assert (kept(story), written(story)) == (left, ([], 0, True))

    assert dispose(story) == 1

    assert (kept(story), written(story)) == ([], ([1], 1, False))
    assert dispose(story) == 0


def test_a_hold_placed_meanwhile_keeps_what_is_left(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction, begun = story.database.transaction, list[int]()

    def holding():  # type: ignore[no-untyped-def]
        begun.append(1)
        if len(begun) == 2:
            monkeypatch.setattr(story.database, "transaction", transaction)
            hold(story.database, legal_holds.CAMPAIGN, subject=story.house.campaign)
        return transaction()

    monkeypatch.setattr(story.database, "transaction", holding)

    assert dispose(story) == 0
    assert kept(story) == [0, 1, 2, 3]
    assert written(story) == ([], 0, False)


def test_two_releases_are_written_down_each_by_itself(story: Story) -> None:
    other = stories.sending_release(story.house, stories.words(title="Another"), READERS[:3])
    with story.database.transaction() as session:
        releases.move(session, other.release, "finish", ended_at=NOON)

    assert dispose(story) == 2
    assert written(story) == ([1, 1], 2, False)


def test_an_observer_forgets_nobody(story: Story) -> None:
    with pytest.raises(NotYours):
        disposals.dispose(story.database, letter_records.KEY, by=OBSERVER, at=LONG_AFTER)
    assert len(kept(story)) == 5


@pytest.mark.parametrize("text", ["SERVICE 3", "post3@", "100%"])
def test_a_hold_on_a_text_that_a_reader_s_name_or_address_holds_keeps_who_the_letters_were_to(story: Story, text: str) -> None:
    held, is_theirs = hold(story.database, legal_holds.TEXT, about=text), text != "100%"

    assert (dispose(story), kept(story)) == ((0, [0, 1, 2, 3, 4]) if is_theirs else (1, []))
    lift(story.database, held)
    assert dispose(story) == (1 if is_theirs else 0)
