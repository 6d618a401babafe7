"""What a dead or frozen worker had in hand: its journal says of each letter what became of it, and nothing is sent twice."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from campaigns.delivery import decisions, deliveries, fates, journals, recovery, sender, settling
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.journals import Journal
from campaigns.delivery.retries import USUAL
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation import timekeeper
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_sender import adds_up, rows
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import MINUTE, NOON


@pytest.mark.parametrize("last", [{}, {1: Outcome("unknown", "dot", "LineFault: cut")}], ids=["nothing heard", "no reply heard"])
def test_a_worker_killed_in_mid_attempt_leaves_one_unknown_letter_that_is_not_sent_again(database: Database, last: Any) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
    evidence = posting.in_hand(story, claim, dots=[0, 1], heard={0: Outcome("accepted", "dot", "250 OK"), **last})
    assert [state for state, _ in rows(story)] == ["attempting"] * 3 and adds_up(story)

    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "queued"] and adds_up(story)
    transport = posting.sent(story)
    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "accepted"] and adds_up(story)
    assert [envelope.recipient for envelope in transport.sent] == [stories.READERS[2].address]


def test_a_journal_whose_release_cannot_be_read_right_still_says_what_went(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
    evidence = posting.in_hand(story, claim, dots=[0, 1], heard={0: Outcome("accepted", "dot", "250 OK")})
    garbled = replace(evidence, release_id=UUID(int=evidence.release_id.int ^ 1))

    with database.transaction() as session:
        recovery.replay(session, garbled, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "queued"] and adds_up(story)


def test_a_journal_that_is_read_again_changes_nothing(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
    evidence = posting.in_hand(story, claim, dots=[0])
    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)
    with database.transaction() as session:
        decisions.decide(session, story.release, 0, verdict="send again", by=story.house.drafter, at=NOON)
    other, before = posting.claimed(story), facts(database)
    assert len(other.letters) == 3

    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["attempting"] * 3
    assert facts(database) == before


def test_a_claim_whose_letters_were_all_settled_before_its_worker_died_is_given_back_and_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim, yes = posting.claimed(story), Outcome("accepted", "dot", "250 OK")
    with database.transaction() as session:
        settled = [fates.of(one, yes, release_id=story.release, plan=USUAL, at=NOON) for one in claim.letters]
        settling.settle(session, claim.hand, settled, at=NOON)
    evidence = posting.in_hand(story, claim, dots=[0, 1, 2], heard=dict.fromkeys((0, 1, 2), yes))

    said = []
    for _ in range(2):
        with database.transaction() as session:
            recovery.replay(session, evidence, fell=True, at=NOON)
            assert session.exec(select(Chunk.claim)).one() is None
        said.append(facts(database))

    assert [state for state, _ in rows(story)] == ["accepted"] * 3 and adds_up(story)
    assert said[0] == said[1]


def facts(database: Database) -> int:
    """How many there are in the log."""
    with database.reading() as session:
        return len(session.exec(select(LogEntry.id)).all())


def test_without_a_journal_whatever_a_lost_worker_had_in_hand_is_unknown_until_its_journal_turns_up(
    database: Database, tmp_path: Path
) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
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


def test_a_frozen_worker_s_journal_is_read_when_its_lease_has_ended_and_it_sends_nothing_when_it_wakes(
    database: Database, tmp_path: Path
) -> None:
    story = stories.sending_release(stories.house(database))
    journal = Journal(tmp_path)
    frozen = posting.claimed(story, journal=journal.name)
    journal.begin(frozen.hand.token, frozen.hand.chunk_id, frozen.hand.release_id)
    journal.dot(0)

    with database.transaction() as session:
        assert recovery.lapse(session, tmp_path, at=NOON + LEASE) == 1

    assert [state for state, _ in rows(story)] == ["unknown", "queued", "queued"] and adds_up(story)
    transport = RecordingTransport()
    posting.sender(database, transport, Clock(NOON + LEASE)).send(frozen)
    assert transport.sent == [] and rows(story)[1][0] == "queued"


def test_a_worker_goes_no_further_once_its_lease_has_ended_though_nobody_took_it_over(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)

    with database.transaction() as session:
        assert settling.renew(session, claim.hand, [], lease=LEASE, at=NOON + LEASE - MINUTE / 60)
    with database.transaction() as session:
        assert not settling.renew(session, claim.hand, [], lease=LEASE, at=NOON + 2 * LEASE - MINUTE / 60)


def test_a_letter_that_three_workers_ended_with_goes_last_and_is_held(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    for _ in range(3):
        claim = posting.claimed(story)
        sent = [letter.position for letter in claim.letters if letter.position != 1]  # the others go, the next kills the worker
        heard = {place: Outcome("accepted", "dot", "250 OK") for place in sent}
        with database.transaction() as session:
            recovery.replay(session, posting.in_hand(story, claim, dots=[], heard=heard), fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "held", "accepted"] and adds_up(story)


def test_a_claim_whose_worker_died_before_it_wrote_anything_down_is_given_back_whole(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    gone = f"gone-{journals.boot()}.journal"
    assert posting.claim(story, journal=gone) is not None

    with database.transaction() as session:
        recovery.never_begun(session, "another.journal", whole=True, at=NOON)
        assert session.exec(select(Chunk.claim)).one() is not None
        recovery.never_begun(session, gone, whole=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["queued"] * 3 and adds_up(story)
    transport = posting.sent(story)
    assert len(transport.sent) == 3


def test_after_the_machine_was_started_anew_a_journals_silence_says_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written last may not have come onto the disk: letters of which it is silent may have gone."""
    story = stories.sending_release(stories.house(database), size=2)
    journal = Journal(tmp_path)
    first, second = (posting.claim(story, chunk=chunk, journal=journal.name) for chunk in posting.chunks(story))
    assert first is not None and second is not None
    journal.begin(first.hand.token, first.hand.chunk_id, first.hand.release_id)
    journal.dot(0)
    journal.heard(0, Outcome("accepted", "dot", "250 OK"))
    monkeypatch.setattr(journals, "boot", lambda: "another")

    (evidence,) = journals.read(journal.path).claims
    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)
        recovery.never_begun(session, journal.name, whole=journals.is_whole(journal.name), at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "unknown"] and adds_up(story)


