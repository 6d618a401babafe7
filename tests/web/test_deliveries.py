"""Going out: figures that add up, and letters that need somebody's decision."""

import re
from uuid import UUID

import pytest

from campaigns.agreement import releases, schedules
from campaigns.delivery import deliveries, unclear
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.domains import MailDomain
from tests.web.office import Office
from tests.web.visitors import words_on
from web import deliveries as delivery_pages


def test_every_state_of_a_letter_has_one_word_on_screen() -> None:
    said = [state for states in delivery_pages.SAID.values() for state in states]

    assert sorted(said) == sorted(deliveries.STATES)
    assert set(delivery_pages.MEANING) == set(delivery_pages.SAID)


def test_the_figures_add_up_to_everybody_signed_for(office: Office) -> None:
    release = office.going(states={"accepted": 2, "rejected": 1, "held": 1})

    answer = office.client.get(f"/releases/{release}/delivery")

    page = words_on(answer)
    assert "5 letters were signed for" in page
    figures = re.search(r'<ul class="msg-figures">(.*?)</ul>', answer.get_data(as_text=True), re.DOTALL)
    assert figures
    assert sum(int(number) for number in re.findall(r"<strong>(\d+)</strong>", figures[1])) == 5
    assert "2 sent" in page
    assert "1 needs you" in page
    assert "1 refused" in page
    assert "1 waiting" in page
    assert "3 of 5 letters with an outcome" in page
    assert 'hx-select="#figures"' in answer.get_data(as_text=True)
    assert "Stop it" in page and "If you stop it, no more letters leave." in page


def test_before_anything_is_planned_everybody_is_waiting(office: Office) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="now")

    assert "5 waiting" in office.see(f"/releases/{release}/delivery")


def test_letters_are_listed_by_state_with_what_the_relay_said(office: Office) -> None:
    release = office.going(states={"held": 1})

    page = office.see(f"/releases/{release}/delivery/letters?state=needs you")
    assert "Head of Health, Ashby, Ashby Council Senior managers" in page
    assert "The connection closed after the dot" in page
    assert "waiting (4)" in page
    assert "Decide what to do with them" in page
    assert "No letter stands at “sent”." in office.see(f"/releases/{release}/delivery/letters?state=sent")
    assert "Letters: nonsense" in office.see(f"/releases/{release}/delivery/letters?state=nonsense")


def test_letters_that_are_counted_and_not_queued_are_not_denied(office: Office) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="now")
    letters = f"/releases/{release}/delivery/letters"

    assert "5 letters are not queued yet." in office.see(f"{letters}?state=waiting")
    office.post(f"/releases/{release}/withdrawal", reason="Wrong date.")
    assert "5 letters were never queued" in office.see(f"{letters}?state=not sent")


def test_the_release_leads_to_the_letters_that_need_somebody(office: Office) -> None:
    release = office.going(states={"held": 2})

    assert "2 letters need you." in office.see(f"/releases/{release}")
    assert f'href="/releases/{release}/delivery#needs-you"' in office.client.get(f"/releases/{release}").get_data(as_text=True)


def test_a_long_list_is_paged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_pages, "LETTERS_A_PAGE", 3)
    release = office.going()

    first = office.client.get(f"/releases/{release}/delivery/letters?state=waiting").get_data(as_text=True)

    assert "after=2" in first
    assert "The next letters" not in office.see(f"/releases/{release}/delivery/letters?state=waiting&after=2")


@pytest.mark.parametrize(("verdict", "state"), [("count as sent", "accepted"), ("send again", "queued"), ("leave", "left")])
def test_an_unclear_letter_is_decided(office: Office, verdict: str, state: str) -> None:
    release = office.going(states={"held": 2})
    assert "2 letters of “What LOPP is” need you: nothing shows whether they went, or they could not be sent." in office.see("/")

    assert f"1 letter: {verdict}." in words_on(office.post(f"/releases/{release}/delivery/decisions", verdict=verdict, position="0"))

    tally = _tally(office, release)
    assert (tally["held"], tally[state]) == (1, 1 if state != "queued" else 4)
    assert "sent the mail relay took it, or an officer counted it as sent" in office.see(f"/releases/{release}/delivery")


def test_all_letters_with_one_cause_are_decided_at_once(office: Office) -> None:
    release = office.going(states={"held": 3})
    page = office.see(f"/releases/{release}/delivery")
    assert "3 letters: The connection closed after the dot All: count as sent All: send again All: leave" in page

    cause = "The connection closed after the dot"
    assert "3 letters: send again" in words_on(office.post(f"/releases/{release}/delivery/decisions", verdict="send again", cause=cause))
    assert _tally(office, release)["queued"] == 5


def test_a_letter_that_is_looked_into_is_not_put_before_anybody_yet(office: Office) -> None:
    release = office.going(states={"unknown": 1, "attempting": 1})
    page = office.see(f"/releases/{release}/delivery")

    assert "1 being checked" in page and "1 in hand" in page and "0 needs you" in page
    assert "worker" not in page and "failed; each letter says which" in page
    assert (
        "1 letter: the mail relay’s last reply was not heard. No log of the mail relay is set up, so you will be asked about it in a moment, or in ten minutes if another machine sent it."
        in page
    )
    assert "These letters need you" not in page and "need you" not in office.see("/")


