"""Who has yet to sign, in sentences, for every officer and observer."""

from datetime import timedelta

import pytest

from campaigns.agreement import reminders, rosters
from campaigns.agreement.releases import Release
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import CODE_SECRET, PASSWORD, words_on
from web import codes, words


def test_each_party_has_what_waits_for_it_since_when_until_when_and_how_often_it_was_reminded(office: Office, clock: Clock) -> None:
    release = office.waiting()
    clock.forward(timedelta(days=1, hours=12))
    office.sit("signatory", "hse")
    assert "You have signed it" in office.sign(release).get_data(as_text=True)
    for said in ("has not been reminded yet", "has been reminded once", "has been reminded twice", "has been reminded 3 times"):
        page = office.see("/waiting")
        assert "What LOPP is has waited for LACoRS for" in page and "since Tuesday 24 November 2026, 12:00. It is due" in page
        assert "Nothing is waiting for HSE." in page
        assert f"It is due by Tuesday 8 December 2026, 12:00. LACoRS {said}." in page
        clock.forward(timedelta(days=2))
        with office.database.transaction() as session:
            assert len(reminders.remind(session, release, at=clock.at)) == 1

    assert "HSE gave 1 signature in the last 90 days, and usually took 1.5 days." in page
    assert "LACoRS has signed nothing in the last 90 days." in page
    assert "reminded LACoRS that its signature is missing (reminder 4): nobody who may sign can be written to" in office.see(
        f"/releases/{release}"
    )


def test_a_roster_that_is_not_signed_waits_for_each_party_that_has_not(office: Office, clock: Clock) -> None:
    office.sit("signatory", "hse")
    office.post("/signatories/next", passwords=["hse", "lacors"])
    clock.forward(timedelta(days=3))
    said = "Roster 2 of the signatories has waited for {} for 3 days, since Tuesday 24 November 2026, 12:00."
    assert said.format("HSE") in (page := office.see("/waiting")) and said.format("LACoRS") in page

    with office.database.reading() as session:
        seen = (rosters.proposed(session) or pytest.fail("no roster waits")).fingerprint
    pressed = {"password": PASSWORD, "code": codes.at(CODE_SECRET, clock.at), "digest": seen}
    assert "You have signed it" in words_on(office.post("/signatories/signature-by-password", **pressed))

    page = office.see("/waiting")
    assert said.format("LACoRS") in page and said.format("HSE") not in page and "Nothing is waiting for HSE." in page


@pytest.mark.parametrize(("duty", "party"), [("officer", "hse"), ("signatory", "lacors"), ("observer", None)])
def test_officers_and_observers_find_it_from_home(office: Office, duty: str, party: str | None) -> None:
    office.sit(duty, party)

    assert 'href="/waiting"' in office.client.get("/").get_data(as_text=True)
    assert "Nothing is waiting for HSE." in office.see("/waiting")


def test_a_release_that_nobody_of_a_party_may_sign_says_so(office: Office) -> None:
    message = office.drafted()
    for name in (None, "Second signatory of hse"):
        office.sit("signatory", "hse", name=name)
        office.change(message, subject=f"Changed by {name}")
    office.post(f"/messages/{message}/submission")
    office.seal(office.newest(Release))

    page = office.see("/waiting")

    assert "Nobody at HSE may sign it." in page and "Nobody of LACoRS may sign it." not in page


def test_the_next_step_says_by_when_a_signature_is_due(office: Office) -> None:
    release = office.waiting()

    assert "sign it or return it by Tuesday 8 December 2026, 12:00." in office.see(f"/releases/{release}")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(minutes=5), "less than 2 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2.5), "2.5 days"),
        (timedelta(days=30), "30 days"),
    ],
)
def test_how_long_it_usually_takes_is_said_in_days(span: timedelta, said: str) -> None:
    assert words.days(span) == said
