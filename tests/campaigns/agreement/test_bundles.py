"""A bundle of a real release, gathered from the database and proved without it."""

import pytest

from campaigns.agreement import bundles, verifier
from campaigns.agreement.sealed import Particulars
from campaigns.agreement.verifier import Fault, Rules
from campaigns.foundation import audit
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound
from tests.campaigns import stories

REHEARSAL = Rules(rehearsal=True)


def bundle(story: stories.Story) -> bytes:
    """Its bundle, once the chain has reached it."""
    with story.database.transaction() as session:
        audit.chain(session)
    with story.database.reading() as session:
        return bundles.pack(bundles.gather(session, story.release))


def test_an_agreed_release_is_proved_with_every_letter(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    proof = verifier.check(bundle(story), REHEARSAL)

    assert [one["post"] for one in proof.signers] == ["HSE director", "LACoRS chair"]
    assert proof.digest == story.digest()
    for place, letter in enumerate(letters(story)):
        assert f"number {place + 1} of 3" in verifier.check_letter(letter, proof)


def letters(story: stories.Story) -> list[bytes]:
    """Every canonical message of the release, as the sender joins them."""
    with story.database.reading() as session:
        programs = bundles.sealed.programs_of(session, story.release)
        rows = [session.get(Particulars, (story.release, place)) for place in range(len(stories.READERS))]
        return [programs[reader.variant].join(row.fields or {}) for reader, row in zip(stories.READERS, rows, strict=True) if row]


def test_a_real_bundle_signed_by_programs_is_refused_in_earnest(sqlite: Database) -> None:
    raw = bundle(stories.agreed_release(stories.house(sqlite)))

    with pytest.raises(Fault, match="rehearsals only"):
        verifier.check(raw, Rules())


def test_a_half_signed_release_proves_nothing(sqlite: Database) -> None:
    story = stories.half_signed_release(stories.house(sqlite))

    with pytest.raises(Fault, match="LACORS has not agreed"):
        verifier.check(bundle(story), REHEARSAL)
    with sqlite.reading() as session, pytest.raises(NotFound):
        bundles.find(session, bundles.releases.get(session, story.release).reference)


def test_an_unchained_release_waits_for_the_chain(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    with sqlite.reading() as session, pytest.raises(NotAllowedNow, match="chain has not reached"):
        bundles.gather(session, story.release)