def test_where_a_log_is_asked_the_page_says_that_nothing_need_be_done_yet(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    release = office.going(states={"unknown": 2})
    told = office.desk.settings.model_copy(update={"relay_log": "/var/log/mail.log"})
    monkeypatch.setattr("web.desk.settings", lambda: told)

    assert (
        "We are looking in the relay’s own log for them. This takes a minute or two, or about ten minutes if another machine sent them."
        in office.see(f"/releases/{release}/delivery")
    )


def test_all_letters_are_decided_at_once_whatever_their_causes_and_no_more_than_so_many_in_one_go(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = office.going(states={"held": 4})
    with office.database.transaction() as session:
        session.get_one(Delivery, (release, 1)).reply = unclear.SILENT
    page = office.see(f"/releases/{release}/delivery")
    assert "All of them: count as sent All of them: send again All of them: leave" in page and unclear.SILENT in page
    monkeypatch.setattr(delivery_pages, "MOST_AT_ONCE", 3)

    done = words_on(office.post(f"/releases/{release}/delivery/decisions", verdict="leave"))

    assert "3 letters: leave. 1 more to decide." in done
    assert (_tally(office, release)["left"], _tally(office, release)["held"]) == (3, 1)


def test_letters_that_went_possibly_twice_are_said_to_have_wherever_letters_are_counted(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    with office.database.transaction() as session:
        session.get_one(Delivery, (release, 0)).maybe_twice = True

    for page in (f"/releases/{release}/delivery", f"/releases/{release}"):
        assert (
            "Possibly twice: 1. Nothing showed whether this letter had gone. It was to go once more, as both parties had signed or an officer decided."
            in office.see(page)
        )
    assert office.see(f"/releases/{release}/delivery/letters?state=sent").count("Possibly twice.") == 1
    assert "countersign_letters_possibly_twice 1.0" in office.client.get("/metrics").get_data(as_text=True)


def test_nothing_is_offered_to_be_sent_again_once_the_release_has_ended(office: Office) -> None:
    release = office.going(states={"held": 1})
    assert "Send again" in office.see(f"/releases/{release}/delivery")

    office.post(f"/releases/{release}/withdrawal", reason="The pilot paused.")

    page = office.see(f"/releases/{release}/delivery")
    assert "Count as sent" in page
    assert "Send again" not in page


def test_a_decision_that_is_none_changes_nothing(office: Office) -> None:
    release = office.going(states={"held": 1})
    decisions = f"/releases/{release}/delivery/decisions"

    assert office.post(decisions, verdict="burn", position="0").status_code == 422
    assert office.post(decisions, verdict="leave", position="4").status_code == 409
    assert office.post(decisions, verdict="leave", position="77").status_code == 404
    for unreadable in ("", "abc", "-1", "1234567890", "٣"):
        assert office.post(decisions, verdict="leave", position=unreadable).status_code == 422
    assert office.post(decisions, verdict="leave", shown="7").status_code == 409
    assert office.post(decisions, verdict="leave", cause="something else").status_code == 409
    office.sit("observer", None)
    assert office.post(decisions, verdict="leave", position="0").status_code == 403
    assert "Waits for an officer" in office.see(f"/releases/{release}/delivery")
    assert _tally(office, release)["held"] == 1


def _tally(office: Office, release: UUID) -> dict[str, int]:
    with office.database.reading() as session:
        return deliveries.tally(session, releases.get(session, release))


def test_a_release_that_has_gone_says_when_and_leads_to_coverage(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    with office.database.transaction() as session:
        schedules.finish(session, release, at=office.desk.clock())

    answer = office.client.get(f"/releases/{release}/delivery")

    assert "What became of the letters What LOPP is gone out" in words_on(answer)
    assert "It began on Tuesday 24 November 2026, 12:00 and was finished on Tuesday 24 November 2026, 12:00." in words_on(answer)
    assert f"/coverage?campaign={office.campaign}" in answer.get_data(as_text=True)
    assert "hx-trigger" not in answer.get_data(as_text=True)


def test_mail_domains_in_trouble_are_shown_with_what_they_said_last(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    now = office.desk.clock()
    row = MailDomain(domain="dead.test", in_a_row=5, rests=1, until=now, allowance=1, since=now, words="421 4.7.0 <b>go away</b>")
    with office.database.transaction() as session:
        session.add(row)
        session.add(MailDomain(domain="well.test"))

    page = office.see(f"/releases/{release}/delivery")

    assert "Trouble with 1 mail domain" in page and "dead.test" in page and "<b>go away</b>" in page and "well.test" not in page
    assert "countersign_mail_domains_troubled 1.0" in office.client.get("/metrics").get_data(as_text=True)


def test_a_release_without_trouble_says_nothing_of_any(office: Office) -> None:
    release = office.going(states={"accepted": 2})

    assert "Trouble" not in office.see(f"/releases/{release}/delivery")