def test_a_line_that_cannot_be_read_keeps_no_other_waiting_and_makes_silence_say_nothing(database: Database, tmp_path: Path) -> None:
    story = stories.sending_release(stories.house(database))
    journal = Journal(tmp_path)
    claim = posting.claimed(story, journal=journal.name)
    journal.begin(claim.hand.token, claim.hand.chunk_id, claim.hand.release_id)
    for line in ("dot \0\0\0\n", "heard 1 nonsense dot 250 OK\n", "heard 7\n", "dot 0\n", "heard 0 accepted dot 250 OK\n", "claim 5\n"):
        journal._write(line)

    (evidence,) = journals.read(journal.path).claims
    with database.transaction() as session:
        recovery.replay(session, evidence, fell=True, at=NOON)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "unknown"] and adds_up(story)


def test_what_is_heard_late_of_an_erased_reader_brings_no_address_back(database: Database, tmp_path: Path) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
    with database.transaction() as session:
        recovery.lapse(session, tmp_path, at=NOON + LEASE)
        deliveries.erase(session, [stories.READERS[0].person_id], at=NOON + LEASE)

    said = {0: Outcome("accepted", "dot", "250 2.1.5 <reader0@ashby.test> OK")}
    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, claim, dots=[0], heard=said), fell=True, at=NOON + LEASE)

    with database.reading() as session:
        first = session.get_one(Delivery, (story.release, 0))
    assert (first.state, first.reply) == ("accepted", "erased")


@pytest.mark.parametrize("asleep_at", [1, 2])
def test_a_machine_that_sleeps_for_longer_than_a_lease_sends_nothing_when_it_wakes(
    database: Database, monkeypatch: pytest.MonkeyPatch, asleep_at: int
) -> None:
    story = stories.sending_release(stories.house(database))
    claim, transport, passed, asked = posting.claimed(story), RecordingTransport(), [timekeeper.seconds()], list[float]()
    monkeypatch.setattr(sender, "seconds", lambda: passed[0])

    def stopping() -> bool:
        asked.append(passed[0])
        passed[0] += 2 * LEASE.total_seconds() if len(asked) == asleep_at else 0
        return False

    posting.sender(database, transport, stopping=stopping, ask_every=9999).send(claim)

    assert transport.sent == [] and [state for state, _ in rows(story)] == ["queued"] * 3
