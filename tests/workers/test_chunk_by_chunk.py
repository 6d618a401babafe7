"""What concerns every letter of a release is done a few chunks at a time, so that nobody waits for it, and goes on wherever it was cut off."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import letter_records
from campaigns.agreement import releases
from campaigns.agreement.releases import ReleaseWithdrawn
from campaigns.delivery import deliveries, timing
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.facts import fact
from workers import sending
from workers.tools import Tools

READERS = [stories.reader(number) for number in range(6)]
CHANGED = LogEntry(kind="CalendarChanged", subject=timing.FIRST, by="x", at=NOON, payload={})


@pytest.fixture
def story(house: House, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Six letters in six chunks, of which two are done at once."""
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    return stories.sending_release(house, stories.words(audiences=["senior-managers"], parts={"senior-managers": "Part."}), READERS, size=1)


def hold(story: Story) -> None:
    """All wait for their turn but the last, which a relay put off."""
    with story.database.transaction() as session:
        session.exec(sa.update(Delivery).values(due_at=NOON + DAY, reply=f"{timing.HELD} until tomorrow"))
        session.exec(sa.update(Delivery).where(col(Delivery.position) == 5).values(reply="450 try later"))
        posting.recount(session, story.release)


def waiting(story: Story) -> int:
    with story.database.reading() as session:
        rows = session.exec(select(Delivery, Chunk).join(Chunk)).all()
    assert all(letter.due_at == chunk.due_at for letter, chunk in rows if letter.state == "queued")
    return sum(letter.due_at > NOON for letter, _ in rows)


def asked_to_stop_after_one(step: Callable[..., Any], tools: Tools) -> Callable[..., Any]:
    def once(session: Session, *about: Any, **how: Any) -> Any:
        tools.stopping.set()
        return step(session, *about, **how)

    return once


def test_a_calendar_s_change_is_looked_at_a_few_chunks_a_transaction(story: Story, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(story)
    with monkeypatch.context() as patch, pytest.raises(TryLater):
        patch.setattr(timing, "look_again", asked_to_stop_after_one(timing.look_again, tools))
        sending.look_at_turns_again(CHANGED, tools)
    tools.stopping.clear()
    assert waiting(story) in (4, 5)  # two chunks were looked at; the relay's may be one of them

    for _ in range(2):  # told again, it begins again
        sending.look_at_turns_again(CHANGED, tools)
        assert waiting(story) == 1


@pytest.mark.parametrize("state", ["withdrawn", "sent"])
def test_what_does_not_go_any_more_is_not_looked_at(story: Story, tools: Tools, state: str) -> None:
    hold(story)
    with story.database.transaction() as session:
        session.get_one(releases.Release, story.release).state = state

    sending.look_at_turns_again(CHANGED, tools)

    assert waiting(story) == 6


def test_what_a_release_that_ended_leaves_is_put_down_a_few_chunks_a_transaction(
    story: Story, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.hse, at=NOON)
    withdrawn, missed = fact(story.database, ReleaseWithdrawn), dict.fromkeys(deliveries.STATES, 0) | {"missed": 6}

    with monkeypatch.context() as patch, pytest.raises(TryLater):
        patch.setattr(deliveries, "abandon", asked_to_stop_after_one(deliveries.abandon, tools))
        sending.abandon_letters(withdrawn, tools)
    tools.stopping.clear()
    assert (counted(story), story.tally()) == ({"missed": 2, "queued": 4}, missed)

    for _ in range(2):
        sending.abandon_letters(withdrawn, tools)
        assert (counted(story), story.tally()) == ({"missed": 6}, missed)


def test_no_letter_that_is_moved_comes_back_to_the_worker(story: Story, tools: Tools) -> None:
    hold(story)
    said = list[str]()
    sa.event.listen(tools.database.engine, "before_cursor_execute", hears := lambda *heard: said.append(heard[2]))

    sending.look_at_turns_again(CHANGED, tools)
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.hse, at=NOON)
    sending.abandon_letters(fact(story.database, ReleaseWithdrawn), tools)
    with story.database.transaction() as session:
        letter_records.forget_part(session, story.release, range(6))

    sa.event.remove(tools.database.engine, "before_cursor_execute", hears)
    moves = [each for each in said if each.startswith(("UPDATE deliveries", "UPDATE particulars"))]
    assert len(moves) == 3 + 3 + 2 and not any("RETURNING" in each for each in moves)


def counted(story: Story) -> dict[str, int]:
    with story.database.reading() as session:
        return deliveries.counted(session, story.release)
