"""A bundle of a real release, gathered from the database and proved without it."""

import tempfile
import tracemalloc
from uuid import UUID

import pytest
import sqlalchemy as sa

from campaigns.agreement import bundles, releases, verifier
from campaigns.agreement.sealed import Particulars
from campaigns.agreement.verifier import Fault, Rules
from campaigns.drafting.risks import Risk
from campaigns.foundation import audit, log
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
        bundles.find(session, releases.get(session, story.release).reference)


def test_an_unchained_release_waits_for_the_chain(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    with sqlite.reading() as session, pytest.raises(NotAllowedNow, match="chain has not reached"):
        bundles.gather(session, story.release)


def test_a_high_risk_release_that_lacks_a_second_signature_is_not_found(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite), stories.words(risk=Risk(kind="high", signatures=2)))
    with sqlite.reading() as session:
        reference = releases.get(session, story.release).reference
        with pytest.raises(NotFound, match="has been agreed"):
            bundles.find(session, reference)

    story.sign(story.house.hse_other)
    story.sign(story.house.lacors_other)

    with sqlite.reading() as session:
        assert bundles.find(session, reference.replace("-", " ").lower()) == story.release


def test_its_heads_are_those_mailed_since_up_to_the_first_after_its_last_fact(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    moments = []
    for _ in range(3):
        with sqlite.transaction() as session:
            audit.chain(session)
            head = audit.head(session)
            fact = audit.HeadPublished(number=head.number, hash=head.hash.hex())
            log.record(session, fact, subject=audit.HEADS, by="test", at=stories.NOON)
            moments.append(f"{head} mailed 2026-05-12T11:00:00Z")
    with sqlite.transaction() as session:
        audit.chain(session)
    with sqlite.reading() as session:
        parts = bundles.gather(session, story.release)
        raw = bundles.pack(parts)

    assert list(parts.heads) == [moments[0], moments[0].partition(" mailed")[0]]
    assert verifier.check(raw, REHEARSAL).heads == parts.heads
    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Not now.", by=story.house.drafter, at=stories.NOON)
        audit.chain(session)
    with sqlite.reading() as session:
        parts = bundles.gather(session, story.release)
        raw = bundles.pack(parts)
    assert list(parts.heads)[:3] == moments and len(parts.heads) == 4
    assert verifier.check(raw, REHEARSAL).heads == parts.heads


@pytest.mark.long
def test_months_of_other_facts_in_between_are_written_as_they_are_read(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        for number in range(5_000):
            fact = audit.HeadPublished(number=0, hash=f"{number:064}").model_dump()
            session.add(log.LogEntry(kind="SomethingElse", subject=UUID(int=5), by="test", at=stories.NOON, payload=fact))
        session.flush()
        session.connection().execute(sa.text("INSERT INTO unlinked SELECT id FROM log_entries WHERE kind = 'SomethingElse'"))
    audit.chain_all(sqlite)
    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Not now.", by=story.house.drafter, at=stories.NOON)
        audit.chain(session)

    with tempfile.TemporaryFile() as file, sqlite.reading() as session:
        parts = bundles.gather(session, story.release)
        tracemalloc.start()
        bundles.pack_into(file, parts)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        file.seek(0)
        whole = file.read()

    assert most < 2_500_000
    assert whole.count(b'"fact":null') > 5_000
    assert verifier.check(whole, REHEARSAL).facts[-1][1] == "ReleaseWithdrawn"
