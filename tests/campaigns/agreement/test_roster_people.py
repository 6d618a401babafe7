"""Who the next roster would list: everybody whose duty it is to sign, deputies within their dates; and what is left after a founding anew."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta, timezone

import pytest
from sqlmodel import Session

from campaigns.agreement import candidates, gate, keyrings, releases, roster_changes, rosters, software_keys, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Word
from campaigns.agreement.roster_changes import ROSTER, RosterGivenUp, RosterTakenBack, SignatorySuspended
from campaigns.agreement.rosters import Key, Member
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotYours, Stale
from campaigns.foundation.officers import Officer, OfficerRecord
from tests.campaigns import stories
from tests.campaigns.agreement.test_roster_changes import LATER, everybody, evidence, newcomer, put_forward, sign
from tests.campaigns.agreement.test_standing import NOT_STANDING
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON, House


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two signatories a party, their keys in roster 1."""
    return stories.house(sqlite)


def entry(session: Session, house: House) -> Member:
    return next(one for one in candidates.listed(session) if one.officer == house.hse_other.id)


def test_the_next_roster_lists_every_signatory_with_the_keys_on_their_ring(house: House) -> None:
    with house.database.transaction() as session:
        fresh = newcomer(session)
        listed = {one.officer: one for one in candidates.listed(session)}

        assert set(listed) == {one.id for one in [*everybody(house), fresh]}
        assert listed[fresh.id] == Member(
            officer=fresh.id, post="New at HSE", party="hse", standing="signatory", keys=keyrings.keys(session, fresh.id)
        )
        keyrings.remove(session, keyrings.of(session, house.hse.id)[0].id, by=house.hse, at=LATER)
        record = session.get_one(OfficerRecord, house.lacors.id)
        record.active = False
        session.add(record)
        listed = {one.officer: one for one in candidates.listed(session)}
        assert listed[house.hse.id].keys == []
        assert house.lacors.id not in listed


def test_a_deputy_stands_from_now_until_a_day_and_stays_one_in_the_next_roster(house: House) -> None:
    summer = LATER.astimezone(timezone(timedelta(hours=1)))
    with house.database.transaction() as session:
        stand_in = candidates.deputy(session, house.hse_other.id, ends=summer + DAY, campaigns=[house.campaign], at=LATER)
        assert (stand_in.standing, stand_in.begins, stand_in.ends, stand_in.campaigns) == ("deputy", LATER, LATER + DAY, [house.campaign])
        assert (stand_in.officer, stand_in.post, stand_in.party) == (house.hse_other.id, "HSE deputy", "hse")
        assert stand_in.keys == keyrings.keys(session, house.hse_other.id)
        assert str(stand_in.ends).endswith("+00:00")

        others = [one for one in candidates.listed(session) if one.officer != house.hse_other.id]
        row = put_forward(session, house, members=[*others, stand_in, software_keys.member(session, newcomer(session))])
        sign(session, row, house.hse)
        assert sign(session, row, house.lacors)
        record = session.get_one(OfficerRecord, house.hse_other.id)
        record.name = "HSE deputy, renamed"
        session.add(record)
        assert entry(session, house) == stand_in.model_copy(update={"post": "HSE deputy, renamed"})


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_a_deputy_whose_last_day_has_passed_is_refused(house: House, late: timedelta) -> None:
    with house.database.transaction() as session, pytest.raises(Invalid) as refusal:
        candidates.deputy(session, house.hse_other.id, ends=LATER - late, campaigns=[], at=LATER)
    assert [(one.field, one.sentence) for one in refusal.value.problems] == [("ends", "Choose a day that has not passed")]


def test_founding_anew_voids_every_signature_and_keeps_the_numbers(house: House) -> None:
    story = stories.agreed_release(house)
    with house.database.transaction() as session:
        assert roster_changes.found_anew(session, by="whoever has the machine", at=LATER) == 1
        given_up = log.history(session, ROSTER)[-1]
        assert (log.read(given_up), given_up.by, given_up.at) == (RosterGivenUp(versions=1), "whoever has the machine", LATER)
        with pytest.raises(GateClosed) as refusal:
            standing.chain(session)
        assert refusal.value.sentence == NOT_STANDING
        with pytest.raises(GateClosed) as refusal:
            gate.check(session, releases.get(session, story.release), at=LATER)
        assert refusal.value.sentence == NOT_STANDING

        row = put_forward(session, house)
        assert (row.version, row.read().previous) == (2, rosters.NOTHING_BEFORE)
        sign(session, row, house.hse)
        assert sign(session, row, house.lacors)
        assert [one.version for one in standing.chain(session).rosters] == [2]
        with pytest.raises(GateClosed, match=r"^Version 1 of the roster does not stand\.$"):
            gate.check(session, releases.get(session, story.release), at=LATER)
        assert roster_changes.found_anew(session, by="x", at=LATER) == 1
        assert put_forward(session, house).version == 3


