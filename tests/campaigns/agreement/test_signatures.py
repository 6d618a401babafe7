"""Who may sign, who may not, and why: each refusal leaves no signature behind."""

from datetime import timedelta

import pytest

from campaigns.agreement import releases, signatures
from campaigns.agreement.signatures import Evidence
from campaigns.drafting import messages
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Refused, Stale
from campaigns.foundation.officers import Officer
from campaigns.foundation.stamps import Stamp
from tests.campaigns import stories
from tests.campaigns.stories import MINUTE, NOON, Story


def refused(
    story: Story, kind: type[Refused], match: str, by: Officer, *, evidence: Evidence | None = None, seen: str | None = None
) -> None:
    given = [entry.kind for entry in history(story)].count("ReleaseSigned")
    evidence = evidence or stories.evidence()

    with pytest.raises(kind, match=match), story.database.transaction() as session:
        releases.sign(session, story.release, seen=seen or story.digest(), evidence=evidence, by=by, at=NOON)

    with story.database.reading() as session:
        assert len(signatures.given(session, story.release)) == given


def history(story: Story) -> list[log.LogEntry]:
    with story.database.reading() as session:
        return log.history(session, story.release)


def test_both_signatures_make_it_agreed_and_it_is_told_once(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))

    story.sign(story.house.lacors)
    assert "ReleaseAgreed" not in [entry.kind for entry in history(story)]
    story.sign(story.house.hse)

    told = [log.read(entry) for entry in history(story) if entry.kind in {"ReleaseSigned", "ReleaseAgreed"}]
    digest = story.digest()
    assert told == [
        releases.ReleaseSigned(party="lacors", digest=digest),
        releases.ReleaseSigned(party="hse", digest=digest),
        releases.ReleaseAgreed(digest=digest),
    ]
    with database.reading() as session:
        assert releases.missing(session, releases.get(session, story.release)) == []


@pytest.mark.parametrize("who", ["drafter", "observer", "administrator"])
def test_whoever_is_no_signatory_cannot_sign(database: Database, who: str) -> None:
    story = stories.waiting_release(stories.house(database))

    refused(story, NotYours, "Only a signatory of HSE or LACoRS can sign", getattr(story.house, who))


def test_a_signatory_of_no_required_party_cannot_sign(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    with database.transaction() as session:
        stranger = officers.add(session, name="TUC", party="tuc", duty="signatory", by="test", at=NOON)

    refused(story, NotYours, "Only a signatory of HSE or LACoRS", stranger)


def test_signing_twice_is_refused(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    refused(story, NotAllowedNow, "Your party has signed this already", story.house.hse)


def test_a_second_signatory_of_the_same_party_is_refused(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    refused(story, NotAllowedNow, "Your party has signed this already", story.house.hse_other)


def test_somebody_who_moved_to_the_other_party_cannot_sign_for_it_too(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))
    moved = Officer(story.house.hse.id, story.house.hse.name, "lacors", "signatory")

    refused(story, NotYours, "must be another person's", moved)


def test_whoever_wrote_the_words_cannot_sign_them(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    with database.transaction() as session:
        messages.revise(session, message, stories.words(title="Better"), by=house.lacors, at=NOON)
    release = stories.submitted(house, message)
    stories.seal(house, release)

    refused(Story(house, message, release), NotYours, "You wrote some of these words", house.lacors)


def test_whoever_wrote_an_earlier_revision_cannot_sign_a_later_one(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    with database.transaction() as session:
        messages.revise(session, message, stories.words(title="Better"), by=house.lacors, at=NOON)
        messages.revise(session, message, stories.words(), by=house.drafter, at=NOON)
    release = stories.submitted(house, message)
    stories.seal(house, release)

    refused(Story(house, message, release), NotYours, "You wrote some of these words", house.lacors)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence("software", NOON - 6 * MINUTE),
        Evidence("software", NOON + MINUTE),
        Evidence("shouted", NOON),
        Evidence("", NOON),
    ],
)
def test_old_future_or_unknown_evidence_is_refused(database: Database, evidence: Evidence) -> None:
    story = stories.waiting_release(stories.house(database))

    refused(story, NotAllowedNow, "Enter your password again", story.house.hse, evidence=evidence)


def test_a_software_key_signs_in_a_rehearsal_s_database_only(sqlite: Database) -> None:
    story = stories.waiting_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        session.get_one(Stamp, 1).env = "production"

    refused(story, NotYours, "A software key cannot sign here", story.house.hse)

    with sqlite.transaction() as session:
        releases.sign(session, story.release, seen=story.digest(), evidence=Evidence("password", NOON), by=story.house.hse, at=NOON)


@pytest.mark.parametrize("seen", ["0" * 64, "", "shown yesterday"])
def test_a_signature_over_bytes_that_were_not_shown_is_stale(database: Database, seen: str) -> None:
    story = stories.waiting_release(stories.house(database))

    with pytest.raises(Stale, match="not what would be sent"), database.transaction() as session:
        releases.sign(session, story.release, seen=seen, evidence=stories.evidence(), by=story.house.hse, at=NOON)


def test_a_signature_on_words_that_changed_meanwhile_says_what_changed(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))
    with database.transaction() as session:
        changed = stories.words(subject="Other", latest_send=stories.LATEST + timedelta(days=1))
        messages.revise(session, story.message, changed, by=story.house.drafter, at=NOON)

    with pytest.raises(Stale, match="Nothing was signed") as refusal, database.transaction() as session:
        releases.sign(session, story.release, seen=story.digest(), evidence=stories.evidence(), by=story.house.lacors, at=NOON)

    assert refusal.value.changes == ["HSE drafter changed the subject.", "HSE drafter changed the latest send."]


def test_what_is_kept_of_a_signature_says_how_the_signer_was_identified(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    evidence = Evidence("software", NOON - MINUTE, {"key": "a test's"})

    with database.transaction() as session:
        releases.sign(session, story.release, seen=story.digest(), evidence=evidence, by=story.house.hse, at=NOON)

    with database.reading() as session:
        (row,) = signatures.standing(session, story.release, story.digest())
        assert (row.party, row.officer_id, row.method, row.at) == ("hse", story.house.hse.id, "software", NOON)
        assert row.evidence == {"key": "a test's", "checked_at": (NOON - MINUTE).isoformat()}
