"""A release on its way: sealed, returned, replaced, withdrawn, missed."""

from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.agreement import releases
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import words_on


def test_submitting_leads_to_a_page_that_shows_sealing_and_looks_again_by_itself(office: Office) -> None:
    message = office.drafted()

    answer = office.post(f"/messages/{message}/submission")

    assert answer.request.path.startswith("/releases/")
    assert "What LOPP is being sealed" in words_on(answer)
    assert "of 0" not in words_on(answer) and "Look again" in words_on(answer)
    with office.database.transaction() as session:
        releases.get(session, UUID(answer.request.path.rpartition("/")[2])).sqlmodel_update({"people": 5, "sealed": 2})
    assert "2 of 5 letters sealed Look again" in office.see(answer.request.path)
    assert 'hx-trigger="every 2s"' in answer.get_data(as_text=True)
    assert "See how far sealing has come" in office.see(f"/messages/{message}")


def test_once_sealed_the_page_stops_looking_and_says_who_signs(office: Office) -> None:
    release = office.waiting()

    page = office.client.get(f"/releases/{release}")

    assert "waiting for HSE and LACoRS" in words_on(page)
    assert "A signatory of HSE and a signatory of LACoRS each read what would be sent" in words_on(page)
    assert "hx-trigger" not in page.get_data(as_text=True)
    assert "Countersign sealed it for 5 readers." in words_on(page)


def test_every_frozen_reader_is_listed(office: Office) -> None:
    release = office.waiting()

    page = office.see(f"/releases/{release}/readers")

    assert "Head of Health, Ashby Ashby Council Senior managers senior_manager@e07000001.test" in page
    assert "1 to 5 of 5 readers" in page


def test_a_release_that_is_being_sealed_cannot_be_read_yet(office: Office) -> None:
    release = office.submitted()

    answer = office.client.get(f"/releases/{release}/sign", follow_redirects=True)

    assert "being sealed" in words_on(answer)


def test_withdrawing_says_what_it_does_and_needs_a_reason(office: Office) -> None:
    release = office.agreed()

    assert "Letters that have not gone will not go." in office.see(f"/releases/{release}/withdrawal")
    assert "Give a reason" in words_on(office.post(f"/releases/{release}/withdrawal", reason=""))
    assert "1,000 characters or fewer" in words_on(office.post(f"/releases/{release}/withdrawal", reason="x" * 1001))
    page = words_on(office.post(f"/releases/{release}/withdrawal", reason="The pilot paused."))
    assert "What LOPP is withdrawn" in page
    assert "letters that had not gone will not go. The reason: “The pilot paused”." in page
    late = {"data": {"reason": "Barnet was told otherwise."}, "headers": {"Origin": "http://localhost"}}
    again = office.client.post(f"/releases/{release}/withdrawal", **late)
    assert again.status_code == 409 and "This is withdrawn already." in words_on(again)
    assert "What you typed Copy it before you leave this page. Barnet was told otherwise." in words_on(again)
    assert f'href="/releases/{release}">See how it is now' in again.get_data(as_text=True)
    assert "It cannot be withdrawn now." in (page := office.see(f"/releases/{release}/withdrawal")) and "Leave it as it is" not in page


def test_a_message_withdrawn_while_it_waits_takes_its_release_with_it(office: Office) -> None:
    release = office.waiting()

    office.post(f"/messages/{office.message_of(release)}/withdrawal", reason="Not now")

    assert office.state(release) == "withdrawn"


def test_an_older_release_is_shown_as_replaced(office: Office) -> None:
    release = office.waiting()
    office.change(office.message_of(release), subject="Other")

    page = office.see(f"/releases/{release}")

    assert "What LOPP is replaced" in page
    assert "the words changed after this was submitted" in page
    assert "Withdraw it" not in page


