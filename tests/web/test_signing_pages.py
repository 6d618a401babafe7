"""Read and sign: two people, one for each party, over exactly the bytes that were shown."""

from uuid import UUID

import pytest

from campaigns.agreement import releases
from campaigns.drafting.messages import Message
from campaigns.foundation import log
from campaigns.foundation.settings import Settings
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import title_of, words_on
from web.app import create_app


def test_what_a_signer_types_to_return_it_is_never_taken_for_a_reason_to_sign(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "lacors")

    page = office.see(f"/releases/{release}/sign")

    assert "What should be different? Both parties see it, and it is kept. Return with a reason" in page


def test_the_page_says_what_is_agreed_to_and_shows_every_letter_from_the_sealed_bytes(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "lacors")

    page = office.see(f"/releases/{release}/sign")

    assert "You are about to agree, for LACoRS, that these words go to these people at this time, from this sender." in page
    assert "Senior managers: 2 readers Shown as Head of Health, Ashby, Ashby Council gets it." in page
    assert "Unions: 1 reader" in page
    assert "Subject: What LOPP offers you" in page
    assert "All together 5" in page
    assert "Not after Sunday 20 December 2026, 17:00" in page
    assert "From LOPP team, HSE and LACoRS <lopp@countersign.test>" in page
    assert "No images, scripts, hidden parts or misleading links were found" in page
    frame = office.client.get(f"/releases/{release}/letters/unions")
    assert "You may come to every briefing." in frame.get_data(as_text=True)
    assert frame.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert office.client.get(f"/releases/{release}/letters/account-managers").status_code == 404


def test_the_digest_and_the_manifest_stand_behind_details(office: Office) -> None:
    release = office.waiting()

    page = office.client.get(f"/releases/{release}/sign").get_data(as_text=True)

    with office.database.reading() as session:
        assert str(releases.get(session, release).digest) in page
    assert "in-toto.io/Statement" in page


def test_two_signatories_sign_and_each_is_told_what_happens_now(office: Office) -> None:
    release = office.waiting()

    office.sit("signatory", "hse")
    assert "You have signed it for HSE. Next, LACoRS reads it and signs or returns it." in (page := words_on(office.sign(release)))
    assert "waiting for LACoRS" in page
    assert "HSE ✓ Signed by signatory of hse, Tuesday 24 November 2026, 12:00 LACoRS Not signed yet" in page
    assert "HSE has signed. A signatory of LACoRS reads what would be sent" in page and "The other party" not in page
    signed = office.client.get(f"/releases/{release}/sign")
    assert title_of(signed).startswith("What would be sent: What LOPP is") and "Read and sign" not in words_on(signed)

    office.sit("signatory", "lacors")
    assert "Both parties have signed: an officer now chooses when it goes." in (page := words_on(office.sign(release)))
    assert "What LOPP is agreed" in page
    assert "signatory of lacors gave the last signature: both parties agree" in page


