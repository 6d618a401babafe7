"""A release on its way: sealed, scheduled, stopped, let go on, withdrawn."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaigns.agreement import releases
from tests.web.conftest import Clock
from tests.web.office import Office, open_office
from tests.web.visitors import words_on


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign."""
    return open_office(client)


def test_submitting_leads_to_a_page_that_shows_sealing_and_looks_again_by_itself(office: Office) -> None:
    message = office.drafted()

    answer = office.post(f"/messages/{message}/submission")

    assert answer.request.path.startswith("/releases/")
    assert "What LOPP is being sealed" in words_on(answer)
    assert "0 of 0 Look again" in words_on(answer)
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


def test_an_agreed_release_is_scheduled_for_a_time(office: Office) -> None:
    release = office.agreed()
    office.sit()
    assert "“What LOPP is” is agreed by both parties" in office.see("/")
    assert "at most 100,000 letters a second: a moment for 5 letters" in office.see(f"/releases/{release}/schedule")

    page = words_on(office.post(f"/releases/{release}/schedule", when="later", day=["26", "11", "2026"], hour="9.30am"))

    assert "It goes out on Thursday 26 November 2026, 09:30." in page
    assert office.state(release) == "scheduled"
    assert "09:30 “What LOPP is” goes out to 5 readers" in office.see("/")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose when it goes"),
        ({"when": "never"}, "Choose when it goes"),
        ({"when": "later", "day": ["", "", ""], "hour": "9:00"}, "Enter the day it goes"),
        ({"when": "later", "day": ["26", "11", "2026"], "hour": ""}, "Enter a time, like 9:30am"),
        ({"when": "later", "day": ["1", "11", "2026"], "hour": "9:00"}, "Choose a time that has not passed"),
        ({"when": "later", "day": ["21", "12", "2026"], "hour": "9:00"}, "The latest time to send that was signed has passed"),
        ({"when": "later", "day": ["28", "3", "2027"], "hour": "1:30"}, "01:30 does not exist"),
        ({"when": "later", "day": ["31", "10", "2027"], "hour": "1:30"}, "01:30 comes twice"),
    ],
)
def test_a_time_that_cannot_be_is_refused_on_its_field(office: Office, fields: dict[str, object], sentence: str) -> None:
    release = office.agreed()
    office.sit()

    answer = office.post(f"/releases/{release}/schedule", **fields)

    assert sentence in words_on(answer)
    assert "There is a problem" in words_on(answer)
    assert office.state(release) == "sealed"


def test_what_is_not_agreed_cannot_be_scheduled(office: Office) -> None:
    release = office.waiting()
    office.sit()

    assert "so no time can be chosen for it" in office.see(f"/releases/{release}/schedule")
    answer = office.post(f"/releases/{release}/schedule", when="now")
    assert answer.status_code == 409
    assert "HSE has not signed." in words_on(answer)


def test_the_other_party_stops_it_too_and_both_let_it_go_on(office: Office) -> None:
    release = office.going()
    for party in ("lacors", "hse"):
        office.sit("officer", party)
        assert ("Stop it for your party too" in office.see(f"/releases/{release}")) == (party == "hse")
        assert "Stopped. No further letter leaves" in words_on(office.post(f"/releases/{release}/stop"))
        assert "Stop it" not in office.see(f"/releases/{release}")

    assert "It goes on" not in (page := words_on(office.post(f"/releases/{release}/resumption")))
    assert "Your party lets it go on. The other party stopped it too, and does not yet." in page
    assert "Let it go on" not in office.see(f"/messages/{office.message_of(release)}")
    office.sit("officer", "lacors")
    assert "It goes on." in words_on(office.post(f"/releases/{release}/resumption"))


def test_what_was_stopped_before_it_began_is_replaced_once_the_words_change(office: Office) -> None:
    release = office.agreed()
    message = office.message_of(release)
    office.sit()
    office.post(f"/releases/{release}/schedule", when="now")
    office.post(f"/releases/{release}/stop")
    assert "is stopped." in office.see("/")

    office.change(message, core="Other words for ((name)).")

    assert "replaced" in office.see(f"/releases/{release}")
    assert "Let it go on" not in office.see(f"/releases/{release}")
    assert "Let it go on" not in office.see(f"/releases/{release}/delivery")
    assert "is stopped." not in office.see("/")
    office.post(f"/messages/{message}/submission")
    assert office.state(release) == "superseded"


def test_either_party_stops_it_and_only_that_party_lets_it_go_on(office: Office) -> None:
    release = office.going()
    office.sit("officer", "lacors")
    assert "Stopped. No further letter leaves" in words_on(office.post(f"/releases/{release}/stop"))

    office.sit()
    assert "What LOPP is is stopped. Stopped by officer of lacors." in office.see("/")
    assert "Let it go on" not in office.see(f"/releases/{release}")
    assert office.client.post(f"/releases/{release}/resumption").status_code == 403

    office.sit("officer", "lacors")
    assert "It goes on." in words_on(office.post(f"/releases/{release}/resumption"))
    assert office.state(release) == "sending"


def test_withdrawing_says_what_it_does_and_needs_a_reason(office: Office) -> None:
    release = office.agreed()
    office.sit()

    assert "Whatever has not gone does not go." in office.see(f"/releases/{release}/withdrawal")
    assert "Give a reason" in words_on(office.post(f"/releases/{release}/withdrawal", reason=""))
    assert "1,000 characters or fewer" in words_on(office.post(f"/releases/{release}/withdrawal", reason="x" * 1001))
    page = words_on(office.post(f"/releases/{release}/withdrawal", reason="The pilot paused."))
    assert "What LOPP is withdrawn" in page
    assert "whatever had not gone does not go: “The pilot paused.”" in page
    assert office.client.post(f"/releases/{release}/withdrawal", data={"reason": "again"}).status_code == 409


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


def test_a_missed_release_says_so(office: Office, clock: Clock) -> None:
    release = office.agreed()
    clock.forward(timedelta(days=40))
    with office.database.transaction() as session:
        releases.move(session, release, "miss", ended_at=clock.at)
    office.sit()

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

    assert "they cannot be called back. Whoever checks the reference reads that it was withdrawn." in asked
    assert "Whatever has not gone" not in asked
    assert "“The fee is wrong.”. Letters that had gone cannot be called back" in done and "Draft a correction" in done
    assert office.state(release) == "withdrawn"


def test_a_correction_is_offered_once_no_more_letters_can_leave(office: Office) -> None:
    release = office.going(states={"accepted": 2, "held": 1})
    assert "Draft a correction" not in office.see(f"/releases/{release}")
    refused = office.post(f"/releases/{release}/correction")
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")

    assert refused.status_code == 409 and "More letters of this release may leave. Withdraw it" in words_on(refused)
    assert "Draft a correction" in office.see(f"/releases/{release}")
    assert "A correction is drafted" in words_on(office.post(f"/releases/{release}/correction"))


def test_the_frozen_readers_can_be_taken_as_a_file(office: Office) -> None:
    release = office.waiting()

    answer = office.client.get(f"/releases/{release}/readers.csv")

    assert answer.mimetype == "text/csv"
    assert "Safety Officer,Union of Officers,,Unions,safety@union.test" in answer.get_data(as_text=True)
