"""Changing who may sign: put forward by anybody who writes, in force by both parties' signatures alone; suspending takes away at once."""

from typing import Any

import pytest
from sqlmodel import Session, select

from campaigns.agreement import candidates, gate, passkeys, releases, roster_changes, rosters, software_keys, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Site
from campaigns.agreement.roster_changes import (
    ROSTER,
    RosterProposed,
    RosterSigned,
    RosterStands,
    RosterTakenBack,
    SignatorySuspended,
    Suspension,
)
from campaigns.agreement.rosters import RosterVersion
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotFound, NotYours, Stale
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import DAY, HOUR, NOON, House

LATER = NOON + DAY
CHANGED = "The roster changed after this page was shown to you. Nothing was signed."


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two signatories a party, their keys in roster 1."""
    return stories.house(sqlite)


def everybody(house: House) -> list[Officer]:
    return [house.hse, house.hse_other, house.lacors, house.lacors_other]


def put_forward(session: Session, house: House, *, by: Officer | None = None, at: Any = LATER, **changes: Any) -> RosterVersion:
    values: dict[str, Any] = {"members": candidates.listed(session), "passwords": [], "site": software_keys.SITE, **changes}
    return roster_changes.propose(session, by=by or house.drafter, at=at, **values)


def evidence(session: Session, row: RosterVersion, by: Officer) -> Evidence:
    return software_keys.evidence(session, tag=passkeys.ROSTER, body=row.document, digest=row.fingerprint, by=by, at=LATER)


def sign(session: Session, row: RosterVersion, by: Officer, *, seen: str | None = None) -> bool:
    given = evidence(session, row, by)
    return roster_changes.sign(session, seen=row.fingerprint if seen is None else seen, evidence=given, by=by, at=LATER)


def facts(session: Session) -> list[tuple[Event, str]]:
    return [(log.read(entry), entry.by) for entry in log.history(session, ROSTER)]


def newcomer(session: Session) -> Officer:
    """A signatory by the officers' register, with a key of their own, whom no roster lists yet."""
    officer = officers.add(session, name="New at HSE", party="hse", duty="signatory", by="test", at=NOON)
    software_keys.enrol(session, [officer], at=NOON)
    return officer


def test_what_is_put_forward_follows_on_the_roster_in_force(house: House) -> None:
    with house.database.transaction() as session:
        site = Site("campaign.test", ("https://campaign.test", "https://a.campaign.test"))
        row = put_forward(session, house, passwords=["lacors", "hse", "hse"], site=site)
        said, first = row.read(), standing.chain(session).current

        assert (row.version, row.proposed_by, row.proposed_at, row.stands_since, row.ended_at) == (2, "HSE drafter", LATER, None, None)
        assert (said.previous, said.parties, said.passwords) == (rosters.fingerprint(first), ["hse", "lacors"], ["hse", "lacors"])
        assert (said.rp_id, said.origins) == ("campaign.test", ["https://a.campaign.test", "https://campaign.test"])
        assert [one.officer for one in said.members] == sorted((one.id for one in everybody(house)), key=str)
        assert facts(session)[-1] == (RosterProposed(version=2, fingerprint=row.fingerprint), "HSE drafter")
        assert first.version == 1


def test_whoever_may_not_write_puts_nothing_forward(house: House) -> None:
    for officer in (house.observer, house.administrator):
        with house.database.transaction() as session, pytest.raises(NotYours):
            put_forward(session, house, by=officer)
        with house.database.transaction() as session, pytest.raises(NotYours):
            roster_changes.take_back(session, seen="", by=officer, at=LATER)
        with house.database.transaction() as session, pytest.raises(NotYours):
            roster_changes.suspend(session, house.hse.id, reason="Why", by=officer, at=LATER)


