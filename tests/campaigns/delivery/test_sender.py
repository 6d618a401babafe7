"""The one sender: exactly what was signed, once, a letter at a time, and nothing once somebody says stop."""

import email.utils
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from campaigns.agreement import releases, roster_changes, schedules
from campaigns.delivery import deliveries, recovery
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.journals import Journal
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, TryLater
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import LATEST, MINUTE, NOON, Story


class Watching(RecordingTransport):
    """Does something else while a letter is on the wire."""

    def __init__(self, meanwhile: Callable[[Envelope], object]) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Envelope | None = None) -> Outcome:
        outcome = super().deliver(envelope, may_go=may_go)
        if outcome.kind != "unsent":
            self.meanwhile(envelope)
        return outcome


def rows(story: Story) -> list[tuple[str, str | None]]:
    with story.database.reading() as session:
        return [
            (session.get_one(Delivery, (story.release, place)).state, session.get_one(Delivery, (story.release, place)).stage)
            for place in range(3)
        ]


def adds_up(story: Story) -> bool:
    return sum(story.tally().values()) == len(stories.READERS)


def test_every_reader_gets_the_sealed_letter_under_a_date_of_its_own(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    transport = RecordingTransport()

    posting.send(story, transport, Clock(step=timedelta(seconds=1)))

    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS]
    assert {envelope.sender for envelope in transport.sent} == {"lopp@countersign.test"}
    dates = [email.utils.parsedate_to_datetime(email.message_from_bytes(envelope.message)["Date"]) for envelope in transport.sent]
    assert dates == sorted(dates) and dates[0] > NOON
    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"accepted": 3}
    with database.reading() as session:
        assert deliveries.is_done(session, releases.get(session, story.release))


def test_nothing_is_sent_twice_however_often_a_chunk_is_hinted_at(database: Database) -> None:
    story = stories.sending_release(stories.house(database), size=2)
    transport = RecordingTransport()

    for _ in range(3):
        posting.send(story, transport)

    assert len(transport.sent) == 3


def test_a_rejected_letter_is_settled_and_a_deferred_one_waits_for_its_time(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    transport = RecordingTransport(outcomes=[Outcome("rejected", "RCPT", "550 no"), Outcome("deferred", "MAIL", "451 later")])

    posting.send(story, transport)

    assert rows(story) == [("rejected", "RCPT"), ("queued", "MAIL"), ("accepted", "dot")] and adds_up(story)
    posting.send(story, transport, Clock(NOON + timedelta(seconds=59)))
    assert len(transport.sent) == 1
    posting.send(story, transport, Clock(NOON + timedelta(seconds=61)))
    assert rows(story)[1] == ("accepted", "dot") and len(transport.sent) == 2


def test_an_unknown_letter_is_not_sent_again_by_itself(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    transport = RecordingTransport(outcomes=[Outcome("unknown", "dot", "connection cut")])

    posting.send(story, transport)
    posting.send(story, transport, Clock(NOON + timedelta(days=1)))

    assert rows(story)[0] == ("unknown", "dot") and len(transport.sent) == 3 and adds_up(story)


def test_a_relay_that_is_down_is_tried_later_and_the_rest_of_the_chunk_waits(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    class Down(RecordingTransport):
        def deliver(self, envelope: Envelope, **_: object) -> Outcome:
            raise TryLater("nobody answers")

    posting.send(story, Down())

    assert [state for state, _ in rows(story)] == ["queued"] * 3 and rows(story)[0][1] == "connection"
    assert posting.claim(story, at=NOON + timedelta(seconds=9)) is None
    transport = RecordingTransport()
    posting.send(story, transport, Clock(NOON + timedelta(seconds=10)))
    posting.send(story, transport, Clock(NOON + timedelta(seconds=70)))
    assert len(transport.sent) == 3 and adds_up(story)


def test_a_worker_killed_in_mid_attempt_leaves_one_unknown_letter_that_is_not_sent_again(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claim(story)
    assert claim is not None
    evidence = posting.in_hand(story, claim, dots=[0, 1], heard={0: Outcome("accepted", "dot", "250 OK")})
    assert [state for state, _ in rows(story)] == ["attempting"] * 3 and adds_up(story)

    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "queued"] and adds_up(story)
    transport = RecordingTransport()
    posting.send(story, transport)
    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "accepted"] and adds_up(story)
    assert [envelope.recipient for envelope in transport.sent] == [stories.READERS[2].address]


def test_a_journal_that_is_read_again_changes_nothing(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claim(story)
    assert claim is not None
    evidence = posting.in_hand(story, claim, dots=[0])
    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)
    with database.transaction() as session:
        deliveries.decide(session, story.release, 0, verdict="send again", by=story.house.drafter, at=NOON)
    other = posting.claim(story)
    assert other is not None and len(other.letters) == 3

    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["attempting"] * 3


def test_without_a_journal_whatever_a_lost_worker_had_in_hand_is_unknown_until_its_journal_turns_up(database: Database, tmp_path: Path) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claim(story)
    assert claim is not None
    with database.transaction() as session:
        assert recovery.lapse(session, tmp_path, at=NOON + LEASE - MINUTE / 60) == 0
        assert deliveries.due_chunks(session, at=NOON) == []
        assert recovery.lapse(session, tmp_path, at=NOON + LEASE) == 1
    assert [state for state, _ in rows(story)] == ["unknown"] * 3 and adds_up(story)

    evidence = posting.in_hand(story, claim, dots=[0, 1], heard={0: Outcome("accepted", "dot", "250 OK")})
    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON + LEASE)
        assert len(deliveries.due_chunks(session, at=NOON + LEASE)) == 1

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "queued"] and adds_up(story)


