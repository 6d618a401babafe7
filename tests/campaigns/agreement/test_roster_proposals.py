"""Which version may be signed, with which keys, and that one waits at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import col, select

from campaigns.agreement import candidates, keyrings, roster_changes, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key, RosterVersion
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Stale
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.agreement.test_roster_changes import LATER, put_forward, sign
from tests.campaigns.stories import DAY, MINUTE, House


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two signatories a party, their keys in roster 1."""
    return stories.house(sqlite)


def test_a_key_that_left_the_ring_still_vouches_under_the_old_roster_and_the_new_one_under_the_new(house: House) -> None:
    """Both directors drop their old keys first; without them nobody could vouch for the new list under the old one."""
    with house.database.transaction() as session:
        for officer in (house.hse, house.lacors):
            keyrings.remove(session, keyrings.of(session, officer.id)[0].id, by=officer, at=LATER)
            key = Key(id=f"new-{officer.party}", cose="x", software=True)
            keyrings.keep(session, key, name="New", word=Word(0, False, False), by=officer, at=LATER)
        row = put_forward(session, house)
        assert row.read().members != standing.chain(session).current.members

        assert [sign(session, row, one) for one in (house.hse, house.lacors)] == [False, False]  # with the old ones
        assert [sign(session, row, one) for one in (house.hse_other, house.lacors_other)] == [False, True]


def test_a_password_that_the_new_roster_ends_still_vouches_under_the_old_one(house: House) -> None:
    with house.database.transaction() as session:
        allowing = put_forward(session, house, passwords=["hse"])
        sign(session, allowing, house.hse)
        assert sign(session, allowing, house.lacors)
        row = put_forward(session, house)
        given = Evidence("password", LATER, {"account": "director@hse.test"})

        assert roster_changes.sign(session, seen=row.fingerprint, evidence=given, by=house.hse, at=LATER) is False


def test_two_versions_put_forward_at_once_leave_one_waiting(database: Database) -> None:
    house = stories.house(database)
    with database.transaction() as session:
        first = put_forward(session, house)
        second = RosterVersion(fingerprint="2" * 64, version=2, document=b"", proposed_by="?", proposed_at=LATER)
        with pytest.raises(Stale, match=r"^Somebody else put a roster forward at this moment\. Look at theirs first\.$"):
            roster_changes._add(session, second)
    with database.reading() as session:
        assert [row.fingerprint for row in session.exec(select(RosterVersion).where(RosterVersion.version == 2))] == [first.fingerprint]


def test_two_officers_at_once_are_told_apart(on_postgres: Database) -> None:
    database = on_postgres
    house, gathered = stories.house(database), Barrier(2)

    def propose(by: Officer) -> str:
        try:
            with database.transaction() as session:
                members = candidates.listed(session)
                gathered.wait(timeout=10)
                put_forward(session, house, by=by, members=members, at=LATER + (MINUTE if by is house.drafter else DAY))
        except Stale as refusal:
            return refusal.sentence
        return "put forward"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(propose, (house.drafter, house.lacors)))

    with database.reading() as session:
        waiting = session.exec(
            select(RosterVersion).where(col(RosterVersion.stands_since).is_(None), col(RosterVersion.ended_at).is_(None))
        )
        assert len(waiting.all()) == 1
    assert answers[-1] == "put forward"
    assert set(answers) <= {"put forward", "Somebody else put a roster forward at this moment. Look at theirs first."}


def test_a_version_that_no_longer_follows_on_the_one_in_force_is_signed_by_nobody(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        row.ended_at = LATER
        session.flush()
        other = put_forward(session, house, passwords=["hse"])
        sign(session, other, house.hse)
        assert sign(session, other, house.lacors)
        row.ended_at = None
        session.flush()

        with pytest.raises(Stale, match=r"^This roster does not follow on the one in force\."):
            sign(session, row, house.hse)
        assert standing.chain(session).current == other.read()
