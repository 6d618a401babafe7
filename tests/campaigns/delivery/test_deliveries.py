"""A row for every letter: planned once, counted from rows, and decided by people where nobody knows."""

import pytest
import sqlalchemy as sa

from campaigns.agreement import releases, schedules
from campaigns.delivery import chunk_joins, deliveries, listings, plans, recovery, returns
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.log import Untold
from campaigns.reach import slices, touches
from tests import touch_log
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_decisions import decide, put, unknown
from tests.campaigns.stories import MINUTE, NOON, Story


def test_a_release_is_planned_in_chunks_and_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database), size=2)

    with database.transaction() as session:
        assert not plans.plan_next(session, story.release, size=2, at=NOON)
        assert len(deliveries.due_chunks(session, at=NOON)) == 2
        assert deliveries.due_chunks(session, at=NOON, forgotten=True) == []  # they are to be told anyway
        session.exec(sa.delete(Untold))
        assert len(deliveries.due_chunks(session, at=NOON, forgotten=True)) == 2
        assert [row.position for row, _ in listings.of_state(session, story.release, ["queued"], limit=9)] == [0, 1, 2]
        assert [row.position for row, _ in listings.of_state(session, story.release, ["queued"], limit=1, after=0)] == [1]


def test_what_is_not_going_is_not_planned(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        assert not plans.plan_next(session, story.release, size=2, at=NOON)

    assert posting.chunks(story) == []


def test_the_tally_adds_up_while_letters_are_still_being_queued(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"queued": 3}
    story.schedule()

    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=2, at=NOON)

    assert story.tally()["queued"] == 3


def test_what_never_went_is_missed_when_the_release_ends(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule()
    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=2, at=NOON)
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON)
        deliveries.abandon(session, story.release, reason="withdrawn", at=NOON)

    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"missed": 3}


def test_an_accepted_letter_is_no_longer_missed(database: Database) -> None:
    story = unknown(database)

    with database.transaction() as session:
        deliveries.abandon(session, story.release, reason="late", at=NOON)

    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"accepted": 2, "unknown": 1}


@pytest.mark.parametrize(("state", "done"), [("unknown", False), ("held", False), ("left", True)])
def test_a_letter_that_is_looked_into_or_waits_for_an_officer_keeps_its_release_open(database: Database, state: str, done: bool) -> None:
    story = unknown(database)
    put(story, state)

    with database.reading() as session:
        assert deliveries.is_done(session, releases.get(session, story.release)) is done


def test_accepted_letters_are_evidence_and_nothing_else_is(database: Database) -> None:
    story = unknown(database)

    assert (
        touched(story)
        == touched(story)
        == [  # heard twice, it is put once
            ("E07000001", "senior_manager", "written", f"letter:{story.release}:1"),
            ("E07000002", "practitioner", "written", f"letter:{story.release}:2"),
        ]
    )
    with database.transaction() as session:
        assert [code for _, code in sorted(slices.take(session, 9), key=str)] == ["E07000001", "E07000002"]


def test_a_letter_that_is_written_to_later_than_was_said_moves_its_touch(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    posting.sent(story)
    touched(story)
    with database.transaction() as session:
        session.exec(sa.update(Delivery).values(at=NOON + MINUTE))

    touched(story)

    with database.reading() as session:
        assert {touch.at for touch in touch_log.of_campaign(session, story.house.campaign)} == {NOON + MINUTE}


def test_a_reader_at_no_authority_is_no_touch(database: Database) -> None:
    story = stories.sending_release(stories.house(database), readers=[stories.reader(0, authority_code=None)])
    posting.sent(story)

    assert touched(story) == []


def test_what_counts_as_sent_by_an_officer_s_word_is_evidence_in_their_name(database: Database) -> None:
    story = unknown(database)
    decide(story, "count as sent")
    touched(story)

    with database.reading() as session:
        by = {touch.evidence.rpartition(":")[2]: touch.by for touch in touch_log.of_campaign(session, story.house.campaign)}
    assert by == {"0": story.house.drafter.name, "1": "Countersign", "2": "Countersign"}


def touched(story: Story) -> list[tuple[str, str, str, str]]:
    """What the first chunk's letters are evidence of."""
    with story.database.transaction() as session, chunk_joins.of_chunk(session, posting.chunks(story)[0]) as same:
        touches.put_found(session, returns.written(session, posting.chunks(story)[0], same))
    with story.database.reading() as session:
        found = touch_log.of_campaign(session, story.house.campaign)
    return sorted((touch.authority_code, touch.role, touch.grade, touch.evidence) for touch in found)


def test_a_chunk_in_somebody_s_hands_is_claimed_by_nobody_else(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    first = posting.claimed(story)
    assert posting.claim(story, at=NOON + posting.LEASE - MINUTE / 60) is None
    assert posting.claim(story, at=NOON + posting.LEASE) is None  # which of its letters have gone is to be found out first
    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, first, dots=[]), fell=False, at=NOON + posting.LEASE)
    assert posting.claim(story, at=NOON + posting.LEASE) is not None


def test_a_chunk_nobody_planned_is_nothing_to_claim(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    assert posting.claim(story, chunk=story.release) is None
