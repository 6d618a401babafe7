"""A correction of what has gone: offered once, for its readers and no others, and submitted when it says what was wrong."""

import re

from campaigns.agreement import readers, releases
from campaigns.agreement.releases import Release
from campaigns.delivery import removals
from campaigns.drafting.messages import Message
from tests.web import correcting
from tests.web.office import Office
from tests.web.visitors import words_on


def test_a_correction_is_offered_once_no_more_letters_can_leave(office: Office) -> None:
    release = office.going(states={"accepted": 2, "held": 1})
    assert "Draft a correction" not in office.see(f"/releases/{release}")
    refused = office.post(f"/releases/{release}/correction")
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")

    assert refused.status_code == 409 and "More letters of this release may leave. Withdraw it" in words_on(refused)
    assert "Draft a correction" in office.see(f"/releases/{release}")
    assert "A correction is drafted" in words_on(office.post(f"/releases/{release}/correction"))

    office.sit("officer", "lacors")
    page = office.see(f"/releases/{release}")
    assert "Its correction is “Correction: What LOPP is”: draft. It was withdrawn" in page
    assert "Draft a correction" not in page and "See its correction, “Correction: What LOPP is”" in page
    again = office.post(f"/releases/{release}/correction")
    assert again.status_code == 409 and "was begun already: “Correction: What LOPP is”" in words_on(again)
    office.post(f"/messages/{office.newest(Message)}/withdrawal", reason="Needless.")
    assert "Draft a correction" in office.see(f"/releases/{release}")


def test_what_was_withdrawn_after_it_went_asks_for_a_correction_at_home_and_on_its_message_until_one_is_begun(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    asks = "“What LOPP is” was withdrawn after letters had gone. Their readers have not been told what is right."
    message = f"/messages/{office.message_of(release)}"
    assert asks not in office.see("/") and "Draft a correction" not in office.see(message)

    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")
    for party in ("hse", "lacors"):
        office.sit("officer", party)
        assert f"{asks} For" in office.see("/") and "Correct it" in office.see("/")
        html = office.client.get(message).get_data(as_text=True)
        assert re.search(r'class="govuk-button "\s[^>]*>Draft a correction<', html) and html.count('class="govuk-button "') == 1
    office.sit("observer", None)
    assert "Draft a correction" not in office.see(message) and asks not in office.see("/")

    office.sit()
    office.post(f"/releases/{release}/correction")
    assert asks not in office.see("/") and "Draft a correction" not in office.see(message)
    office.post(f"/messages/{office.newest(Message)}/withdrawal", reason="Needless.")
    assert asks in office.see("/") and "Draft a correction" in office.see(message)


def test_what_was_withdrawn_before_any_letter_left_asks_for_no_correction(office: Office) -> None:
    release = office.going()
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")

    page = office.see(f"/messages/{office.message_of(release)}")
    assert "It was withdrawn: “The fee is wrong”. None of its letters has left." in page and "raft a correction" not in page + office.see(
        f"/releases/{release}"
    )
    assert "have not been told what is right" not in office.see("/")


def test_a_correction_says_whose_it_is_and_is_not_submitted_before_it_says_what_was_wrong(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")
    assert "5 readers, fixed when it was sealed" in office.see(f"/messages/{office.message_of(release)}")
    submitted = office.see(f"/releases/{release}")
    assert submitted.index("Draft a correction") < submitted.index("See what became of the letters") < submitted.index("Signatures HSE")
    office.post(f"/releases/{release}/correction")
    message = office.newest(Message)
    with office.database.reading() as session:
        reference = releases.get(session, release).reference

    page = office.see(f"/messages/{message}")
    assert f"2 readers, those to whom letter {reference} went or may have gone as they stand today" in page
    assert "is still to be written: Say here what was wrong, and what is right." in page
    assert f"Readers to whom letter {reference} went" in office.see(f"/messages/{message}/readers")
    assert "Dear ((name)), We wrote to you before, and something in that letter needs correcting." in page
    office.post(f"/messages/{message}/submission")
    assert office.newest(Release) == release

    office.post(f"/messages/{correcting.say_what_was_wrong(office)}/submission")
    office.seal(correction := office.newest(Release))
    for page in (office.see(f"/releases/{correction}"), office.see(f"/messages/{message}")):
        assert "is left out" not in page

    office.sit()
    office.change(message, audiences=["unions"], **{"part-unions": ""})
    assert "Choose these audiences, no more and no fewer: Senior managers" in office.see(f"/messages/{message}")


def test_who_gets_a_correction_is_shown_by_name_page_by_page_and_who_has_stopped_since_is_left_out(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")
    office.post(f"/releases/{release}/correction")
    message = office.newest(Message)
    with office.database.transaction() as session:
        first, second = readers.of(session, release, limit=2)
        removals.add(session, first.address, reason="the reader asked for no more letters", by="x", at=office.desk.clock())

    assert "4 readers, those to whom letter" in office.see(f"/messages/{message}")
    page = office.see(f"/messages/{message}/readers")
    assert page.index("Left out") < page.index(first.fields["name"]) and second.address in page
    assert first.fields["name"] in office.client.get(f"/messages/{message}/left-out.csv").get_data(as_text=True)
    assert f"Dear {second.fields['name']}" in words_on(office.client.get(f"/messages/{message}/preview/{second.audience}/letter"))
    assert second.fields["name"] in office.see(f"/messages/{message}/preview/{second.audience}")
