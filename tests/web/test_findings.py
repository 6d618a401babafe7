"""A finding on the message's page: resolved, or accepted by name, before the message can be submitted."""

import re

from audiences.organisations import Body
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from tests.campaigns.agreement import altering, removals
from tests.web.office import Office
from tests.web.visitors import words_on

DECEIVING = "Dear ((name)), Micr\u043esoft says [www.hse.gov.uk](https://www.evil.test)"


def keys(office: Office, message: object) -> list[str]:
    return re.findall(
        r'name="accept"\s+type="checkbox"\s+value="([0-9a-f]{16})"', office.client.get(f"/messages/{message}").get_data(as_text=True)
    )


def test_submission_is_refused_with_the_list_until_every_finding_is_accepted_by_name(office: Office) -> None:
    message = office.drafted(core=DECEIVING)
    page = office.see(f"/messages/{message}")
    assert "2 findings must be put right in the words, or accepted in your name" in page
    assert "Accept this: Every letter: “Micr\u043esoft” mixes letters that look alike" in page

    refused = words_on(office.post(f"/messages/{message}/submission"))
    assert "the link leads to www.evil.test" in refused and "mixes letters" in refused and "What LOPP is draft" in refused

    one, other = keys(office, message)
    office.post(f"/messages/{message}/acceptances", accept=[one])
    assert "What LOPP is draft" in words_on(office.post(f"/messages/{message}/submission"))
    accepted = words_on(office.post(f"/messages/{message}/acceptances", accept=[other]))
    assert "Accepted by officer of hse" in accepted and "accepted by name: Every letter: “Micr\u043esoft”" in accepted
    assert "being sealed" in words_on(office.post(f"/messages/{message}/submission"))


def test_an_organisation_that_is_still_considering_is_not_named_until_somebody_says_by_name_that_it_agreed(office: Office) -> None:
    with office.database.transaction() as session:
        session.add(Body(code="b-and-q", name="B&Q", kind="pilot organisation", status="considering", lead="lacors"))
        session.add(Body(code="tesco", name="Tesco", kind="pilot organisation", status="signed", lead="lacors"))
    message = office.drafted(core="Dear ((name)),\n\nTesco has signed up, and B&Q too.")
    assert "Every letter: The letter names B&Q, which is still considering whether to take part." in office.see(f"/messages/{message}")
    assert "The letter names B&Q" in words_on(office.post(f"/messages/{message}/submission"))

    (key,) = keys(office, message)
    office.post(f"/messages/{message}/acceptances", accept=[key])
    office.post(f"/messages/{message}/submission")
    release = office.newest(Release)
    office.seal(release)

    office.sit("signatory", "lacors")
    page = office.see(f"/releases/{release}/sign")
    assert "The letter names B&Q" in page and "officer of hse" in page.partition("The letter names B&Q")[2]
    assert "Tesco, which" not in page


def test_what_was_signed_of_a_considering_organisation_can_be_proved_once_it_has_signed_up(office: Office) -> None:
    with office.database.transaction() as session:
        session.add(Body(code="b-and-q", name="B&Q", kind="pilot organisation", status="considering", lead="lacors"))
    message = office.drafted(core="Dear ((name)),\n\nTesco has signed up, and B&Q too.")
    office.post(f"/messages/{message}/acceptances", accept=keys(office, message))
    office.post(f"/messages/{message}/submission")
    office.seal(key := office.newest(Release))
    office.sit("signatory", "lacors")
    assert "You have signed it" in words_on(office.sign(key, accepted="0"))

    with office.database.transaction() as session:
        removals.lifted(session)
        for code, name in (("b-and-q", "B&Q"), ("tesco", "Tesco")):
            session.merge(Body(code=code, name=name, kind="pilot organisation", status="signed", lead="lacors"))
        release = session.get_one(Release, key)
        release.manifest = altering.altered(release.manifest or b"", ("latest_send",))

    assert "what is stored is not what was signed: the latest" in office.see(f"/releases/{key}")


def test_an_organisation_that_begins_to_consider_again_after_the_words_were_submitted_keeps_them_from_being_sealed(office: Office) -> None:
    release = office.submitted(core="Dear ((name)),\n\nB&Q takes part.")
    with office.database.transaction() as session:
        session.add(Body(code="b-and-q", name="B&Q", kind="pilot organisation", status="considering", lead="lacors"))

    office.seal(release)

    assert "could not be sealed" in office.see(f"/releases/{release}")
    assert "The letter names B&Q" in office.see(f"/messages/{office.message_of(release)}")


def test_resolving_the_words_opens_the_way_too(office: Office) -> None:
    message = office.drafted(core=DECEIVING)

    office.change(message, core="Dear ((name)), Microsoft says [www.hse.gov.uk](https://www.hse.gov.uk)")

    assert keys(office, message) == []
    office.post(f"/messages/{message}/submission")
    assert office.newest(Release)


def test_an_acceptance_holds_for_one_revision(office: Office) -> None:
    message = office.drafted(core=DECEIVING)
    office.post(f"/messages/{message}/acceptances", accept=keys(office, message))

    office.change(message, core=DECEIVING, subject="Other words")

    assert len(keys(office, message)) == 2


def test_nothing_ticked_and_a_finding_that_is_gone_are_said_so(office: Office) -> None:
    message = office.drafted(core=DECEIVING)

    assert "Tick what you accept" in words_on(office.post(f"/messages/{message}/acceptances"))
    assert office.post(f"/messages/{message}/acceptances", accept=["0" * 16]).status_code == 404
    office.sit("observer", None)
    assert keys(office, message) == []
    assert "Not resolved. Every letter" in office.see(f"/messages/{message}")


def test_a_bad_link_is_refused_when_the_words_are_saved(office: Office) -> None:
    office.sit()

    answer = office.write(core="Dear ((name)),\n\n[here](http://a.test)")

    assert "Line 3: the link http://a.test must begin with https:// or mailto:" in words_on(answer)
    with office.database.reading() as session:
        assert messages.every(session) == []
