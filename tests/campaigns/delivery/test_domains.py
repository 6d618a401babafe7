"""A good neighbour: each mail domain at its pace, over so many connections, and left alone while it is in trouble. The others go on."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from campaigns.delivery import deliveries, domains, recovery
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.domains import DomainHold, MailDomain
from campaigns.delivery.manners import UNHURRIED, Manners
from campaigns.delivery.pacing import AHEAD, Limits
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.delivery.troubles import FIRST_REST, IN_A_ROW, PROBING
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import NOON, Story

FIVE = Manners(limits=Limits(pace=5))
SEEN = IN_A_ROW  # whoever asks for the next letter hears of those before
SECOND = timedelta(seconds=1)


class ByDomain(RecordingTransport):
    """A relay that answers by the reader's domain."""

    def __init__(self, **says: Outcome) -> None:
        super().__init__()
        self.says, self.asked = says, list[str]()

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
        domain = envelope.recipient.rpartition("@")[2].partition(".")[0]
        self.asked.append(domain)
        return self.says.get(domain) or super().deliver(envelope, may_go=may_go)


def story_of(database: Database, *mixed: str, size: int = 100) -> Story:
    """Letters to these domains, in this order."""
    readers = [stories.reader(number, address=f"post{number}@{domain}.test") for number, domain in enumerate(mixed)]
    return stories.sending_release(stories.house(database), readers=readers, size=size)


def rows(story: Story) -> list[Delivery]:
    with story.database.reading() as session:
        return list(session.exec(select(Delivery).where(Delivery.release_id == story.release).order_by(Delivery.position)))  # type: ignore[arg-type]


def to(claim: object, story: Story) -> list[str]:
    return [] if claim is None else [letter.address.rpartition("@")[2].partition(".")[0] for letter in claim.letters]  # type: ignore[attr-defined]


def test_a_domain_with_no_room_now_has_its_letters_put_off_to_their_turns_and_the_others_go(database: Database) -> None:
    story = story_of(database, *["la"] * 12, "other", "other")

    claim = posting.claim(story, manners=FIVE)

    assert claim is not None and to(claim, story).count("la") == 8 and to(claim, story).count("other") == 2
    turns = [claim.room.turns[letter.position] for letter in claim.letters]
    assert turns == sorted(turn for turn in turns if turn is not None)
    off = [row for row in rows(story) if row.turn_at is not None]
    assert len(off) == 4 and all(row.turn_at is not None and row.due_at == row.turn_at - AHEAD > NOON for row in off)
    assert off[-1].turn_at is not None and off[-1].turn_at - NOON >= 11 * SECOND * 1.4 / 5


def test_another_worker_s_chunk_gets_later_turns_and_a_put_off_letter_keeps_its_own(database: Database) -> None:
    story = story_of(database, *["la"] * 20, size=10)
    first, second = posting.chunks(story)
    mine = posting.claim(story, chunk=first, manners=FIVE)
    assert mine is not None
    had = {row.position: row.turn_at for row in rows(story)}

    assert posting.claim(story, chunk=second, manners=FIVE) is None
    others = [row.turn_at for row in rows(story) if row.turn_at is not None and row.turn_at != had[row.position]]
    assert len(others) == 10 and min(others) > max(turn for turn in [*mine.room.turns.values(), *had.values()] if turn)

    later = min(row.due_at for row in rows(story) if row.due_at > NOON)
    with database.transaction() as session:
        session.get_one(domains.Chunk, first).sqlmodel_update({"leased_until": None, "claim": None})
    again = posting.claim(story, chunk=first, at=later, manners=FIVE)
    assert again is not None
    assert {position: turn for position, turn in again.room.turns.items() if had[position]} == {
        position: had[position] for position in again.room.turns if had[position]
    }