def test_a_signature_posted_again_is_answered_as_it_was_and_recorded_once(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    digest = _digest(office, release)
    first = office.sign(release)

    for again in (office.sign(release, digest=digest), office.post(f"/releases/{release}/sign", digest=digest)):
        assert "You have signed it for HSE. Next, LACoRS reads it and signs or returns it." in words_on(again)
        assert (again.status_code, again.request.path) == (first.status_code, first.request.path)

    assert office.signed(release) == ["hse"]
    with office.database.reading() as session:
        assert [entry.kind for entry in log.history(session, release)].count("ReleaseSigned") == 1


def test_a_signature_posted_again_on_what_was_returned_since_is_refused(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    digest = _digest(office, release)
    office.sign(release)
    office.post(f"/releases/{release}/return", reason="Not yet")

    answer = office.sign(release, digest=digest)

    assert answer.status_code == 409
    assert "You have signed it" not in words_on(answer)


def test_nobody_signs_a_second_time_for_their_party(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    digest = _digest(office, release)
    office.sign(release)
    assert "Agree and sign" not in office.see(f"/releases/{release}/sign")

    office.sit("signatory", "hse", name="Second signatory of hse")
    assert "Your party has signed this already." in words_on(office.sign(release, digest=digest))
    assert office.signed(release) == ["hse"]


@pytest.mark.parametrize(
    ("duty", "party", "sentence"),
    [
        ("officer", "lacors", "Only a signatory of HSE or LACoRS"),
        ("administrator", None, "Only a signatory of HSE or LACoRS"),
        ("observer", None, "An observer reads everything and changes nothing"),
    ],
)
def test_who_is_no_signatory_reads_and_cannot_sign(office: Office, duty: str, party: str | None, sentence: str) -> None:
    release = office.waiting()
    office.sit(duty, party)

    page = office.see(f"/releases/{release}/sign")
    assert "These words" in page
    assert "Agree and sign" not in page
    answer = office.sign(release, digest=_digest(office, release))
    assert answer.status_code == 403
    assert sentence in words_on(answer)
    assert office.signed(release) == []


def test_a_signatory_who_wrote_the_words_leaves_the_signing_to_another(office: Office) -> None:
    office.sit("signatory", "hse", name="Second signatory of hse")
    office.write()
    office.post(f"/messages/{office.newest(Message)}/submission")
    release = office.newest(releases.Release)
    office.seal(release)

    assert "You wrote some of these words" in office.see(f"/releases/{release}/sign")
    answer = office.sign(release, digest=_digest(office, release))
    assert answer.status_code == 403
    assert "another signatory of your party must sign" in words_on(answer)


def test_a_form_naming_another_party_still_signs_for_ones_own(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")

    asked = office.client.post(f"/releases/{release}/challenge", data={"digest": _digest(office, release), "party": "lacors"}).get_json()
    office.post(f"/releases/{release}/sign", digest=_digest(office, release), party="lacors", **office.passkey(asked))

    assert office.signed(release) == ["hse"]


def test_a_digest_that_is_not_the_one_shown_answers_409(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")

    for digest in ("0" * 64, "", "x" * 99):
        answer = office.sign(release, digest=digest)
        assert answer.status_code == 409
        assert "What you saw is not what would be sent" in words_on(answer)
    assert office.signed(release) == []


def test_words_changed_while_somebody_was_reading_answer_409_with_what_changed(office: Office) -> None:
    release = office.waiting()
    digest = _digest(office, release)
    office.sit()
    office.change(office.message_of(release), subject="What LOPP gives you")

    office.sit("signatory", "hse")
    answer = office.sign(release, digest=digest)

    assert answer.status_code == 409
    assert "The words changed after this page was shown to you. Nothing was signed." in (page := words_on(answer))
    assert "officer of hse changed the subject." in page
    assert "<del>offers</del><ins>gives</ins>" in answer.get_data(as_text=True)
    assert "can no longer be signed or sent" in office.see(f"/releases/{release}/sign")


def test_an_edit_voids_a_signature_and_the_next_reader_sees_what_changed(office: Office) -> None:
    release = office.agreed()
    message = office.message_of(release)
    page = office.see(f"/messages/{message}/edit")
    assert "This message is agreed. If you change anything, every signature on it is void" in page

    office.change(message, core="Dear ((name)),\n\nOne lead council speaks for ((organisation)).\n\n((your part))")

    assert "HSE Void: changed since: what everybody reads." in office.see(f"/messages/{message}")
    office.post(f"/messages/{message}/submission")
    second = office.newest(releases.Release)
    office.seal(second)
    office.sit("signatory", "hse")
    page = office.client.get(f"/releases/{second}/sign")
    assert "What changed since both parties last agreed it What everybody reads" in words_on(page)
    assert "<del>authority</del><ins>council</ins>" in page.get_data(as_text=True)


def test_it_is_returned_with_a_reason_and_waits_for_its_author(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "lacors")
    office.sign(release)

    assert "Say what should be different" in words_on(office.post(f"/releases/{release}/return", reason=" "))
    assert "Give the reason as plain text" in words_on(office.post(f"/releases/{release}/return", reason="x\x07"))
    page = words_on(office.post(f"/releases/{release}/return", reason="Say who pays."))
    assert "What LOPP is returned" in page
    assert "LACoRS Void: the message was returned" in page

    office.sit()
    assert "“What LOPP is” was returned: “Say who pays”." in office.see("/")
    assert "Change the words" in office.see(f"/messages/{office.message_of(release)}")
    assert office.client.post(f"/releases/{release}/return", data={"reason": "again"}).status_code == 409


def test_only_in_development_does_the_page_say_the_demonstrations_password(office: Office, settings: Settings, clock: Clock) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    assert "In this demonstration" not in office.see(f"/releases/{release}/sign")

    development = create_app(settings.model_copy(update={"env": "development"}), office.database, now=clock)
    development.config["WTF_CSRF_ENABLED"] = False
    there = Office(development.test_client(), office.campaign)
    there.sit("signatory", "hse")
    assert "In this demonstration the password is both-must-sign, and the code now is" in there.see(f"/releases/{release}/sign")


def test_an_expired_waiting_release_can_no_longer_be_signed(office: Office, clock: Clock) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    digest = _digest(office, release)
    with office.database.transaction() as session:
        releases.move(session, release, "lapse", ended_at=clock.at)

    assert office.sign(release, digest=digest).status_code == 409
    assert "lapsed" in office.see(f"/releases/{release}")


def _digest(office: Office, release: UUID) -> str:
    with office.database.reading() as session:
        return str(releases.get(session, release).digest)