def test_one_that_names_too_few_is_refused_and_nothing_kept(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(Invalid, match="HSE needs at least 2 signatories"):
        put_forward(session, house, members=[one for one in candidates.listed(session) if one.officer != house.hse.id])
    with house.database.reading() as session:
        assert rosters.proposed(session) is None


def test_another_put_forward_takes_the_place_of_the_one_that_waits(house: House) -> None:
    with house.database.transaction() as session:
        first = put_forward(session, house)
        second = put_forward(session, house, passwords=["hse"], at=LATER + HOUR)

        assert rosters.proposed(session) == second
        assert (first.ended_at, second.ended_at) == (LATER + HOUR, None)
        assert facts(session)[-2:] == [
            (RosterTakenBack(version=2), "HSE drafter"),
            (RosterProposed(version=2, fingerprint=second.fingerprint), "HSE drafter"),
        ]
        with pytest.raises(Stale):
            sign(session, first, house.hse)


def test_it_stands_when_a_signatory_of_each_party_has_signed(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        assert sign(session, row, house.hse) is False
        assert row.stands_since is None
        assert sign(session, row, house.lacors_other) is True
        assert (row.stands_since, standing.chain(session).current) == (LATER, row.read())
        assert facts(session)[-3:] == [
            (RosterSigned(party="hse", fingerprint=row.fingerprint), "HSE director"),
            (RosterSigned(party="lacors", fingerprint=row.fingerprint), "LACoRS deputy"),
            (RosterStands(version=2, fingerprint=row.fingerprint), "LACoRS deputy"),
        ]
        given = standing.signatures(session, row.fingerprint)
        assert [(one.party, one.officer_id, one.officer_name, one.method, one.at) for one in given] == [
            ("hse", house.hse.id, "HSE director", "software", LATER),
            ("lacors", house.lacors_other.id, "LACoRS deputy", "software", LATER),
        ]


def test_two_signatories_of_one_party_do_not_make_it_stand(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        assert [sign(session, row, one) for one in (house.hse, house.hse_other)] == [False, False]
        assert standing.chain(session).current.version == 1


def test_it_waits_for_the_signature_of_whoever_may_give_one_that_is_of_use(house: House) -> None:
    everyone = [*everybody(house), house.drafter, house.observer]
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse_other.id, reason="Key stolen.", by=house.drafter, at=NOON)
        newcomer(session)
        row = put_forward(session, house)
        assert [one for one in everyone if roster_changes.may_sign(session, row, one)] == [house.hse, house.lacors, house.lacors_other]

        sign(session, row, house.lacors)
        assert [one for one in everyone if roster_changes.may_sign(session, row, one)] == [house.hse]


def test_nobody_signs_a_roster_twice_or_one_they_were_not_shown(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        sign(session, row, house.hse)
        with pytest.raises(NotAllowedNow, match=r"^You have signed this roster already\.$"):
            sign(session, row, house.hse)
        with pytest.raises(Stale) as refusal:
            sign(session, row, house.lacors, seen="0" * 64)
        assert refusal.value.sentence == CHANGED
    with house.database.transaction() as session:
        roster_changes.take_back(session, seen=row.fingerprint, by=house.lacors, at=LATER)
        with pytest.raises(Stale) as refusal:
            sign(session, row, house.lacors)
        assert refusal.value.sentence == CHANGED


def test_a_newcomer_signs_the_roster_that_lists_them_but_cannot_bring_themselves_in(house: House) -> None:
    with house.database.transaction() as session:
        fresh = newcomer(session)
        row = put_forward(session, house)
        assert sign(session, row, fresh) is False
        assert sign(session, row, house.lacors) is False  # HSE has signed under the new list alone
        assert sign(session, row, house.hse_other) is True


def test_who_stands_in_neither_roster_or_only_as_a_deputy_signs_none(house: House) -> None:
    sentence = r"^Only a signatory in the old roster or the new one can sign it\.$"
    with house.database.transaction() as session:
        stranger = newcomer(session)
        row = put_forward(session, house, members=[one for one in candidates.listed(session) if one.officer != stranger.id])
        for by in (stranger, house.drafter, Officer(house.hse.id, house.hse.name, "lacors", "signatory")):
            with pytest.raises(NotYours, match=sentence):
                roster_changes.judges(session, row.read(), by)
        assert roster_changes.judges(session, row.read(), house.hse) == [row.read(), standing.chain(session).current]
        without = [one for one in candidates.listed(session) if one.officer not in {house.hse.id, stranger.id}]
        leaving = row.read().model_copy(update={"members": without})
        assert [one.version for one in roster_changes.judges(session, leaving, house.hse)] == [1]
        deputies = [one.model_copy(update={"standing": "deputy"}) for one in row.read().members]
        as_deputies = row.read().model_copy(update={"members": deputies})
        assert [one.version for one in roster_changes.judges(session, as_deputies, house.hse)] == [1]


def test_a_version_is_taken_back_by_either_party_and_only_the_one_that_was_seen(house: House) -> None:
    with house.database.transaction() as session:
        row = put_forward(session, house)
        with pytest.raises(Stale, match=r"^That roster no longer waits for signatures\.$"):
            roster_changes.take_back(session, seen="0" * 64, by=house.lacors, at=LATER)
        roster_changes.take_back(session, seen=row.fingerprint, by=house.lacors, at=LATER)

        assert (row.ended_at, rosters.proposed(session)) == (LATER, None)
        assert facts(session)[-1] == (RosterTakenBack(version=2), "LACoRS chair")
        with pytest.raises(Stale, match=r"^That roster no longer waits for signatures\.$"):
            roster_changes.take_back(session, seen=row.fingerprint, by=house.lacors, at=LATER)


def test_somebody_suspended_signs_nothing_and_what_they_signed_is_held_until_both_sign_a_new_roster(house: House) -> None:
    story = stories.agreed_release(house)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse.id, reason=" Key lost on a train ", by=house.lacors, at=LATER)
        roster_changes.suspend(session, house.hse.id, reason="Again", by=house.lacors, at=LATER + HOUR)

        kept = session.exec(select(Suspension)).one()
        assert (kept.officer_id, kept.version, kept.reason, kept.by_name, kept.at) == (
            house.hse.id, 1, "Key lost on a train", "LACoRS chair", LATER,
        )  # fmt: skip
        told = [fact for fact in facts(session) if isinstance(fact[0], SignatorySuspended)]
        assert told == [(SignatorySuspended(officer=house.hse.id, reason="Key lost on a train"), "LACoRS chair")]
        assert roster_changes.suspended(session) == {house.hse.id: kept}
        release, sentence = releases.get(session, story.release), r"^This signatory was suspended: Key lost on a train$"
        with pytest.raises(GateClosed, match=sentence):
            gate.check(session, release, at=LATER)
        newcomer(session)
        row = put_forward(session, house)
        with pytest.raises(NotYours, match=sentence):
            sign(session, row, house.hse)
        sign(session, row, house.hse_other)
        assert sign(session, row, house.lacors) is True
        assert roster_changes.suspended(session) == {}
        roster_changes.refuse_suspended(session, {house.hse.id: 2})
        with pytest.raises(GateClosed, match=sentence):  # what was signed with the lost key stays held
            gate.check(session, release, at=LATER)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_suspension_needs_a_reason_of_a_readable_length(house: House, reason: str) -> None:
    with house.database.transaction() as session, pytest.raises(Invalid) as refusal:
        roster_changes.suspend(session, house.hse.id, reason=reason, by=house.lacors, at=LATER)
    assert [(one.field, one.sentence) for one in refusal.value.problems] == [("reason", "Say why, in up to 500 characters")]


def test_only_somebody_in_the_roster_is_suspended(house: House) -> None:
    with house.database.transaction() as session:
        with pytest.raises(NotFound, match=r"^They are not in the roster of signatories\.$"):
            roster_changes.suspend(session, house.drafter.id, reason="Why", by=house.lacors, at=LATER)
        roster_changes.suspend(session, house.hse.id, reason="x" * 500, by=house.lacors, at=LATER)