def test_so_many_connections_deliver_to_one_domain_and_the_next_one_waits_until_one_is_free(database: Database) -> None:
    story = story_of(database, *["la", "other"] * 3, size=2)
    manners = Manners(limits=Limits(connections=2))
    claims = [posting.claim(story, chunk=chunk, manners=manners) for chunk in posting.chunks(story)]

    assert sorted(to(claim, story) != [] for claim in claims) == [False, True, True]
    free = next(claim for claim in claims if claim is not None)
    posting.sender(database, RecordingTransport()).send(free)
    last = next(chunk for chunk, claim in zip(posting.chunks(story), claims, strict=True) if claim is None)
    assert to(posting.claim(story, chunk=last, at=NOON + 2 * SECOND, manners=manners), story) == ["la", "other"]


def test_a_worker_that_died_holds_no_connection(database: Database) -> None:
    story = story_of(database, "la", "la", size=1)
    manners = Manners(limits=Limits(connections=1))
    first, second = posting.chunks(story)

    assert posting.claim(story, chunk=first, manners=manners) is not None
    assert posting.claim(story, chunk=second, manners=manners) is None
    assert posting.claim(story, chunk=second, at=NOON + LEASE, manners=manners) is not None


def test_without_a_pace_nothing_is_written_about_any_domain(database: Database) -> None:
    story = story_of(database, "la", "other")

    posting.send(story, ByDomain(other=Outcome("rejected", "RCPT", "550 5.1.1 nobody")))

    with database.reading() as session:
        assert session.exec(select(MailDomain)).all() == [] and session.exec(select(DomainHold)).all() == []


def closing(answer: str = "421 4.7.0 ann@dead.test is not welcome") -> Outcome:
    return Outcome("deferred", "RCPT", answer)


def test_a_domain_in_trouble_is_left_alone_while_the_others_go_on(database: Database) -> None:
    story = story_of(database, *["dead"] * 10, *["la"] * 10)
    relay = ByDomain(dead=closing())

    posting.send(story, relay)

    assert relay.asked.count("dead") == SEEN and relay.asked.count("la") == 10
    with database.reading() as session:
        (row,) = domains.troubled(session, at=NOON)
    assert (row.domain, row.until, row.words) == ("dead.test", NOON + FIRST_REST, "421 4.7.0 … is not welcome")

    posting.send(story, relay, Clock(NOON + SECOND))
    assert relay.asked.count("dead") == SEEN and {row.due_at for row in rows(story)[SEEN:10]} == {NOON + FIRST_REST}


def test_a_domain_that_is_silent_once_keeps_no_other_letter_in_hand_waiting(database: Database) -> None:
    story = story_of(database, *["dead", "la"] * 10)
    relay = ByDomain(dead=Outcome("deferred", "RCPT", "TimeoutError: the relay took too long"))

    posting.send(story, relay)

    assert (relay.asked.count("dead"), relay.asked.count("la")) == (1, 10)
    with database.reading() as session:
        assert domains.troubled(session, at=NOON) == []
    assert [row.state for row in rows(story)].count("queued") == 10

    posting.send(story, relay, Clock(NOON + SECOND))
    with database.reading() as session:
        assert [row.until for row in domains.troubled(session, at=NOON)] == [NOON + SECOND + FIRST_REST]


def test_a_domain_comes_back_with_one_letter_then_two_then_four_each_as_soon_as_those_before_are_heard_of(database: Database) -> None:
    story = story_of(database, *["dead"] * 20)
    posting.send(story, ByDomain(dead=closing()))
    relay, came = ByDomain(), list[int]()

    for _ in range(4):
        before = len(relay.sent)
        posting.send(story, relay, Clock(NOON + FIRST_REST))
        came.append(len(relay.sent) - before)

    assert came == [1, 2, 4, 8]