def test_what_is_replaced_or_going_out_is_not_returned_and_its_page_says_where_it_stands(office: Office) -> None:
    replaced = office.waiting()
    office.change(office.message_of(replaced), subject="Other")

    assert "It cannot be returned now." in (page := office.see(f"/releases/{replaced}/return")) and "What LOPP is replaced" in page
    answer = office.post(f"/releases/{replaced}/return", reason="Say who pays.")
    assert answer.status_code == 409 and "This was replaced: the words changed after it was submitted" in words_on(answer)
    assert office.state(replaced) == "sealed"


def test_what_was_returned_leads_to_its_message_until_that_is_submitted_again(office: Office, clock: Clock) -> None:
    release = office.waiting()
    message = office.message_of(release)
    page = words_on(office.post(f"/releases/{release}/return", reason="Say who pays."))
    assert "It was returned: “Say who pays”. An officer puts that right and submits it again. Go to the message" in page

    clock.forward(timedelta(hours=1))
    office.change(message, subject="Other")
    office.post(f"/messages/{message}/submission")
    page = office.see(f"/releases/{release}")
    assert "Nothing: the message has been submitted again. It had been returned: “Say who pays”." in page


def test_in_a_second_tab_the_state_is_said_in_officers_words_with_the_way_back(office: Office) -> None:
    release = office.going()

    for step, said in (
        ("return", "This cannot be done now: the release is going out."),
        ("schedule", "This cannot be done now: the release is going out."),
        ("resumption", "This release is going out, and only a stopped release can be resumed."),
    ):
        answer = office.post(f"/releases/{release}/{step}", reason="No.", when="now")
        assert answer.status_code == 409 and said in words_on(answer)
        assert f'href="/releases/{release}">See how it is now' in answer.get_data(as_text=True)
    assert "It cannot be returned now." in office.see(f"/releases/{release}/return")


def test_a_missed_release_says_so(office: Office, clock: Clock) -> None:
    release = office.agreed()
    clock.forward(timedelta(days=40))
    with office.database.transaction() as session:
        releases.move(session, release, "miss", ended_at=clock.at)

    assert "its latest time to send passed" in office.see(f"/releases/{release}")
    for page in (f"/releases/{release}", f"/messages/{office.message_of(release)}"):
        assert "Withdraw" not in office.see(page)


@pytest.mark.parametrize("party", ["hse", "lacors"])
def test_either_party_withdraws_what_has_gone_and_is_told_that_it_cannot_be_called_back(office: Office, party: str) -> None:
    release = office.going(states={"accepted": 5})
    office.end(release)
    office.sit("officer", party)

    assert "Withdraw" in office.see(f"/messages/{office.message_of(release)}")
    asked = office.see(f"/releases/{release}/withdrawal")
    done = words_on(office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong."))

    went = "It went, or may have gone, to 5 of 5 readers; letters that have gone cannot be called back."
    assert f"{went} Anybody who checks its reference is told that it was withdrawn." in asked
    assert "Letters that have not gone" not in asked
    assert f"“The fee is wrong”. {went}" in done and "Draft a correction" in done
    assert "What happens next. An officer can draft a correction for the readers it went to." in done
    assert done.count("✓ Signed by") == 2 and "Void" not in done
    assert "Withdrawn since, Tuesday 24 November 2026, 12:00. Letters that had gone by then went under these signatures." in done
    assert office.state(release) == "withdrawn"


def test_what_was_missed_once_it_had_begun_keeps_its_signatures_and_offers_a_correction(office: Office, clock: Clock) -> None:
    release = office.going(states={"accepted": 2})
    clock.forward(timedelta(days=40))
    with office.database.transaction() as session:
        releases.move(session, release, "miss", ended_at=clock.at)

    page = office.see(f"/releases/{release}")

    assert "An officer can draft a correction for the readers it went to. Its latest time to send has passed" in page
    assert page.count("✓ Signed by") == 2 and "Its time ran out since," in page and "Void" not in page
