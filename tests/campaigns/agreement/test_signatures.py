"""Who may sign, who may not, and why: each refusal leaves no signature behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.agreement import gate, identity, passkeys, releases, roster_changes, signatures, software_keys, standing
from campaigns.agreement.identity import Evidence
from campaigns.drafting import messages
from campaigns.drafting.risks import Risk
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours, Refused, Stale
from campaigns.foundation.officers import Officer, OfficerRecord
from campaigns.foundation.stamps import Stamp
from tests.campaigns import stories
from tests.campaigns.stories import MINUTE, NOON, Story

Bend = Callable[[Evidence], Evidence]


def refused(
    story: Story, kind: type[Refused], match: str, by: Officer, *, bend: Bend = lambda given: given, seen: str | None = None
) -> None:
    given = [entry.kind for entry in history(story)].count("ReleaseSigned")

    with pytest.raises(kind, match=match), story.database.transaction() as session:
        evidence = bend(stories.evidence(session, story.release, by))
        releases.sign(session, story.release, seen=story.digest() if seen is None else seen, evidence=evidence, by=by, at=NOON)

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

    refused(story, NotYours, "who is in the roster can sign", getattr(story.house, who))


def test_a_signatory_of_no_required_party_cannot_sign(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    with database.transaction() as session:
        stranger = officers.add(session, name="TUC", party="tuc", duty="signatory", by="test", at=NOON)

    refused(story, NotYours, "Your post here|who is in the roster", stranger)


def test_signing_twice_is_refused(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    refused(story, NotYours, "You have signed this already", story.house.hse)


def test_a_second_signatory_of_the_same_party_is_refused(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    refused(story, NotAllowedNow, "Your party has signed this already", story.house.hse_other)


def test_pages_whose_clock_is_behind_the_sealing_take_no_signature_that_the_gate_would_never_take(database: Database) -> None:
    house = stories.house(database)
    release = stories.submitted(house, message := stories.drafted(house))
    stories.seal(house, release, at=NOON + 5 * MINUTE)
    story = Story(house, message, release)

    refused(
        story,
        NotAllowedNow,
        "Nothing was signed, because two clocks disagree: .* 12:00, and the workers sealed this at .* 12:05",
        house.hse,
    )

    story.sign(house.hse, at=NOON + 5 * MINUTE)


def test_somebody_who_moved_to_the_other_party_cannot_sign_for_it_too(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))
    moved = Officer(story.house.hse.id, story.house.hse.name, "lacors", "signatory")
    with database.transaction() as session:
        session.get_one(OfficerRecord, moved.id).party = "lacors"

    refused(story, NotYours, "who is in the roster can sign", moved)


@pytest.mark.parametrize("revised_since", [False, True])
def test_whoever_wrote_the_words_cannot_sign_them_nor_a_later_revision(database: Database, revised_since: bool) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    with database.transaction() as session:
        messages.revise(session, message, stories.words(title="Better"), by=house.lacors, at=NOON)
        if revised_since:
            messages.revise(session, message, stories.words(), by=house.drafter, at=NOON)
    release = stories.submitted(house, message)
    stories.seal(house, release)

    refused(Story(house, message, release), NotYours, "You wrote some of these words", house.lacors)


@pytest.mark.parametrize(
    "bend",
    [
        lambda given: replace(given, checked_at=NOON - 6 * MINUTE),
        lambda given: replace(given, checked_at=NOON + MINUTE),
        lambda given: replace(given, method="shouted"),
        lambda given: replace(given, method=""),
    ],
)
def test_old_future_or_unknown_evidence_is_refused(database: Database, bend: Bend) -> None:
    story = stories.waiting_release(stories.house(database))

    refused(story, NotAllowedNow, "Sign again", story.house.hse, bend=bend)


def test_a_software_key_signs_in_a_rehearsal_s_database_only(sqlite: Database) -> None:
    story = stories.waiting_release(stories.house(sqlite))
    with sqlite.transaction() as session:
        roster, given = standing.chain(session).current, stories.evidence(session, story.release, story.house.hse)
        session.get_one(Stamp, 1).env = "production"

    refused(story, GateClosed, "Roster 1 lists a software key", story.house.hse)
    for bent, sentence in (
        (given, "A software key cannot sign here"),
        (replace(given, method="passkey"), "The roster does not list this passkey"),
        (Evidence("password", NOON), "does not let this party sign with a password"),
    ):
        with sqlite.transaction() as session, pytest.raises(NotYours, match=sentence):
            body, digest = releases.get(session, story.release).manifest or b"", story.digest()
            identity.admit(session, bent, roster, tag=passkeys.RELEASE, body=body, digest=digest, by=story.house.hse, at=NOON)


def test_a_password_signs_only_while_the_party_s_roster_allows_it(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    with database.transaction() as session:
        members = standing.chain(session).current.members
        roster_changes.propose(session, members=members, passwords=["hse"], site=software_keys.SITE, by=story.house.drafter, at=NOON)
        software_keys.sign_roster(session, [story.house.hse, story.house.lacors], at=NOON)

    refused(story, NotYours, "does not let this party sign with a password", story.house.lacors, bend=lambda _: Evidence("password", NOON))
    with database.transaction() as session:
        releases.sign(session, story.release, seen=story.digest(), evidence=Evidence("password", NOON), by=story.house.hse, at=NOON)
    story.sign(story.house.lacors)

    with database.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON).said.readers == 3


@pytest.mark.parametrize("seen", ["0" * 64, "", "shown yesterday"])
def test_a_signature_over_bytes_that_were_not_shown_is_stale(database: Database, seen: str) -> None:
    story = stories.waiting_release(stories.house(database))

    refused(story, Stale, "not what would be sent", story.house.hse, seen=seen)


def test_a_signature_on_words_that_changed_meanwhile_says_what_changed(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))
    with database.transaction() as session:
        changed = stories.words(subject="Other", latest_send=stories.LATEST + timedelta(days=1))
        messages.revise(session, story.message, changed, by=story.house.drafter, at=NOON)

    with pytest.raises(Stale, match="Nothing was signed") as refusal, database.transaction() as session:
        evidence = stories.evidence(session, story.release, story.house.lacors)
        releases.sign(session, story.release, seen=story.digest(), evidence=evidence, by=story.house.lacors, at=NOON)

    assert refusal.value.changes == ["HSE drafter changed the subject.", "HSE drafter changed the latest send."]


def test_what_is_kept_of_a_signature_is_everything_needed_to_check_it_again(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))

    story.sign(story.house.hse)

    with database.reading() as session:
        (row,) = signatures.on(session, story.release, story.digest())
        assert (row.party, row.officer_id, row.method, row.at, row.roster) == ("hse", story.house.hse.id, "software", NOON, 1)
        assert sorted(row.evidence) == ["authenticator_data", "client_data", "credential", "nonce", "signature"]
        body, roster = releases.get(session, story.release).manifest or b"", standing.chain(session).current
        assert identity.holds(row, roster, tag=passkeys.RELEASE, body=body).post == "HSE director"
        with pytest.raises(NotYours, match="does not hold"):
            identity.holds(row, roster, tag=passkeys.RELEASE, body=body + b" ")
        with pytest.raises(NotYours, match="does not hold"):
            identity.holds(row, roster, tag=passkeys.ROSTER, body=body)


def test_a_high_risk_asks_for_a_second_signatory_of_each_party(database: Database) -> None:
    house = stories.house(database)
    story = stories.waiting_release(house, stories.words(risk=Risk(kind="high", signatures=2)))
    for officer in (house.hse, house.lacors):
        story.sign(officer)
    with database.reading() as session:
        assert [party.code for party in releases.missing(session, releases.get(session, story.release))] == ["hse", "lacors"]
        with pytest.raises(GateClosed, match="A second signatory of HSE has not signed"):
            gate.check(session, releases.get(session, story.release), at=NOON)

    for officer in (house.hse_other, house.lacors_other):
        story.sign(officer)

    with database.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON)


def test_a_high_risk_rests_for_the_hours_that_were_signed(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(risk=Risk(kind="high", hold_hours=24)))

    with database.reading() as session:
        verified = gate.check(session, releases.get(session, story.release), at=NOON)
        with pytest.raises(GateClosed, match="within the rest"):
            gate.check_window(verified, at=NOON + timedelta(hours=24) - MINUTE)
        gate.check_window(verified, at=NOON + timedelta(hours=24))


def test_a_high_risk_with_neither_a_second_signatory_nor_a_rest_is_refused(database: Database) -> None:
    with pytest.raises(Invalid, match="second signatory for each party, or a rest"):
        stories.drafted(stories.house(database), stories.words(risk=Risk(kind="high")))
