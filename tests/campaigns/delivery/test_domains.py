"""A good neighbour: each mail domain at its pace, over so many connections, and left alone while it is in trouble. The others go on."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from campaigns.delivery import domains
from campaigns.delivery.claims import Waiting
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.domains import DomainHold, MailDomain
from campaigns.delivery.manners import UNHURRIED, Manners
from campaigns.delivery.pacing import AHEAD, KEPT, Limits
from campaigns.delivery.rooms import Room
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.troubles import FIRST_REST, IN_A_ROW
from campaigns.foundation.database import Database
from tests.campaigns import posting
from tests.campaigns.delivery.mail_domains import ByDomain, closing, rows, story_of, to
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import NOON

FIVE = Manners(limits=Limits(pace=5))
SEEN = IN_A_ROW  # whoever asks for the next letter hears of those before
SECOND = timedelta(seconds=1)


def test_a_domain_with_no_room_now_has_its_letters_put_off_to_their_turns_and_the_others_go(database: Database) -> None:
    story = story_of(database, *["la"] * 12, "other", "other")

    claim = posting.claimed(story, manners=FIVE)

    assert to(claim, story).count("la") == 8 and to(claim, story).count("other") == 2
    turns = [claim.room.turns[letter.position] for letter in claim.letters]
    assert turns == sorted(turn for turn in turns if turn is not None)
    off = [row for row in rows(story) if row.turn_at is not None]
    assert len(off) == 4 and all(row.turn_at is not None and row.due_at == row.turn_at - AHEAD > NOON for row in off)
    assert off[-1].turn_at is not None and off[-1].turn_at - NOON >= 11 * SECOND * 1.4 / 5


def test_another_worker_s_chunk_gets_later_turns_and_a_put_off_letter_keeps_its_own(database: Database) -> None:
    story = story_of(database, *["la"] * 20, size=10)
    first, second = posting.chunks(story)
    mine = posting.claimed(story, chunk=first, manners=FIVE)
    had = {row.position: row.turn_at for row in rows(story)}

    assert posting.claim(story, chunk=second, manners=FIVE) is None
    others = [row.turn_at for row in rows(story) if row.turn_at is not None and row.turn_at != had[row.position]]
    assert len(others) == 10 and min(others) > max(turn for turn in [*mine.room.turns.values(), *had.values()] if turn)

    later = min(row.due_at for row in rows(story) if row.due_at > NOON)
    with database.transaction() as session:
        session.get_one(domains.Chunk, first).sqlmodel_update({"leased_until": None, "claim": None})
    again = posting.claimed(story, chunk=first, at=later, manners=FIVE)
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


@pytest.mark.long
@pytest.mark.parametrize("manners", [UNHURRIED, FIVE])
def test_the_letter_that_tries_a_rested_domain_again_goes_after_all_others_and_needs_no_turn(database: Database, manners: Manners) -> None:
    story = story_of(database, *["dead"] * 10, *["la"] * 5, *["other"] * 5)
    posting.send(story, ByDomain(dead=closing(), la=Outcome("deferred", "RCPT", "450 4.2.1 later"), other=closing()))
    with database.transaction() as session:
        session.exec(sa.update(Delivery).values(due_at=NOON))
        posting.recount(session, story.release)

    claim = posting.claimed(story, at=NOON + FIRST_REST, manners=manners)

    assert to(claim, story) == ["la"] * 5 + ["dead", "other"]
    assert [claim.room.turns[letter.position] for letter in claim.letters[5:]] == [None, None]
    assert isinstance(claim.room.probes, frozenset) and claim.room.probes == {letter.position for letter in claim.letters[5:]}


def test_a_letter_waits_for_its_turn_in_hand_and_takes_another_when_it_is_over() -> None:
    letter = Waiting(0, "", "", "", (), "a@la.test", {}, b"", 0, 0, None)
    clock, waited = Clock(), list[float]()
    room = Room({0: NOON + SECOND})

    assert room.admits(letter, clock=clock, wait=waited.append) and waited == [1.0]
    clock.at = NOON + SECOND + KEPT
    assert room.admits(letter, clock=clock, wait=waited.append) and waited == [1.0]
    clock.at += SECOND / 1000
    assert not room.admits(letter, clock=clock, wait=waited.append)
