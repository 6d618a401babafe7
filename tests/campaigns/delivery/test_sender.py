"""The one sender: exactly what was signed, once, a letter at a time, and nothing once somebody says stop."""

import email.utils
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlmodel import Session

from campaigns.agreement import releases, roster_changes, schedules
from campaigns.delivery import deliveries, recovery, removals
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.drafting.programs import Joined, Program
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

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
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
    posting.send(story, transport, Clock(NOON + timedelta(seconds=47)))
    assert len(transport.sent) == 1
    posting.send(story, transport, Clock(NOON + timedelta(seconds=73)))
    assert rows(story)[1] == ("accepted", "dot") and len(transport.sent) == 2


def test_an_unknown_letter_is_not_sent_again_by_itself(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    transport = RecordingTransport(outcomes=[Outcome("unknown", "dot", "connection cut")])

    posting.send(story, transport)
    posting.send(story, transport, Clock(NOON + timedelta(days=1)))

    assert rows(story)[0] == ("unknown", "dot") and len(transport.sent) == 3 and adds_up(story)


def test_what_a_process_cannot_send_whose_relay_is_down_another_may_send_at_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    class Down(RecordingTransport):
        def deliver(self, envelope: Envelope, **_: object) -> Outcome:
            raise TryLater("nobody answers")

    posting.send(story, Down())

    assert [state for state, _ in rows(story)] == ["queued"] * 3 and rows(story)[0][1] == "connection"
    transport = RecordingTransport()
    posting.send(story, transport)  # another process, whose relay is there
    assert len(transport.sent) == 3 and adds_up(story)


def test_a_letter_recalled_is_given_back_before_its_dot(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    claim = posting.claimed(story)
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
        def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
            assert may_go()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        posting.send(story, Broken())

    assert [state for state, _ in rows(story)] == ["unknown", "queued", "queued"]


@pytest.mark.parametrize("wrong", [None, 1, 2])
def test_letters_are_put_together_once_and_one_that_is_not_as_signed_stops_all_at_its_own_turn(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, wrong: int | None
) -> None:
    story, joined, asked = stories.sending_release(stories.house(sqlite)), Program.joined, list[str]()

    def spoiled(program: Program, values: Mapping[str, str]) -> Joined:
        asked.append(values["address"])
        said = joined(program, values)
        is_wrong = wrong is not None and values["address"] == stories.READERS[wrong].address
        return said._replace(message=said.message + b"more") if is_wrong else said

    monkeypatch.setattr(Program, "joined", spoiled)
    transport = RecordingTransport()
    if wrong is None:
        posting.send(story, transport)
        assert asked == [reader.address for reader in stories.READERS] == [envelope.recipient for envelope in transport.sent]
        return
    with pytest.raises(GateClosed):
        posting.send(story, transport)
    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS[:wrong]]


def change(story: Story, step: Callable[[Session], object]) -> Callable[[Envelope], None]:
    def now(_: Envelope) -> None:
        with story.database.transaction() as session:
            step(session)

    return now


@pytest.mark.long
@pytest.mark.parametrize("how", ["stop", "withdraw", "miss", "suspend", "give up", "wish"])
def test_whatever_ends_it_takes_effect_at_the_next_letter(database: Database, how: str) -> None:
    story = stories.sending_release(stories.house(database))
    steps: dict[str, Callable[[Session], object]] = {
        "stop": lambda session: schedules.stop(session, story.release, by=story.house.lacors, at=NOON),
        "withdraw": lambda session: releases.withdraw(session, story.release, reason="No", by=story.house.lacors, at=NOON),
        "miss": lambda session: schedules.end_overdue(session, at=LATEST),
        "suspend": lambda session: roster_changes.suspend(session, story.house.hse.id, reason="Lost", by=story.house.lacors, at=NOON),
        "give up": lambda session: roster_changes.found_anew(session, by="whoever has the machine", at=NOON),
        "wish": lambda session: removals.add(session, stories.READERS[2].address.upper(), reason="asked to stop", by="reader", at=NOON),
    }
    transport = Watching(change(story, steps[how]))

    posting.send(story, transport)

    assert [state for state, _ in rows(story)] == ["accepted", "queued", "queued"] and len(transport.sent) == 1 and adds_up(story)


def test_a_stopped_release_goes_on_where_it_was_stopped(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    posting.send(story, Watching(change(story, lambda session: schedules.stop(session, story.release, by=story.house.hse, at=NOON))))
    with database.transaction() as session:
        schedules.resume(session, story.release, by=story.house.hse, at=NOON)

    transport = posting.sent(story)

    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS[1:]]


def test_a_worker_asked_to_stop_begins_no_other_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    asked: list[Envelope] = []
    transport = Watching(asked.append)
    claim = posting.claimed(story)

    posting.sender(database, transport, stopping=lambda: bool(asked)).send(claim)

    assert len(transport.sent) == 1 and [state for state, _ in rows(story)] == ["accepted", "queued", "queued"]
    assert posting.claim(story) is not None


def test_a_worker_that_lost_its_claim_sends_nothing_more_and_touches_no_other_s_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    slow, later = posting.claimed(story), NOON + LEASE
    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, slow, dots=[]), fell=False, at=later)
    other = posting.claimed(story, at=later)

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
