"""Letters without a window come back by name: the release's page says so, and one button leads to a draft for exactly those."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col, select

from audiences import authorities, definitions
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from tests.web.conftest import Clock
from tests.web.office import Office, open_office
from tests.web.visitors import words_on

HELD = "no window before the latest time: held to 30 June: pre-election period"


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign."""
    return open_office(client)


def without_window(office: Office, *positions: int, state: str = "sending") -> UUID:
    """A release that is going, of which these letters have none; the rest went."""
    release = office.going(states={"accepted": 5})
    with office.database.transaction() as session:
        row = sa.update(Delivery).where(col(Delivery.release_id) == release, col(Delivery.position).in_(positions))
        session.exec(row.values(state="missed", reply=HELD))
        deliveries.recount_all(session, release)
    return release


def codes(office: Office, release: UUID, *positions: int) -> set[str]:
    with office.database.reading() as session:
        theirs = select(SealedLetter.authority_code).where(SealedLetter.release_id == release, col(SealedLetter.position).in_(positions))
        return {code for code in session.exec(theirs) if code}


def button(office: Office, release: UUID) -> dict[str, str]:
    page = office.client.get(f"/releases/{release}/delivery").get_data(as_text=True)
    form = page.partition('action="/coverage/follow-up"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_release_says_that_letters_came_back_and_names_whose_and_why(office: Office) -> None:
    release = without_window(office, 0, 1)

    assert "No window was left for 2 letters. See for whom and why, and decide" in office.see(f"/releases/{release}")
    page = office.see(f"/releases/{release}/delivery")
    assert "No window was left for 2 letters: decide" in page
    with office.database.reading() as session:
        names = {authorities.get(session, code).name for code in codes(office, release, 0, 1)}
    assert len(names) == 2 and all(f"{name} 1 Held to 30 June: pre-election period" in page for name in names)


def test_one_button_drafts_a_follow_up_for_exactly_those(office: Office) -> None:
    release = without_window(office, 0, 1)

    fields = button(office, release)
    answer = office.post("/coverage/follow-up", **fields)

    assert set(fields["codes"].split()) == codes(office, release, 0, 1)
    assert "Drafted for the 2 authorities not yet written to" in words_on(answer)
    with office.database.reading() as session:
        words = messages.current(session, messages.get(session, office.newest(Message))).read()
        assert {one.authority_code for one in definitions.resolve(session, words.audiences)} == codes(office, release, 0, 1)


def test_a_body_that_is_no_authority_is_named_and_has_no_button(office: Office) -> None:
    release = without_window(office, 4)

    assert codes(office, release, 4) == set()
    assert "No window was left for 1 letter: decide" in office.see(f"/releases/{release}/delivery")
    assert button(office, release) == {}


def test_an_observer_sees_who_and_gets_no_button(office: Office) -> None:
    release = without_window(office, 0)
    office.sit("observer", None)

    assert "No window was left for 1 letter: decide" in office.see(f"/releases/{release}/delivery")
    assert button(office, release) == {}


def test_where_every_letter_went_or_somebody_withdrew_it_nothing_is_asked(office: Office) -> None:
    whole = office.going(states={"accepted": 5})
    assert "No window was left" not in office.see(f"/releases/{whole}/delivery") + office.see(f"/releases/{whole}")

    office.post(f"/releases/{whole}/withdrawal", reason="It is wrong")
    with office.database.transaction() as session:
        session.exec(sa.update(Delivery).values(state="missed", reply="The release was withdrawn"))
        deliveries.recount_all(session, whole)
    assert "No window was left" not in office.see(f"/releases/{whole}/delivery") + office.see(f"/releases/{whole}")


def test_they_wait_for_an_officer_on_the_first_page_until_a_fortnight_after_the_release_has_ended(office: Office, clock: Clock) -> None:
    release = without_window(office, 0, 1)
    said = "2 letters of “What LOPP is” do not go: no window was left, or its latest time passed."

    assert f"{said} For a moment See for whom, and decide" in office.see("/")
    office.end(release)
    clock.forward(timedelta(days=13))
    office.sit()
    assert said in office.see("/")
    clock.forward(timedelta(days=1))
    office.sit()
    assert said not in office.see("/")


def test_what_somebody_withdrew_waits_for_nobody(office: Office) -> None:
    release = without_window(office, 0)
    office.post(f"/releases/{release}/withdrawal", reason="It is wrong")

    assert "do not go" not in (page := office.see("/")) and "does not go:" not in page
