"""What a page says of a release that is late, of letters that never left, and of those that alone are left to decide about."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaigns.delivery import mailboxes
from campaigns.delivery.deliveries import Delivery
from tests.campaigns import posting
from tests.web.office import Office
from tests.web.visitors import words_on
from web import states


def test_what_never_left_is_not_offered_to_be_counted_as_sent(office: Office) -> None:
    release = office.going(states={"held": 3})
    with office.database.transaction() as session:
        session.get_one(Delivery, (release, 0)).sqlmodel_update({"stage": "here", "reply": "It cannot be put together"})
    page = office.see(f"/releases/{release}/delivery")

    assert "All of them: send again All of them: leave" in page and "All of them: count as sent" not in page
    assert "2 letters: The connection closed after the dot All: count as sent" in page
    assert page.count("Count as sent") == 2
    answer = office.post(f"/releases/{release}/delivery/decisions", verdict="count as sent", position="0")
    assert "This letter was never handed to the mail relay, so it cannot count as sent." in words_on(answer)


@pytest.mark.parametrize(
    ("late", "said", "number"),
    [(states.LATE, "It goes out by itself on ", 0), (timedelta(seconds=-1), "but has not begun. Tell whoever runs Countersign.", 1)],
)
def test_a_release_that_nobody_begins_is_said_to_be_late(
    office: Office, monkeypatch: pytest.MonkeyPatch, late: timedelta, said: str, number: int
) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="now")
    monkeypatch.setattr(states, "LATE", late)

    assert said in office.see(f"/releases/{release}") and said in office.see(f"/messages/{office.message_of(release)}")
    assert f"countersign_releases_late {number}.0" in office.client.get("/metrics").get_data(as_text=True)


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        (None, "No mailbox for returned mail is set up here, so letters that come back are not counted."),
        ("maildir:///read", "Returned mail was read until"),
        ("maildir:///read maildir:///never", "Returned mail could not be read yet, so some letters that came back may not be counted."),
    ],
)
def test_the_page_says_until_when_returned_mail_was_read(
    office: Office, monkeypatch: pytest.MonkeyPatch, urls: str | None, said: str
) -> None:
    release = office.going()
    with office.database.transaction() as session:
        mailboxes.read_through(session, "maildir:///read", at=office.desk.clock())
    told = office.desk.settings.model_copy(update={"mailbox_url": urls})
    monkeypatch.setattr("web.desk.settings", lambda: told)

    assert said in office.see(f"/releases/{release}/delivery")


def test_what_waits_for_its_turn_in_a_release_that_is_stopped_is_looked_at_once_it_is_let_go_on(office: Office) -> None:
    release, due = office.going(), office.desk.clock() + timedelta(hours=20)
    with office.database.transaction() as session:
        session.exec(sa.update(Delivery).values(reply="held: outside working hours", due_at=due))
        posting.recount(session, release)
    assert "Held: outside working hours Wednesday 25 November 2026, 08:00" in office.see(f"/releases/{release}/delivery")

    office.post(f"/releases/{release}/stop")

    assert "Held: outside working hours Once it is resumed" in office.see(f"/releases/{release}/delivery")


def test_where_only_unclear_letters_are_left_their_decision_leads_and_nothing_is_offered_to_be_stopped(office: Office) -> None:
    release = office.going(states={"held": 2, "accepted": 3})

    answer = office.client.get(f"/releases/{release}/delivery")

    page = words_on(answer)
    assert "Stop it" not in page and "How fast" not in page
    assert "Reader Decide Last tried" in page  # so that a phone shows the buttons
    assert page.index("These letters need you") < page.index("5 letters were signed for")
    assert 'hx-trigger="every' not in answer.get_data(as_text=True)
    polled = {"HX-Request": "true"}
    assert office.client.get(f"/releases/{release}/delivery", headers=polled).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in answer.headers


def test_where_only_unclear_letters_are_left_no_page_says_that_letters_leave(office: Office) -> None:
    release = office.going(states={"held": 1, "accepted": 4})

    for page in (f"/releases/{release}", f"/messages/{office.message_of(release)}"):
        said = office.see(page)
        assert "Nothing more leaves by itself: an officer must decide about 1 letter." in said and "Letters leave" not in said


def test_before_a_release_is_withdrawn_a_correction_is_promised_only_for_letters_that_have_gone(office: Office) -> None:
    release = office.going()

    asked = office.see(f"/releases/{release}/withdrawal")

    assert "None of its letters has left." in asked and "the readers it went to" not in asked
    assert "If letters have gone, you can then draft a correction for exactly those readers." in asked


@pytest.mark.parametrize("state", ["queued", "attempting", "unknown"])
def test_while_a_letter_may_still_go_by_itself_stopping_leads_and_the_decision_follows_the_figures(office: Office, state: str) -> None:
    release = office.going(states={"held": 1, "accepted": 3, state: 1})

    answer = office.client.get(f"/releases/{release}/delivery", headers={"HX-Request": "true"})

    assert "HX-Refresh" not in answer.headers
    page = words_on(answer)
    assert page.index("Stop it") < page.index("5 letters were signed for") < page.index("These letters need you")


def test_what_is_decided_together_is_what_was_shown_and_not_as_many_others(office: Office) -> None:
    release = office.going(states={"held": 2})
    page = office.client.get(f"/releases/{release}/delivery").get_data(as_text=True)
    shown = next(iter(re.findall(r'name="shown" value="([^"]*)"', page)))
    office.post(f"/releases/{release}/delivery/decisions", verdict="leave", position="0")
    with office.database.transaction() as session:
        session.get_one(Delivery, (release, 2)).sqlmodel_update({"state": "held", "reply": "The connection closed after the dot"})

    answer = office.post(f"/releases/{release}/delivery/decisions", verdict="send again", shown=shown)

    assert answer.status_code == 409 and "2 letters wait now" in words_on(answer)
    with office.database.reading() as session:
        assert [session.get_one(Delivery, (release, place)).state for place in (0, 1, 2)] == ["left", "held", "held"]
