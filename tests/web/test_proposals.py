"""Wording proposed by somebody who may still sign, and the author's answer."""

from tests.web.office import WORDS, Office
from tests.web.visitors import words_on


def test_a_signatory_proposes_words_and_the_author_accepts_them(office: Office) -> None:
    release = office.waiting()
    message = office.message_of(release)
    office.sit("signatory", "lacors")
    assert "Your words are proposed" in words_on(office.post(f"/messages/{message}/proposal", **_words(subject="What LOPP offers")))
    assert office.revision(message) == 1

    office.sit()
    assert "signatory of lacors proposes other words for “What LOPP is”" in office.see("/")
    page = office.client.get(f"/messages/{message}").get_data(as_text=True)
    assert "<del> you</del>" in page
    proposal = page.split("/proposals/")[1].split('"')[0]
    assert "now the message's" in words_on(office.post(f"/messages/{message}/proposals/{proposal}", verdict="accept"))

    assert office.revision(message) == 2
    assert "accepted the proposed words" in office.see(f"/messages/{message}")
    assert office.client.post(f"/messages/{message}/proposals/{proposal}", data={"verdict": "decline"}).status_code == 409


def test_a_proposal_is_declined_and_proposing_nothing_new_proposes_nothing(office: Office) -> None:
    message = office.drafted()
    office.sit("signatory", "hse")
    assert "nothing was proposed" in words_on(office.post(f"/messages/{message}/proposal", **_words()))
    office.post(f"/messages/{message}/proposal", **_words(core="Other words"))
    page = office.client.get(f"/messages/{message}").get_data(as_text=True)
    assert "Accept these words" not in page

    office.sit()
    proposal = office.client.get(f"/messages/{message}").get_data(as_text=True).split("/proposals/")[1].split('"')[0]
    assert office.client.post(f"/messages/{message}/proposals/{proposal}", data={"verdict": "maybe"}).status_code == 422
    assert "The words stay as they are" in words_on(office.post(f"/messages/{message}/proposals/{proposal}", verdict="decline"))
    assert office.revision(message) == 1


def test_words_proposed_for_another_revision_or_for_what_has_gone_can_only_be_declined(office: Office) -> None:
    release = office.submitted()
    page = f"/messages/{office.message_of(release)}"
    office.sit("signatory", "lacors")
    office.post(f"{page}/proposal", **_words(subject="What LOPP offers"))
    office.sit()
    assert "Accept these words" in office.see(page)

    office.set_going(release)

    assert "Accept these words" not in (said := office.see(page)) and "Decline" in said
    assert "These words can no longer be accepted: the message cannot be changed any more." in said
    office.post(f"/releases/{release}/withdrawal", reason="Wrong day")
    assert "Accept these words" not in office.see(page)

    other = office.drafted(title="Another")
    office.sit("signatory", "lacors")
    office.post(f"/messages/{other}/proposal", **_words(title="Another", subject="What LOPP offers"))
    office.sit()
    office.change(other, title="Another", core="Dear ((name))")
    assert "Accept these words" not in (said := office.see(f"/messages/{other}")) and "Decline" in said
    assert "These words can no longer be accepted: the message has changed since they were proposed." in said
    proposal = office.client.get(f"/messages/{other}").text.split("/proposals/")[1].split('"')[0]
    assert office.post(f"/messages/{other}/proposals/{proposal}", verdict="accept").status_code == 409
    assert "The words stay as they are" in words_on(office.post(f"/messages/{other}/proposals/{proposal}", verdict="decline"))


def test_only_a_signatory_who_wrote_none_of_its_words_is_told_that_they_may_still_sign(office: Office) -> None:
    message, still = office.drafted(), "Your words are proposed. You may still sign: you have changed nothing."

    page = f"/messages/{message}/proposal"

    office.sit("signatory", "lacors")
    assert "You may still sign: whoever accepts them counts as their editor." in office.see(page)
    assert still in words_on(office.post(page, **_words(subject="What LOPP offers")))
    office.change(message, subject="What LOPP gives you")
    for duty in ("signatory", "officer"):
        office.sit(duty, "lacors")
        assert "accepts or declines your words." in office.see(page)
        said = words_on(office.post(page, **_words(subject=f"What LOPP is for every {duty}")))
        assert "Your words are proposed." in said and "You may still sign" not in said


def _words(**changes: object) -> dict[str, object]:
    return {**WORDS, **changes}
