"""The gate fails closed: whatever is missing, altered or cannot be decided keeps a release in."""

from collections.abc import Callable
from datetime import datetime

import pytest

from campaigns.agreement import (
    gate,
    identity,
    manifest,
    merkle,
    parties,
    passkeys,
    releases,
    roster_changes,
    rosters,
    sealed,
    signatures,
    standing,
)
from campaigns.agreement.parties import Party
from campaigns.drafting import messages
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import stories
from tests.campaigns.agreement import removals
from tests.campaigns.stories import DAY, MINUTE, NOON, Story


def says(story: Story, at: datetime = NOON) -> str:
    with story.database.reading() as session:
        try:
            gate.check(session, releases.get(session, story.release), at=at)
        except GateClosed as closed:
            return closed.sentence
    return "open"


def change(story: Story, statement: str) -> None:
    with story.database.transaction() as session:
        removals.lifted(session)
        session.connection().exec_driver_sql(statement)


def test_an_agreed_release_is_verified_from_its_stored_bytes(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.reading() as session:
        verified = gate.check(session, releases.get(session, story.release), at=NOON)

    assert verified.digest == story.digest() and verified.said.readers == 3 and len(verified.branches) == 1
    assert (verified.said.subject, verified.said.parties) == ("What LOPP offers you", ["hse", "lacors"])


def test_nothing_goes_that_nobody_one_party_or_the_wrong_people_signed(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))

    assert says(story) == "HSE has not signed."
    story.sign(story.house.hse)
    assert says(story) == "LACoRS has not signed."
    story.sign(story.house.lacors)
    assert says(story) == "open"


ALTERATIONS = {
    "UPDATE releases SET manifest = NULL": "not sealed",
    "UPDATE releases SET digest = NULL": "not sealed",
    "UPDATE signatures SET digest = 'x'": "HSE has not signed",
    "UPDATE signatures SET roster = 2": "Version 2 of the roster does not stand",
    "UPDATE signatures SET method = 'passkey'": "The roster does not list this passkey",
    "UPDATE signatures SET method = 'password', evidence = '{}'": "does not let this party sign with a password",
    "UPDATE signatures SET evidence = '{}'": "holds no passkey's assertion",
    "UPDATE signatures SET at = '2026-05-12 11:05:01+00:00'": "not given within five minutes",
    "UPDATE signatures SET at = '2026-05-12 10:59:00+00:00'": "No roster of signatories was in force at that moment",
    "UPDATE signatures SET at = '2026-05-12 11:00:01+00:00'": "were not all given within",
    "UPDATE signatures SET officer_id = (SELECT id FROM officers WHERE name = 'HSE deputy') WHERE party = 'hse'": "The roster does not list this passkey",
    "UPDATE rosters SET stands_since = NULL": "There is no roster of signatories",
    "UPDATE rosters SET document = replace(document, 'HSE director', 'HSE directos')": "does not verify",
    "DELETE FROM roster_signatures WHERE party = 'hse'": "Roster 1 is not signed by both parties",
    "UPDATE roster_signatures SET party = 'hse'": "Roster 1 is not signed by both parties",
    "UPDATE roster_signatures SET evidence = (SELECT evidence FROM signatures WHERE signatures.party = roster_signatures.party)": "Roster 1 is not signed by both parties",
    "DELETE FROM signatures WHERE party = 'lacors'": "LACoRS has not signed",
    "UPDATE revisions SET by_id = (SELECT officer_id FROM signatures WHERE party = 'hse')": "wrote these words",
    "UPDATE messages SET revision = 2": "superseded",
    "UPDATE messages SET state = 'withdrawn'": "superseded",
    "UPDATE sealed_programs SET audience = 'x' WHERE audience = 'practitioners'": "stored letter is not the one",
    "DELETE FROM sealed_programs WHERE audience = 'practitioners'": "stored letter is not the one",
    "DELETE FROM sealed_branches": "could not be checked",
    "UPDATE sealed_branches SET node = (SELECT leaf FROM sealed_letters WHERE position = 0)": "frozen readers are not the ones",
    "UPDATE parties SET code = 'tuc' WHERE code = 'lacors'": "parties named in what was signed",
    "INSERT INTO parties VALUES ('tuc', 'TUC')": "parties named in what was signed",
    "DELETE FROM parties WHERE code = 'lacors'": "Fewer than two parties",
    "DELETE FROM parties": "Fewer than two parties",
    "UPDATE stamps SET env = 'production'": "software key",
}


