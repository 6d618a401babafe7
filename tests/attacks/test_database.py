"""Attacks by somebody at the database: frozen bytes updated, signatures copied, keys swapped."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.agreement import releases, signatures
from campaigns.agreement.keyrings import Credential
from campaigns.agreement.rosters import RosterVersion
from campaigns.agreement.signatures import Signature
from campaigns.foundation.officers import Officer, OfficerRecord
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene, write_down
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import READERS

FROZEN = {
    "releases": "UPDATE releases SET manifest = x'7b7d'",
    "sealed_programs": "UPDATE sealed_programs SET program = x'5b5d'",
    "sealed_letters": "UPDATE sealed_letters SET leaf = zeroblob(32)",
    "signatures": "UPDATE signatures SET digest = 'f'",
    "rosters": "UPDATE rosters SET document = x'7b7d'",
}
CLOSES = {
    "releases": "could not be checked",
    "sealed_programs": "A stored letter is not the one that was signed",
    "sealed_letters": "The frozen readers are not the ones that were signed",
    "signatures": "HSE has not signed",
    "rosters": "The roster does not verify",
}


@pytest.mark.parametrize("table", FROZEN)
def test_a27_frozen_bytes_are_updated(attack: Scene, held: Held, table: str) -> None:
    story = stories.agreed_release(attack.house)
    with pytest.raises(sa.exc.IntegrityError), attack.house.database.transaction() as session:
        session.connection().exec_driver_sql(FROZEN[table])  # a trigger refuses
    where = "" if table == "rosters" else f" WHERE {'id' if table == 'releases' else 'release_id'} = '{story.release.hex}'"
    with attack.house.database.transaction() as session:
        lifted(session)
        kept = session.connection().exec_driver_sql("SELECT document FROM rosters").scalar()
        session.connection().exec_driver_sql(FROZEN[table] + where)
    assert attack.push(story) == 0
    if table == "rosters":  # nothing goes at all under a roster that does not verify; put right again for the control
        with attack.house.database.transaction() as session:
            session.connection().execute(sa.text("UPDATE rosters SET document = :kept"), {"kept": kept})
        assert any(CLOSES[table] in sentence for sentence in attack.refusals)
        control = attack.control()
        write_down("A27", "rosters updated at the database, triggers taken off", CLOSES[table], 0, control)
        assert control == len(READERS)
        return
    held(story, f"{table} updated at the database, triggers taken off", CLOSES[table])


def test_a28_a_signature_is_copied_from_another_release(attack: Scene, held: Held) -> None:
    first, second = stories.agreed_release(attack.house), stories.half_signed_release(attack.house)
    with attack.house.database.transaction() as session:
        theirs = next(one for one in signatures.given(session, first.release) if one.party == "lacors")
        session.add(Signature(**(theirs.model_dump() | {"id": uuid4(), "release_id": second.release, "digest": second.digest()})))

    held(second, "a signature copied from another release", "does not hold")


def test_a28_a_signature_is_made_up(attack: Scene, held: Held) -> None:
    story, lacors = stories.half_signed_release(attack.house), attack.house.lacors
    with attack.house.database.transaction() as session:
        made_up = {"release_id": story.release, "digest": story.digest(), "roster": 1, "party": "lacors", "at": stories.NOON}
        whose = {"officer_id": lacors.id, "officer_name": lacors.name, "method": "password", "evidence": {"account": "chair@lacors.test"}}
        session.add(Signature(**made_up, **whose))

    held(
        story, "a signature by password inserted, in a roster without passwords", "The roster does not let this party sign with a password"
    )


def test_a29_a_signatory_s_key_and_party_are_changed_at_the_database(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    with attack.house.database.transaction() as session:
        lifted(session)
        theirs = sa.select(col(Credential.cose)).where(col(Credential.officer_id) == attack.house.hse_other.id).scalar_subquery()
        session.exec(sa.update(Credential).values(cose=theirs).where(col(Credential.officer_id) == attack.house.lacors.id))
        session.exec(sa.update(OfficerRecord).values(party="lacors").where(col(OfficerRecord.id) == attack.house.hse_other.id))
    attack.tries(lambda session: _signs(session, story, attack))
    with attack.house.database.transaction() as session:
        session.exec(sa.update(OfficerRecord).values(party="hse").where(col(OfficerRecord.id) == attack.house.hse_other.id))

    held(story, "a signatory's key and party changed in their tables", "LACoRS has not signed")


def test_a29_a_roster_s_member_is_swapped_at_the_database(attack: Scene) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        lifted(session)
        row = session.get_one(RosterVersion, session.exec(sa.select(col(RosterVersion.fingerprint))).scalar_one())
        kept, row.document = row.document, row.document.replace(b"LACoRS chair", b"Nobody knows")
        session.add(row)

    assert attack.push(story) == 0
    assert any("The roster does not verify" in sentence for sentence in attack.refusals)
    with attack.house.database.transaction() as session:
        session.exec(sa.update(RosterVersion).values(document=kept))
    control = attack.control()
    write_down("A29", "a member of the standing roster swapped", "The roster does not verify", 0, control)
    assert control == len(READERS)


def _signs(session: Session, story: stories.Story, attack: Scene) -> None:
    by = Officer(attack.house.hse_other.id, attack.house.hse_other.name, "lacors", "signatory")
    evidence = stories.evidence(session, story.release, by)
    releases.sign(session, story.release, seen=story.digest(), evidence=evidence, by=by, at=stories.NOON)