def test_letters_behind_those_that_try_a_domain_wait_while_these_are_not_heard_of_and_for_a_rest_when_they_fail(database: Database) -> None:
    story = story_of(database, *["dead"] * 20)
    posting.send(story, ByDomain(dead=closing()))
    tried = NOON + FIRST_REST
    claim = posting.claim(story, at=tried)
    assert claim is not None and to(claim, story) == ["dead"]

    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + PROBING}
    posting.sender(database, ByDomain(dead=closing()), Clock(tried)).send(claim)
    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + PROBING}
    assert posting.claim(story, at=tried + PROBING) is None
    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + 2 * FIRST_REST}


@pytest.mark.parametrize("manners", [UNHURRIED, FIVE])
def test_the_letter_that_tries_a_rested_domain_again_goes_after_all_others_and_needs_no_turn(database: Database, manners: Manners) -> None:
    story = story_of(database, *["dead"] * 10, *["la"] * 5, *["other"] * 5)
    posting.send(story, ByDomain(dead=closing(), la=Outcome("deferred", "RCPT", "450 4.2.1 later"), other=closing()))
    with database.transaction() as session:
        session.exec(sa.update(Delivery).values(due_at=NOON))
        deliveries.recount_all(session, story.release)

    claim = posting.claim(story, at=NOON + FIRST_REST, manners=manners)

    assert claim is not None and to(claim, story) == ["la"] * 5 + ["dead", "other"]
    assert [claim.room.turns[letter.position] for letter in claim.letters[5:]] == [None, None]


def test_a_domain_is_tried_again_at_once_when_the_worker_died_that_was_to_try_it(database: Database) -> None:
    story = story_of(database, *["dead"] * 10, *["other"] * 10)
    posting.send(story, ByDomain(dead=closing(), other=closing()))
    tried = NOON + FIRST_REST
    claim = posting.claim(story, at=tried)
    assert claim is not None and sorted(to(claim, story)) == ["dead", "other"]
    heard = {letter.position: Outcome("accepted", "dot", "250 ok") for letter in claim.letters if letter.address.endswith("@other.test")}

    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, claim, dots=[], heard=heard), fell=False, at=tried + SECOND)
        until = {row.domain: row.until for row in domains.troubled(session, at=NOON)}

    assert until == {"dead.test": tried + SECOND, "other.test": tried + PROBING}
    assert to(posting.claim(story, at=tried + SECOND), story) == ["dead"]


def test_a_rest_is_not_cut_short_by_a_dead_worker(database: Database) -> None:
    story = story_of(database, *["dead"] * 10, size=5)
    claim = posting.claim(story, chunk=posting.chunks(story)[1])
    assert claim is not None
    for _ in range(2):
        posting.send(story, ByDomain(dead=Outcome("unknown", "dot", "TimeoutError: the relay took too long")))

    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, claim, dots=[]), fell=False, at=NOON + 20 * SECOND)
        (row,) = domains.troubled(session, at=NOON)

    assert row.until == NOON + FIRST_REST


def test_a_domain_that_fails_again_rests_for_longer(database: Database) -> None:
    story = story_of(database, *["dead"] * 20)
    relay = ByDomain(dead=Outcome("unknown", "dot", "TimeoutError: the relay took too long"))
    for _ in range(2):  # the others in hand wait for another turn
        posting.send(story, relay)

    assert len(relay.asked) == 2  # silence counts three times, as it costs seconds
    posting.send(story, relay, Clock(NOON + FIRST_REST))

    assert len(relay.asked) == 3
    with database.reading() as session:
        assert domains.troubled(session, at=NOON)[0].until == NOON + FIRST_REST + 2 * FIRST_REST


def test_every_letter_goes_in_the_end_and_the_domain_is_forgotten(database: Database) -> None:
    story = story_of(database, *["dead", "la"] * 40)
    posting.send(story, ByDomain(dead=closing()))
    relay, at = ByDomain(), NOON

    while story.tally()["queued"] and at < NOON + timedelta(hours=1):
        at += timedelta(seconds=15)
        posting.send(story, relay, Clock(at))

    assert story.tally()["accepted"] == 80
    with database.reading() as session:
        assert domains.troubled(session, at=at) == []
