"""Letters of which nothing was heard for 72 hours: each counts as not returned since it first did, whatever becomes of others that went with it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from campaigns.delivery import decisions, recovery, returns, unclear
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.unclear import Finding, LettersResolved
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import DELIVERED, STANDING, UNRETURNED, Touch
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, HOUR, NOON, Story

QUIET = 72 * HOUR
TAKEN, CUT = Outcome("accepted", "dot", "250 OK"), Outcome("unknown", "dot", "LineFault: cut")


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """Three letters that went together; of the last the reply was not heard. Three days later the others count as not returned."""
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=[TAKEN, TAKEN, CUT]))
    assert count(story, at=NOON + QUIET) == 1
    return story


def count(story: Story, *, at: datetime) -> int:
    """The clock's look at what has not come back; gives how many chunks it counted."""
    with story.database.transaction() as session:
        quiet = returns.quiet_chunks(session, at=at)
        for chunk in quiet:
            touches.put(session, returns.count_quiet(session, chunk, at=at))
    return len(quiet)


def since(story: Story, grade: str) -> dict[int, datetime]:
    """Since when the letters at these places have a grade."""
    with story.database.reading() as session:
        found = session.exec(select(Touch).where(Touch.grade == grade, STANDING)).all()
        return {int(touch.evidence.rpartition(":")[2]): touch.at for touch in found}


def decide(session: Session, story: Story, at: datetime) -> None:
    decisions.decide(session, story.release, 2, verdict="count as sent", by=story.house.drafter, at=at)


def find(session: Session, story: Story, at: datetime) -> None:
    (letter,) = unclear.waiting(session, before=at)
    assert unclear.settle(session, [(letter, Finding(unclear.SENT, "The log shows it"))], seen=at, at=at) == 1


def hear(session: Session, story: Story, at: datetime) -> None:
    assert returns.arrive(session, Place(story.release, 2), at=at)


@pytest.mark.parametrize("settle", [decide, find, hear])
def test_a_letter_settled_later_leaves_since_when_the_others_have_not_come_back(
    story: Story, settle: Callable[[Session, Story, datetime], None]
) -> None:
    with story.database.transaction() as session:
        settle(session, story, NOON + 10 * DAY)
    assert {state: number for state, number in story.tally().items() if number} == {"accepted": 3}

    assert count(story, at=NOON + 10 * DAY + QUIET - timedelta(minutes=1)) == 0
    assert count(story, at=NOON + 10 * DAY + QUIET) == 1

    assert since(story, UNRETURNED) == {0: NOON + QUIET, 1: NOON + QUIET, 2: NOON + 10 * DAY + QUIET}


def test_that_a_letter_arrived_settles_that_one_and_says_so(story: Story) -> None:
    with story.database.transaction() as session:
        hear(session, story, NOON + 10 * DAY)
        (told,) = log.of_kinds(session, story.release, LettersResolved.__name__)

    assert told.payload | {"chunk": ""} == {"chunk": "", "accepted": 1, "queued": 0, "held": 0, "missed": 0}


def test_a_letter_that_is_said_to_have_arrived_once_more_arrived_when_that_was_first_said(story: Story) -> None:
    for days in (1, 4):
        with story.database.transaction() as session:
            assert returns.arrive(session, Place(story.release, 0), at=NOON + days * DAY)
            touches.put(session, returns.arrived(session, Place(story.release, 0), at=NOON + days * DAY))

    assert since(story, DELIVERED) == {0: NOON + DAY}


def test_a_letter_that_is_settled_late_by_the_journal_of_a_lost_worker_counts_once_it_has_not_come_back(database: Database) -> None:
    story = stories.sending_release(stories.house(database), size=2)
    claim = posting.claimed(story)
    lost = posting.in_hand(story, claim, dots=[0, 1], heard={0: TAKEN, 1: TAKEN})
    recover(story, claim.hand.chunk_id)
    assert count(story, at=NOON + 10 * DAY) == 1 and since(story, UNRETURNED) == {}

    with database.transaction() as session:
        recovery.replay(session, lost, fell=True, at=NOON + 10 * DAY)

    assert count(story, at=NOON + 10 * DAY + QUIET) == 1
    assert since(story, UNRETURNED) == dict.fromkeys((0, 1), NOON + 10 * DAY + QUIET)


def recover(story: Story, chunk: UUID) -> None:
    """The lease of a worker ends whose journal is nowhere to be found."""
    with story.database.transaction() as session:
        assert recovery.lapse(session, posting.journal().path.with_name("nowhere"), at=NOON + posting.LEASE) == 1
