"""A mail domain that was left alone is tried again, a little at a time, and rests for longer where it fails."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from campaigns.delivery import domains, recovery
from campaigns.delivery.domains import MailDomain
from campaigns.delivery.transport import Outcome
from campaigns.delivery.troubles import FIRST_REST, IN_A_ROW, PROBING
from campaigns.foundation.database import Database
from tests import crossings
from tests.campaigns import posting
from tests.campaigns.delivery.mail_domains import ByDomain, closing, rows, story_of, to
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON

SEEN = IN_A_ROW  # whoever asks for the next letter hears of those before
SECOND = timedelta(seconds=1)


@pytest.mark.long
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
    claim = posting.claimed(story, at=tried)
    assert to(claim, story) == ["dead"]

    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + PROBING}
    posting.sender(database, ByDomain(dead=closing()), Clock(tried)).send(claim)
    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + PROBING}
    assert posting.claim(story, at=tried + PROBING) is None
    assert {row.due_at for row in rows(story)[SEEN + 1 :]} == {tried + 2 * FIRST_REST}


def test_a_domain_that_takes_one_letter_and_turns_another_away_is_not_asked_again_at_once(database: Database) -> None:
    story = story_of(database, *["dead"] * 20)
    posting.send(story, ByDomain(dead=closing()))
    tried = NOON + FIRST_REST
    posting.send(story, ByDomain(), Clock(tried))
    claim = posting.claimed(story, at=tried)
    assert len(claim.letters) == 2
    first, second = claim.letters

    with database.transaction() as session:
        heard = [(first.address, Outcome("accepted", "dot", "250 ok")), (second.address, closing())]
        domains.heard(session, claim.room, heard, chunk_id=claim.hand.chunk_id, at=tried)

    assert {row.due_at for row in rows(story)[second.position + 1 :]} == {tried + PROBING}


def test_a_domain_is_tried_again_at_once_when_the_worker_died_that_was_to_try_it(database: Database) -> None:
    story = story_of(database, *["dead"] * 10, *["other"] * 10)
    posting.send(story, ByDomain(dead=closing(), other=closing()))
    tried = NOON + FIRST_REST
    claim = posting.claimed(story, at=tried)
    assert sorted(to(claim, story)) == ["dead", "other"]
    heard = {letter.position: Outcome("accepted", "dot", "250 ok") for letter in claim.letters if letter.address.endswith("@other.test")}

    with database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, claim, dots=[], heard=heard), fell=False, at=tried + SECOND)
        until = {row.domain: row.until for row in domains.troubled(session, at=NOON)}

    assert until == {"dead.test": tried + SECOND, "other.test": tried + PROBING}
    assert to(posting.claim(story, at=tried + SECOND), story) == ["dead"]


def test_whoever_gives_letters_back_waits_for_nobody_who_has_their_domain_in_hand(on_postgres: Database) -> None:
    story, tried = story_of(on_postgres, *["dead"] * 10), NOON + FIRST_REST
    posting.send(story, ByDomain(dead=closing()))
    assert posting.claim(story, at=tried) is not None

    with on_postgres.transaction() as another, on_postgres.transaction() as session:
        another.exec(select(MailDomain).with_for_update()).all()
        session.connection().execute(sa.text("SET LOCAL lock_timeout = '1s'"))
        domains.untried(session, story.release, [(0, tried)], at=tried + SECOND)
        (row,) = domains.troubled(session, at=NOON)

    assert row.until == tried + PROBING


def test_a_rest_is_not_cut_short_by_a_dead_worker(database: Database) -> None:
    story = story_of(database, *["dead"] * 10, size=5)
    claim = posting.claimed(story, chunk=posting.chunks(story)[1])
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


@pytest.mark.long
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


def test_whoever_takes_letters_to_other_domains_waits_for_nobody_who_tries_one_in_trouble(on_postgres: Database) -> None:
    story = story_of(on_postgres, *["dead"] * SEEN, *["well"] * SEEN, size=SEEN)
    troubled, other = posting.chunks(story)
    claim = posting.claimed(story, chunk=troubled)
    posting.sender(on_postgres, ByDomain(dead=closing())).send(claim)

    with crossings.other(on_postgres, lambda: posting.claim(story, chunk=other)) as begin, on_postgres.transaction() as session:
        assert [row.domain for row in session.exec(select(MailDomain).with_for_update())] == ["dead.test"]
        found = begin()
        assert found.done()

    assert to(found.result(), story) == ["well"] * SEEN