def test_a_frozen_worker_s_journal_is_read_when_its_lease_has_ended_and_it_sends_nothing_when_it_wakes(database: Database, tmp_path: Path) -> None:
    story = stories.sending_release(stories.house(database))
    journal = Journal(tmp_path)
    frozen = posting.claim(story, journal=journal.name)
    assert frozen is not None
    journal.begin(frozen.hand.token, frozen.hand.chunk_id, frozen.hand.release_id)
    journal.dot(0)

    with database.transaction() as session:
        assert recovery.lapse(session, tmp_path, at=NOON + LEASE) == 1

    assert [state for state, _ in rows(story)] == ["unknown", "queued", "queued"] and adds_up(story)
    transport = RecordingTransport()
    posting.sender(database, transport, Clock(NOON + LEASE)).send(frozen)
    assert transport.sent == [] and rows(story)[1][0] == "queued"


def test_a_letter_that_three_workers_ended_with_goes_last_and_is_held(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    for _ in range(3):
        claim = posting.claim(story)
        assert claim is not None
        sent = [letter.position for letter in claim.letters if letter.position != 1]  # the others go, the next kills the worker
        heard = {place: Outcome("accepted", "dot", "250 OK") for place in sent}
        with database.transaction() as session:
            recovery.replay(session, posting.in_hand(story, claim, dots=[], heard=heard), fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "held", "accepted"] and adds_up(story)


def test_a_letter_recalled_is_given_back_before_its_dot(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claim(story)
    assert claim is not None
    with database.transaction() as session:
        assert deliveries.remove(session, story.release, {1: "another date"}, at=NOON)

    transport = RecordingTransport()
    posting.sender(database, transport).send(claim)

    assert transport.sent == [] and [state for state, _ in rows(story)] == ["queued"] * 3
    with database.transaction() as session:
        assert not deliveries.remove(session, story.release, {1: "another date"}, at=NOON)
    assert rows(story)[1][0] == "removed" and adds_up(story)


def test_a_fault_in_the_transport_itself_leaves_the_letter_unknown(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    class Broken(RecordingTransport):
        def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Envelope | None = None) -> Outcome:
            assert may_go()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        posting.send(story, Broken())

    assert [state for state, _ in rows(story)] == ["unknown", "queued", "queued"]


def change(story: Story, step: Callable[[Session], object]) -> Callable[[Envelope], None]:
    def now(_: Envelope) -> None:
        with story.database.transaction() as session:
            step(session)

    return now


@pytest.mark.parametrize("how", ["stop", "withdraw", "miss", "suspend"])
def test_whatever_ends_it_takes_effect_at_the_next_letter(database: Database, how: str) -> None:
    story = stories.sending_release(stories.house(database))
    steps: dict[str, Callable[[Session], object]] = {
        "stop": lambda session: schedules.stop(session, story.release, by=story.house.lacors, at=NOON),
        "withdraw": lambda session: releases.withdraw(session, story.release, reason="No", by=story.house.lacors, at=NOON),
        "miss": lambda session: schedules.end_overdue(session, at=LATEST),
        "suspend": lambda session: roster_changes.suspend(session, story.house.hse.id, reason="Lost", by=story.house.lacors, at=NOON),
    }
    transport = Watching(change(story, steps[how]))

    posting.send(story, transport)

    assert [state for state, _ in rows(story)] == ["accepted", "queued", "queued"] and len(transport.sent) == 1 and adds_up(story)


def test_a_stopped_release_goes_on_where_it_was_stopped(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    posting.send(story, Watching(change(story, lambda session: schedules.stop(session, story.release, by=story.house.hse, at=NOON))))
    with database.transaction() as session:
        schedules.resume(session, story.release, by=story.house.hse, at=NOON)

    transport = RecordingTransport()
    posting.send(story, transport)

    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS[1:]]


def test_a_worker_asked_to_stop_begins_no_other_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    asked: list[Envelope] = []
    transport = Watching(asked.append)
    claim = posting.claim(story)
    assert claim is not None

    posting.sender(database, transport, stopping=lambda: bool(asked)).send(claim)

    assert len(transport.sent) == 1 and [state for state, _ in rows(story)] == ["accepted", "queued", "queued"]
    assert posting.claim(story) is not None


def test_a_worker_that_lost_its_claim_sends_nothing_more_and_touches_no_other_s_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    slow, later = posting.claim(story), NOON + LEASE
    assert slow is not None
    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, slow, dots=[]), fell=False, at=later)
    other = posting.claim(story, at=later)
    assert other is not None

    transport = RecordingTransport()
    posting.sender(database, transport, Clock(later)).send(slow)

    assert transport.sent == [] and rows(story)[0][0] == "attempting"
    with database.reading() as session:
        assert session.get_one(Chunk, posting.chunks(story)[0]).claim == other.hand.token


def test_the_latest_time_is_kept_letter_by_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    clock = Clock(LATEST - timedelta(seconds=7), step=timedelta(seconds=1))
    transport = RecordingTransport()

    posting.send(story, transport, clock)

    assert len(transport.sent) == 1 and [state for state, _ in rows(story)] == ["accepted", "queued", "queued"]
    with pytest.raises(GateClosed, match="latest time"):
        posting.claim(story, at=LATEST + MINUTE)
