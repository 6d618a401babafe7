"""Either party stops a release at once, and what is stopped goes on once whoever stopped it lets it."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from campaigns.agreement import releases, roster_changes, schedules, signatures
from campaigns.foundation import officers
from campaigns.foundation.officers import COUNTERSIGN
from tests.web.office import Office
from tests.web.visitors import words_on


def test_the_other_party_stops_it_too_and_both_let_it_go_on(office: Office) -> None:
    release = office.going()
    for party in ("lacors", "hse"):
        office.sit("officer", party)
        for page in (office.see(f"/releases/{release}"), office.see(f"/releases/{release}/delivery")):
            assert ("Stop it for your party too" in page) == (party == "hse")
        assert "Stopped. No more letters leave" in words_on(office.post(f"/releases/{release}/stop"))
        assert "Stop it" not in (page := office.see(f"/releases/{release}")) + office.see(f"/releases/{release}/delivery")
        assert page.count("See what became of the letters") == 1

    assert "Nothing leaves until LACoRS and HSE resume it." in page
    assert "It goes on" not in (page := words_on(office.post(f"/releases/{release}/resumption")))
    assert "Resumed for your party. The other party has stopped it too and has not resumed it." in page
    assert "Resume it" not in office.see(f"/messages/{office.message_of(release)}")
    office.sit("officer", "lacors")
    assert "It goes on." in words_on(office.post(f"/releases/{release}/resumption"))


def test_what_was_stopped_before_it_began_is_replaced_once_the_words_change(office: Office) -> None:
    release = office.agreed()
    message = office.message_of(release)
    office.post(f"/releases/{release}/schedule", when="now")
    office.post(f"/releases/{release}/stop")
    assert "was stopped by officer of hse." in office.see("/")

    office.change(message, core="Other words for ((name)).")

    assert "replaced" in office.see(f"/releases/{release}")
    assert "Resume it" not in office.see(f"/releases/{release}")
    assert "Resume it" not in office.see(f"/releases/{release}/delivery")
    assert "was stopped" not in office.see("/")
    office.post(f"/messages/{message}/submission")
    assert office.state(release) == "superseded"


def test_either_party_stops_it_and_only_that_party_lets_it_go_on(office: Office) -> None:
    release = office.going()
    office.sit("officer", "lacors")
    assert "Stopped. No more letters leave" in words_on(office.post(f"/releases/{release}/stop"))

    office.sit()
    assert "What LOPP is was stopped by officer of lacors." in office.see("/")
    assert "Resume it" not in (page := office.see(f"/releases/{release}"))
    assert page.count("See what became of the letters") == 1
    for place in ("", "/delivery"):
        assert "Stopped by officer of lacors. Nothing leaves until LACoRS resumes it." in office.see(f"/releases/{release}{place}")
    assert "officer of lacors stopped it. " in f"{page} "
    assert office.client.post(f"/releases/{release}/resumption").status_code == 403

    office.sit("officer", "lacors")
    assert "“What LOPP is” was stopped by officer of lacors. Your party can resume it." in office.see("/")
    assert "It goes on." in words_on(office.post(f"/releases/{release}/resumption"))
    assert "was stopped" not in office.see("/")
    assert office.state(release) == "sending"


@pytest.mark.parametrize(("in_hand", "beside"), [(0, ""), (1, ", and 1 letter is in hand"), (2, ", and 2 letters are in hand")])
def test_what_is_stopped_says_to_how_many_it_went_and_how_many_are_in_hand(office: Office, in_hand: int, beside: str) -> None:
    release = office.going(states={"accepted": 2, "held": 1, "attempting": in_hand})
    office.post(f"/releases/{release}/stop")

    said = f"HSE resumes it. It went, or may have gone, to 3 of 5 readers{beside}; letters that have gone cannot be called back."
    assert said in office.see(f"/releases/{release}") and said in office.see(f"/messages/{office.message_of(release)}")


def test_what_is_stopped_stands_once_on_the_first_page_with_whoever_can_let_it_go_on(office: Office) -> None:
    release = office.going()
    office.post(f"/releases/{release}/stop")

    assert (page := office.see("/")).count("was stopped") == 1 and "For a moment Look at it" in page
    office.sit("officer", "lacors")
    assert (page := office.see("/")).count("was stopped") == 1 and "Your party can" not in page
    office.sit("observer", None)
    assert "What LOPP is was stopped by officer of hse." in office.see("/")


@pytest.mark.parametrize("page", ["", "/delivery"])
def test_whoever_stops_it_or_lets_it_go_on_stays_on_the_page(office: Office, page: str) -> None:
    release = office.going()

    for button in ("stop", "resumption"):
        form = next(part for part in office.client.get(f"/releases/{release}{page}").text.split("<form") if f"/{button}" in part)
        on = {"on": "delivery"} if 'name="on" value="delivery"' in form.partition("</form>")[0] else {}
        answer = office.client.post(f"/releases/{release}/{button}", data=on)
        assert answer.location == f"/releases/{release}{page}"


@pytest.mark.parametrize(
    ("way", "then"),
    [
        (
            {"when": "later", "day": ["28", "11", "2026"], "hour": "10:00"},
            "Then it goes out by itself on Saturday 28 November 2026, 10:00.",
        ),
        ({"when": "now"}, "Then it goes out at once."),
    ],
)
def test_what_is_stopped_before_it_began_says_when_it_goes_once_it_is_let(office: Office, way: dict[str, Any], then: str) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", **way)

    page = words_on(office.post(f"/releases/{release}/stop"))

    assert f"Nothing leaves until HSE resumes it. {then}" in page


def _suspend_a_signer(session: Session, office: Office, release: UUID) -> None:
    by = officers.get(session, signatures.given(session, release)[0].officer_id)
    roster_changes.suspend(session, by.id, reason="Key stolen", by=by, at=office.desk.clock())


def test_what_a_suspended_signatory_had_signed_is_not_offered_to_be_resumed(office: Office) -> None:
    release = office.going()
    office.sit()
    with office.database.transaction() as session:
        _suspend_a_signer(session, office, release)
        schedules.hold(session, release, reason="Somebody who signed it was suspended: Key stolen", at=office.desk.clock())

    assert "It cannot be resumed. For a moment Look at it" in office.see("/")
    for place in ("", "/delivery"):
        page = office.see(f"/releases/{release}{place}")
        assert "It cannot be resumed: withdraw it, and have a new message signed for those it has not gone to." in page
        assert "Resume it" not in page and "Withdraw it" in page
    page = office.see(f"/messages/{office.message_of(release)}")
    assert "It cannot be resumed: withdraw it" in page and "Resume it" not in page


def test_what_went_back_as_a_signer_was_suspended_may_be_submitted_as_it_is(office: Office) -> None:
    release = office.agreed()
    message = office.message_of(release)
    with office.database.transaction() as session:
        _suspend_a_signer(session, office, release)
        releases.return_(session, release, reason="Both parties must sign it anew", by=COUNTERSIGN, at=office.desk.clock())

    assert "“What LOPP is” was returned: “Both parties must sign it anew”. For a moment Go on" in office.see("/")
    assert "Submit to HSE and LACoRS" in office.see(f"/messages/{message}")
    assert "What LOPP is being sealed" in words_on(office.post(f"/messages/{message}/submission"))
