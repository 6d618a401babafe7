"""A row for every letter: planned once, counted from rows, and decided by people where nobody knows."""

import pytest
import sqlalchemy as sa

from campaigns.agreement import releases, schedules
from campaigns.agreement.releases import Release
from campaigns.delivery import chunk_joins, decisions, deliveries, listings, plans, recovery, returns
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours
from campaigns.foundation.log import Untold
from campaigns.reach import slices, touches
from tests import touch_log
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, MINUTE, NOON, Story


def unknown(database: Database) -> Story:
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=[Outcome("unknown", "dot", "cut")]))
    return story


def put(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        session.get_one(deliveries.Delivery, (story.release, 0)).state = state
        posting.recount(session, story.release)


def decide(story: Story, verdict: str, *, position: int = 0, by: str = "drafter") -> None:
    with story.database.transaction() as session:
        decisions.decide(session, story.release, position, verdict=verdict, by=getattr(story.house, by), at=NOON)


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


@pytest.mark.parametrize(("verdict", "state"), [("count as sent", "accepted"), ("leave", "left"), ("send again", "queued")])
@pytest.mark.parametrize("unclear", ["unknown", "held"])
def test_an_officer_decides_what_becomes_of_an_unclear_letter(database: Database, unclear: str, verdict: str, state: str) -> None:
    story = unknown(database)
    put(story, unclear)

    decide(story, verdict)

    assert story.tally()[state] == (3 if state == "accepted" else 1) and sum(story.tally().values()) == 3


@pytest.mark.parametrize(("state", "done"), [("unknown", False), ("held", False), ("left", True)])
def test_a_letter_that_is_looked_into_or_waits_for_an_officer_keeps_its_release_open(database: Database, state: str, done: bool) -> None:
    story = unknown(database)
    put(story, state)

    with database.reading() as session:
        assert deliveries.is_done(session, releases.get(session, story.release)) is done


def test_a_letter_left_unclear_is_decided_no_more(database: Database) -> None:
    story = unknown(database)
    decide(story, "leave")

    with pytest.raises(NotAllowedNow, match="the letter was left as it is"):
        decide(story, "count as sent")


def test_a_letter_sent_again_by_an_officer_s_word_goes(database: Database) -> None:
    story = unknown(database)
    decide(story, "send again")

    transport = RecordingTransport()
    posting.send(story, transport)

    assert len(transport.sent) == 1 and story.tally()["accepted"] == 3


@pytest.mark.parametrize("verdict", ["send again", "leave", "count as sent", "accept", ""])
def test_only_an_unclear_letter_is_decided_and_by_a_known_verdict(database: Database, verdict: str) -> None:
    story = unknown(database)

    with pytest.raises(NotAllowedNow):
        decide(story, verdict, position=1)
    with pytest.raises(NotFound):
        decide(story, verdict, position=9)
    with pytest.raises(NotYours):
        decide(story, verdict, by="observer")


def test_what_never_left_does_not_count_as_sent_and_sent_again_goes_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).sqlmodel_update(
            {"state": "held", "stage": "here", "reply": "It cannot be put together"}
        )
        posting.recount(session, story.release)

    with pytest.raises(NotAllowedNow, match="never handed to the mail relay"):
        decide(story, "count as sent")
    decide(story, "send again")

    assert story.tally()["queued"] == 3
    with database.reading() as session:
        assert not session.get_one(Delivery, (story.release, 0)).maybe_twice


def test_what_an_officer_sends_again_begins_anew_and_nothing_of_a_release_that_ended_goes(database: Database) -> None:
    story = unknown(database)
    with database.transaction() as session:
        letter = session.get_one(Delivery, (story.release, 0))
        letter.sqlmodel_update({"first_at": NOON - DAY, "due_at": NOON + DAY, "way": "here", "vouched_by": "somebody"})
    decide(story, "send again")

    with database.transaction() as session:
        row = session.get_one(Delivery, (story.release, 0))
        assert (row.due_at, row.first_at, row.claim, row.way, row.vouched_by) == (NOON, None, None, None, None)
        row.state, session.get_one(Release, story.release).state = "held", "missed"
    with pytest.raises(NotAllowedNow, match="release has ended"):
        decide(story, "send again")


def test_a_verdict_nobody_knows_is_refused(database: Database) -> None:
    with pytest.raises(NotAllowedNow, match="Choose what to do with this letter"):
        decide(unknown(database), "lose")


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
    posting.send(story, RecordingTransport())
    touched(story)
    with database.transaction() as session:
        session.exec(sa.update(Delivery).values(at=NOON + MINUTE))

    touched(story)

    with database.reading() as session:
        assert {touch.at for touch in touch_log.of_campaign(session, story.house.campaign)} == {NOON + MINUTE}


def test_a_reader_at_no_authority_is_no_touch(database: Database) -> None:
    story = stories.sending_release(stories.house(database), readers=[stories.reader(0, authority_code=None)])
    posting.send(story, RecordingTransport())

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

    first = posting.claim(story)
    assert first is not None
    assert posting.claim(story, at=NOON + posting.LEASE - MINUTE / 60) is None
    assert posting.claim(story, at=NOON + posting.LEASE) is None  # which of its letters have gone is to be found out first
    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, first, dots=[]), fell=False, at=NOON + posting.LEASE)
    assert posting.claim(story, at=NOON + posting.LEASE) is not None


def test_a_chunk_nobody_planned_is_nothing_to_claim(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    assert posting.claim(story, chunk=story.release) is None