@pytest.mark.parametrize("statement", ALTERATIONS)
def test_a_row_changed_after_both_signatures_closes_the_gate(sqlite: Database, statement: str) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    change(story, statement)

    assert ALTERATIONS[statement] in says(story)


@pytest.mark.parametrize(
    "bend",
    [
        lambda stored: stored.replace(b'"title":"What', b'"title":"That'),
        lambda stored: stored + b" ",
        lambda stored: b"{}",
        lambda stored: b"\xff",
        lambda stored: stored.replace(b'"revision":1', b'"revision":"1"'),
    ],
)
def test_a_manifest_changed_after_both_signatures_closes_the_gate(database: Database, bend: Callable[[bytes], bytes]) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        removals.lifted(session)
        release = releases.get(session, story.release)
        release.manifest = bend(release.manifest or b"")
        release.digest = manifest.digest(release.manifest)
        session.add(release)

    assert says(story) != "open"


def test_a_compiled_letter_changed_after_both_signatures_closes_the_gate(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        removals.lifted(session)
        row = session.get_one(sealed.SealedProgram, (story.release, "practitioners"))
        row.program = row.program.replace(b"less paper", b"more paper")
        session.add(row)

    assert says(story) == "A stored letter is not the one that was signed."


@pytest.mark.parametrize("days", [14, 15])
def test_a_signature_after_the_approval_s_life_is_none(database: Database, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    story = stories.half_signed_release(stories.house(database))

    removals.no_admission(monkeypatch, "the_release_is_waiting_for_signatures")  # else no page takes it
    story.sign(story.house.lacors, at=NOON + days * DAY)

    assert says(story, NOON + days * DAY) == ("open" if days == 14 else "The signatures were not all given within 14 days of sealing.")


def test_a_signature_dated_before_the_sealing_is_none(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    release = stories.submitted(house, message)
    stories.seal(house, release, at=NOON + MINUTE)
    story = Story(house, message, release)

    story.sign(house.hse, at=NOON + MINUTE)
    removals.no_admission(monkeypatch, "the_release_is_waiting_for_signatures")  # else no page takes it
    story.sign(house.lacors)

    assert "within 14 days" in says(story, NOON + MINUTE)


def test_a_signature_from_the_future_is_none(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    story.sign(story.house.lacors, at=NOON + MINUTE)

    assert "within 14 days" in says(story) and says(story, NOON + MINUTE) == "open"


def test_a_signer_who_has_left_since_still_signed(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        officers.leave(session, story.house.hse.id, by="test", at=NOON)

    assert says(story) == "open"


PARTS = [
    *[(gate, guard.__name__) for guard in gate.GUARDS],
    (manifest, "read"),
    (manifest, "digest"),
    (signatures, "on"),
    (identity, "holds"),
    (passkeys, "verify"),
    (roster_changes, "refuse_suspended"),
    (rosters, "rows"),
    (rosters, "read"),
    (standing, "stands_since"),
    (standing, "chain"),
    (parties, "required"),
    (messages, "get"),
    (messages, "editors"),
    (sealed, "branches"),
    (merkle, "root"),
]


def break_(patch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """A part of the gate meets a fault of its own."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault nobody thought of")

    genuine = getattr(module, name)
    patch.setattr(module, name, broken)
    patch.setattr(gate, "GUARDS", tuple(broken if guard is genuine else guard for guard in gate.GUARDS))


@pytest.mark.parametrize(("module", "name"), PARTS, ids=lambda part: getattr(part, "__name__", part))
def test_a_check_that_cannot_be_made_closes_the_gate(sqlite: Database, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    break_(monkeypatch, module, name)

    assert says(story).startswith("The release could not be checked (ZeroDivisionError")


def test_a_gate_that_names_no_parties_never_opens(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        for code in ("hse", "lacors"):
            session.delete(session.get_one(Party, code))

    assert says(story) == "Fewer than two parties are set up, so nothing can be agreed."
    with database.transaction() as session:
        parties.found(session)
        parties.found(session)
    assert says(story) == "open"
