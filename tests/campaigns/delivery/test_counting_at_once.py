"""Two that move letters of one chunk at the same moment: each counts what the other did, and no letter is forgotten. On SQLite one waits anyway."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import decisions, deliveries, fates, recovery, settling, timing
from campaigns.delivery.claims import Claim
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.fates import InHand
from campaigns.delivery.retries import USUAL
from campaigns.delivery.transport import Outcome
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, NOON, Story
from tests.crossings import at_once

TAKEN = Outcome("accepted", "dot", "250 ok")


@pytest.fixture
def story(on_postgres: Database) -> Story:
    """Three letters in a chunk, of which the first waits for its turn until tomorrow."""
    story = stories.sending_release(stories.house(on_postgres))
    with on_postgres.transaction() as session:
        waits = sa.update(Delivery).where(col(Delivery.release_id) == story.release, col(Delivery.position) == 0)
        session.exec(waits.values(due_at=NOON + DAY, reply=f"{timing.HELD} until tomorrow"))
        posting.recount(session, story.release)
    return story


def look_again(_: Story, session: Session) -> None:
    timing.look_again(session, at=NOON)


def erase_the_first(story: Story, session: Session) -> None:
    person = session.exec(select(SealedLetter.person_id).where(SealedLetter.release_id == story.release, SealedLetter.position == 0)).one()
    deliveries.erase(session, [person], at=NOON)


@pytest.mark.parametrize(("meanwhile", "becomes"), [(look_again, "queued"), (erase_the_first, "removed")])
def test_whoever_moves_a_letter_while_a_chunk_is_given_back(story: Story, meanwhile: Callable[..., None], becomes: str) -> None:
    claimed = posting.claimed(story)
    back = partial(settling.give_back, hand=claimed.hand, fates=taken(claimed, 1, 2), unclear=(), not_before=NOON, at=NOON)

    at_once(story.database, back, partial(meanwhile, story))

    assert story.tally() == counted(accepted=2, **{becomes: 1})
    assert (is_due(story), is_open(story)) == ((True, 1) if becomes == "queued" else (False, 0))


def test_a_worker_that_lost_its_claim_and_heard_after_all(story: Story) -> None:
    claimed, late = posting.claimed(story), NOON + 2 * posting.LEASE
    with story.database.transaction() as session:
        recovery.lapse(session, posting.journal().path.parent / "none", at=late)
    assert story.tally() == counted(queued=1, unknown=2)
    decide = partial(decisions.decide, release_id=story.release, position=1, verdict="leave", by=story.house.drafter, at=late)
    hold(story, 1)
    hears = partial(settling.renew, hand=claimed.hand, fates=taken(claimed, 2), lease=timedelta(seconds=9), at=late)

    at_once(story.database, decide, hears)

    assert story.tally() == counted(queued=1, left=1, accepted=1)


def hold(story: Story, position: int) -> None:
    with story.database.transaction() as session:
        session.get_one(Delivery, (story.release, position)).state = "held"
        posting.recount(session, story.release)


def taken(claimed: Claim, *positions: int) -> list[fates.Fate]:
    return [fates.of(InHand(position), TAKEN, release_id=claimed.hand.release_id, plan=USUAL, at=NOON) for position in positions]


def counted(**figures: int) -> dict[str, int]:
    return dict.fromkeys(deliveries.STATES, 0) | figures


def is_open(story: Story) -> int:
    with story.database.reading() as session:
        return session.exec(select(Chunk.open).where(Chunk.release_id == story.release)).one()


def is_due(story: Story) -> bool:
    with story.database.reading() as session:
        return bool(deliveries.due_chunks(session, at=NOON))