def test_founding_anew_takes_back_what_waits_so_that_it_can_never_stand(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        assert roster_changes.found_anew(session, by="whoever has the machine", at=LATER) == 1

        assert (row.ended_at, rosters.proposed(session)) == (LATER, None)
        assert [log.read(entry) for entry in log.history(session, ROSTER)[-2:]] == [RosterTakenBack(version=2), RosterGivenUp(versions=1)]
        founding = put_forward(session, house)
        sign(session, founding, house.hse)
        assert sign(session, founding, house.lacors)
        assert standing.chain(session).current == founding.read()


def test_the_very_first_roster_is_number_one(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.reading() as session:
        first = rosters.rows(session)[0]
        assert (first.version, first.read().is_founding, first.stands_since) == (1, True, NOON)
        assert evidence(session, first, house.hse).method == "software"


def add_key(session: Session, by: Officer, *, at: datetime) -> Key:
    key = Key(id=f"another of {by.name}", cose="key", software=True)
    keyrings.keep(session, key, name="New", word=Word(0, False, False), by=by, at=at)
    return key


def keys_of(session: Session, officer: Officer) -> list[Key] | None:
    """As the next roster lists them; None for somebody who does not stand in it."""
    return next((one.keys for one in candidates.listed(session) if one.officer == officer.id), None)


def test_no_passkey_that_somebody_had_when_they_were_suspended_is_ever_listed_again(house: House) -> None:
    with house.database.transaction() as session:
        newcomer(session)
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=LATER)
        (suspension,) = roster_changes.suspensions(session).values()
        assert (keys_of(session, house.hse), candidates.left_out(session)) == (None, {house.hse.name: suspension})

        second = put_forward(session, house)
        sign(session, second, house.hse_other)
        assert sign(session, second, house.lacors)
        assert (second.read().member(house.hse.id), roster_changes.suspended(session)) == (None, {})
        assert keys_of(session, house.hse) is None  # nor by the roster after that, as they had it all the same
        fresh = add_key(session, house.hse, at=LATER + MINUTE)
        assert (keys_of(session, house.hse), candidates.left_out(session)) == ([fresh], {})
        keyrings.remove(session, fresh.id, by=house.hse, at=LATER + HOUR)
        assert keys_of(session, house.hse) is None
        assert len(keyrings.keys(session, house.hse.id)) == 1


def test_a_passkey_added_at_the_moment_of_the_suspension_is_one_they_had(house: House) -> None:
    with house.database.transaction() as session:
        add_key(session, house.hse, at=LATER)
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=LATER)
        assert keys_of(session, house.hse) is None


def test_whoever_was_suspended_stands_in_no_roster_by_a_password_alone_and_is_no_deputy(house: House) -> None:
    with house.database.transaction() as session:
        newcomer(session)
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=LATER)
        assert put_forward(session, house, passwords=["hse"]).read().member(house.hse.id) is None
        with pytest.raises(Invalid) as refusal:
            candidates.deputy(session, house.hse.id, ends=LATER + DAY, campaigns=[], at=LATER)
        assert [one.field for one in refusal.value.problems] == ["officer"]

        fresh = add_key(session, house.hse, at=LATER + MINUTE)
        assert candidates.deputy(session, house.hse.id, ends=LATER + DAY, campaigns=[], at=LATER + MINUTE).keys == [fresh]


def test_a_party_that_would_have_too_few_signatories_without_the_suspended_one_is_refused(house: House) -> None:
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=LATER)
        with pytest.raises(Invalid) as refusal:
            put_forward(session, house)
    assert [one.sentence for one in refusal.value.problems] == ["HSE needs at least 2 signatories who can sign; it has 1."]


def test_whoever_was_suspended_signs_rosters_again_once_a_later_one_lists_them(house: House) -> None:
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse.id, reason="Lost.", by=house.lacors, at=NOON)
        add_key(session, house.hse, at=LATER)
        second = put_forward(session, house, passwords=["hse"])
        sign(session, second, house.hse_other)
        assert sign(session, second, house.lacors)
        third = put_forward(session, house, passwords=["hse"])
        entered = Evidence("password", LATER, {"account": "x"})
        roster_changes.sign(session, seen=third.fingerprint, evidence=entered, by=house.hse, at=LATER)
        assert sign(session, third, house.lacors)
        assert standing.chain(session).current.version == 3


def test_a_version_that_waits_when_somebody_is_suspended_is_taken_back_so_that_their_signature_lets_nobody_in(house: House) -> None:
    with house.database.transaction() as session:
        newcomer(session)
        row = put_forward(session, house)
        sign(session, row, house.hse)
        roster_changes.suspend(session, house.hse.id, reason="Stolen.", by=house.hse_other, at=LATER)

        assert (row.ended_at, rosters.proposed(session)) == (LATER, None)
        told = [(log.read(entry), entry.by) for entry in log.history(session, ROSTER)[-2:]]
        assert told == [
            (RosterTakenBack(version=2), "HSE deputy"),
            (SignatorySuspended(officer=house.hse.id, reason="Stolen."), "HSE deputy"),
        ]
        with pytest.raises(Stale):
            sign(session, row, house.lacors)
        assert list(roster_changes.suspended(session)) == [house.hse.id]
        again = put_forward(session, house, at=LATER + DAY)
        with pytest.raises(NotYours):
            sign(session, again, house.hse)
        roster_changes.suspend(session, house.hse.id, reason="Stolen.", by=house.hse_other, at=LATER)
        assert rosters.proposed(session) == again  # it was put forward by somebody who could know


def test_whoever_is_suspended_as_a_roster_comes_to_stand_is_suspended_under_that_one(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    with on_postgres.transaction() as session:
        sign(session, put_forward(session, house), house.hse)

    def suspend() -> None:
        with on_postgres.transaction() as session:
            roster_changes.suspend(session, house.hse.id, reason="Stolen.", by=house.hse_other, at=LATER)

    with ThreadPoolExecutor(1) as other:
        with on_postgres.transaction() as session:
            row = rosters.proposed(session)
            assert row and sign(session, row, house.lacors)
            suspending = other.submit(suspend)
            wait([suspending], timeout=0.5)
        suspending.result(timeout=10)

    with on_postgres.reading() as session:
        assert standing.chain(session).current.version == 2
        assert list(roster_changes.suspended(session)) == [house.hse.id]
