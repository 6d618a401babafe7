"""A holding line on the pages: who may let it go is typed, signed, shown, and held to."""

from typing import Any

from tests.web.office import Office
from tests.web.visitors import words_on

LINE: dict[str, Any] = {
    "core": "Dear ((name)),\n\nThe briefing moves to ((place)).\n\n((your part))",
    "holding_line": "y",
    "let_go_by": ["lacors"],
    "closed-place": "Leeds\nYork",
}


def test_who_may_let_it_go_is_signed_and_nobody_else_may(office: Office) -> None:
    release = office.waiting(**LINE)
    assert "A duty officer of LACoRS may let it go, once" in office.see(f"/releases/{release}/sign")
    for party in ("hse", "lacors"):
        office.sit("signatory", party)
        office.sign(release)
    choice = {"when": "now", "case-place": "York"}

    office.sit("officer", "hse")
    refused = office.post(f"/releases/{release}/schedule", **choice)
    assert "An officer of LACoRS chooses when it goes" in (page := office.see(f"/releases/{release}"))
    assert "Choose when it goes" not in page + office.see(f"/messages/{office.message_of(release)}") + (home := office.see("/"))
    assert "Agreed in advance, to let go when needed What LOPP is : an officer of LACoRS can let it go until" in home
    office.sit("officer", "lacors")
    assert "Nothing is waiting for you" in (home := office.see("/")) and "choose when it goes" in home
    let_go = office.post(f"/releases/{release}/schedule", **choice)

    assert refused.status_code == 403
    assert "Both parties signed that only an officer of LACoRS may let this go." in words_on(refused)
    assert "It goes out as soon as it may" in words_on(let_go)
    assert "with place: York" in office.see(f"/releases/{release}/schedule")
    form = " ".join(office.client.get(f"/releases/{release}/schedule").get_data(as_text=True).split())
    assert 'value="York" selected' in form


def test_nobody_is_offered_to_change_when_it_goes_who_may_not_let_it_go(office: Office) -> None:
    release = office.agreed(**LINE)
    asked = "When should it go?"
    for party, may in (("hse", False), ("lacors", True)):
        office.sit("officer", party)
        assert (asked in (page := office.see(f"/releases/{release}/schedule"))) == may
        assert ("Both parties signed that only an officer of LACoRS may let this go." in page) != may

    office.post(f"/releases/{release}/schedule", **{"when": "later", "day": ["28", "11", "2026"], "hour": "10:00", "case-place": "York"})

    for party, may in (("hse", False), ("lacors", True)):
        office.sit("officer", party)
        assert ("Change the time" in (page := office.see(f"/releases/{release}"))) == may and "Stop it" in page
        assert (asked in office.see(f"/releases/{release}/schedule")) == may


def test_everything_wrong_with_a_choice_of_a_time_is_said_at_once(office: Office) -> None:
    release = office.agreed(**LINE)
    office.sit("officer", "lacors")

    page = words_on(office.post(f"/releases/{release}/schedule", when="later", day=["", "", ""], hour=""))

    for sentence in ("Choose one from the list", "Enter the day it goes", "Enter a time, like"):
        assert page.count(sentence) == 2, sentence  # at the top, and beside its field


def test_a_holding_line_that_nobody_may_let_go_is_not_saved(office: Office) -> None:
    office.sit()

    assert "Choose whose duty officers may let it go" in words_on(office.write(**{**LINE, "let_go_by": []}))


def test_the_form_shows_again_who_may_let_it_go(office: Office) -> None:
    release = office.agreed(**LINE)
    message = office.message_of(release)
    page = office.client.get(f"/messages/{message}/edit").get_data(as_text=True)
    assert [f'value="{party}" checked' in " ".join(page.split()) for party in ("hse", "lacors")] == [False, True]
