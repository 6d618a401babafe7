"""The chain of rosters: each version signed by both parties under the old one and the new, or nobody signs at all."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import gate, manifest, releases, roster_changes, rosters, software_keys, standing
from campaigns.agreement.rosters import RosterVersion
from campaigns.agreement.standing import RosterSignature
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from campaigns.foundation.stamps import Stamp
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import DAY, NOON, House

NOT_STANDING = "There is no roster of signatories yet, so nobody can sign. Both parties must agree the first one on the Signatories page."


def successor(session: Session, house: House, *, signers: list[str] | None = None) -> RosterVersion:
    """The next version, the same people, signed by those named (both directors unless said otherwise)."""
    everybody = [house.hse, house.hse_other, house.lacors, house.lacors_other]
    members = [software_keys.member(session, one) for one in everybody]
    row = roster_changes.propose(session, members=members, passwords=["hse"], site=software_keys.SITE, by=house.drafter, at=NOON + DAY)
    software_keys.sign_roster(session, [one for one in everybody if signers is None or one.name in signers], at=NOON + DAY)
    return row


def refused(database: Database, sentence: str) -> None:
    with database.reading() as session, pytest.raises(GateClosed) as refusal:
        standing.chain(session)
    assert refusal.value.sentence == sentence


def test_the_chain_grows_by_versions_that_both_parties_signed(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        row = successor(session, house)
        chain = standing.chain(session)

        assert [one.version for one in chain.rosters] == [1, 2]
        assert (chain.current.version, chain.current.passwords, row.stands_since) == (2, ["hse"], NOON + DAY)
        assert chain.current.previous == rosters.fingerprint(chain.rosters[0])


def test_a_version_one_party_signed_does_not_stand(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        row = successor(session, house, signers=["HSE director", "HSE deputy"])

        assert row.stands_since is None
        assert rosters.proposed(session) == row
        assert standing.chain(session).current.version == 1


def test_without_a_roster_nobody_signs(sqlite: Database) -> None:
    refused(sqlite, NOT_STANDING)


def rewrite(session: Session, **changes: Any) -> None:
    """The newest standing version says something else, under a fingerprint that fits: what somebody at the database could do."""
    lifted(session)
    row = rosters.rows(session)[-1]
    was, document = row.fingerprint, row.read().model_copy(update=changes).to_bytes()
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    session.exec(
        sa.update(RosterVersion)
        .values(document=document, fingerprint=manifest.digest(document))
        .where(col(RosterVersion.fingerprint) == was)
    )
    session.exec(sa.update(RosterSignature).values(fingerprint=manifest.digest(document)).where(col(RosterSignature.fingerprint) == was))
    session.expire_all()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"version": 3}, "Roster 2 does not follow from the one before."),
        ({"version": 1}, "Roster 2 does not follow from the one before."),
        ({"previous": "1" * 64}, "Roster 2 does not follow from the one before."),
        ({"parties": ["hse", "tuc"]}, "Roster 2 does not follow from the one before."),
        ({"passwords": ["hse", "lacors"]}, "Roster 2 is not signed by both parties."),
        ({"members": []}, "Roster 2 is not signed by both parties."),
    ],
)
def test_a_version_rewritten_at_the_database_holds_everything(sqlite: Database, changes: dict[str, Any], sentence: str) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        successor(session, house)
    with sqlite.transaction() as session:
        rewrite(session, **changes)

    refused(sqlite, sentence)


def test_a_first_version_that_follows_on_something_is_no_founding(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        rewrite(session, previous="1" * 64)

    refused(sqlite, "Roster 1 does not follow from the one before.")


@pytest.mark.parametrize(
    ("document", "why"),
    [(b"{}", "'predicate'"), (b"not json", "Expecting value: line 1 column 1 (char 0)"), (None, "the roster is not in its canonical form")],
)
def test_a_document_that_cannot_be_read_holds_everything(sqlite: Database, document: bytes | None, why: str) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        lifted(session)
        row = rosters.rows(session)[0]
        session.exec(sa.update(RosterVersion).values(document=row.document + b" " if document is None else document))

    refused(sqlite, f"The roster does not verify: {why}.")


@pytest.mark.parametrize(
    "evidence",
    [
        [],
        "x",
        7,
        {"credential": "x", "nonce": "é", "authenticator_data": "", "client_data": "", "signature": ""},
        {"credential": "x", "nonce": "_" * 43, "authenticator_data": "", "client_data": "", "signature": ""},
    ],
)
def test_evidence_that_nothing_of_ours_wrote_counts_for_nothing(sqlite: Database, evidence: Any) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        lifted(session)
        keys = {one.party: one.evidence["credential"] for one in standing.signatures(session, rosters.rows(session)[0].fingerprint)}
        bent = {**evidence, "credential": keys["hse"]} if isinstance(evidence, dict) else evidence
        session.exec(sa.update(RosterSignature).values(evidence=bent).where(col(RosterSignature.party) == "hse"))

    refused(sqlite, "Roster 1 is not signed by both parties.")


def test_rows_that_cannot_be_read_hold_everything(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        lifted(session)
        session.connection().exec_driver_sql("UPDATE roster_signatures SET evidence = '{'")

    refused(
        sqlite, "The roster cannot be read (JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1))."
    )


def test_a_roster_that_names_no_party_never_stands(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.reading() as session:
        founding = standing.chain(session).current

        assert standing.stands_since(founding.model_copy(update={"parties": []}), None, []) is None


def test_a_roster_of_software_keys_stands_in_rehearsals_alone(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        session.get_one(Stamp, 1).env = "production"

    refused(sqlite, "Roster 1 lists a software key; those are for rehearsals only.")


@pytest.mark.parametrize("change", [{"party": "lacors"}, {"officer_id": UUID(int=9)}, {"method": "password"}, {"evidence": {}}])
def test_a_signature_on_a_roster_that_was_changed_counts_no_more(sqlite: Database, change: dict[str, Any]) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        lifted(session)
        session.exec(sa.update(RosterSignature).values(**change).where(col(RosterSignature.party) == "hse"))

    refused(sqlite, "Roster 1 is not signed by both parties.")


def test_a_party_that_signed_only_under_the_new_roster_has_not_signed(sqlite: Database) -> None:
    """New people could otherwise bring themselves in: each party signs under the old list and under the new one."""
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        row = successor(session, house)
        before, now = standing.chain(session).rosters
        given = standing.signatures(session, row.fingerprint)
        strangers = before.model_copy(update={"members": [one for one in before.members if one.party == "lacors"]})

        assert [one.party for one in given] == ["hse", "lacors"]
        assert standing.stands_since(now, before, given)
        assert standing.stands_since(now, None, given)
        assert not standing.stands_since(now, strangers, given)
        assert not standing.stands_since(now, before, given[:1])
        assert not standing.stands_since(now, before, [])


def test_a_version_said_to_stand_that_the_one_before_did_not_vouch_for_holds_everything(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        fresh = [
            officers.add(session, name=f"New at {party}", party=party, duty="signatory", by="test", at=NOON) for party in ("hse", "lacors")
        ]
        software_keys.enrol(session, fresh, at=NOON)
        members = [*standing.chain(session).current.members, *(software_keys.member(session, one) for one in fresh)]
        row = roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=house.drafter, at=NOON + DAY)
        software_keys.sign_roster(session, fresh, at=NOON + DAY)
        assert row.stands_since is None
        row.stands_since = NOON + DAY  # by no step of ours
        session.add(row)

    refused(sqlite, "Roster 2 is not signed by both parties.")


def test_a_deputy_s_signature_on_a_roster_does_not_count(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        row = successor(session, house)
        now, given = standing.chain(session).current, standing.signatures(session, row.fingerprint)
        members = [one.model_copy(update={"standing": "deputy"}) if one.officer == house.hse.id else one for one in now.members]

        assert standing.stands_since(now, None, given)
        assert not standing.stands_since(now, now.model_copy(update={"members": members}), given)


def test_signatures_are_listed_in_the_order_they_were_given(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        lifted(session)
        session.exec(sa.update(RosterSignature).values(at=NOON - DAY).where(col(RosterSignature.party) == "lacors"))
        fingerprint = rosters.rows(session)[0].fingerprint

        assert [one.party for one in standing.signatures(session, fingerprint)] == ["lacors", "hse"]
        assert standing.signatures(session, "0" * 64) == []


def test_a_release_signed_under_an_older_version_still_goes(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        successor(session, story.house)
    with sqlite.reading() as session:
        release = releases.get(session, story.release)
        assert gate.check(session, release, at=NOON + DAY).digest == story.digest()
        assert session.exec(select(sa.func.count()).select_from(RosterVersion)).one() == 2
