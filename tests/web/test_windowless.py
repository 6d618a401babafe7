"""Letters without a window, or whose time was over, come back by name: the release's page says so, and one button leads to a draft for them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from audiences import authorities, definitions, reorganisations
from campaigns.agreement import releases, schedules
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from tests.campaigns import posting
from tests.web import visitors
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import words_on
from web import windowless as pages

HELD = "no window before the latest time: held to 30 June: pre-election period"


def without_window(office: Office, *positions: int) -> UUID:
    """A release that is going, of which these letters have none; the rest went."""
    release = office.going(states={"accepted": 5})
    put(office, release, *positions)
    return release


def put(office: Office, release: UUID, *positions: int, **columns: object) -> None:
    """These letters do not go, for want of a window unless another reason is given."""
    with office.database.transaction() as session:
        row = sa.update(Delivery).where(col(Delivery.release_id) == release, col(Delivery.position).in_(positions))
        session.exec(row.values(**{"state": "missed", "reply": HELD, **columns}))
        posting.recount(session, release)


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

    assert "2 letters will not go. See for whom, and why" in office.see(f"/releases/{release}")
    page = office.see(f"/releases/{release}/delivery")
    assert "2 letters will not go: decide" in page
    with office.database.reading() as session:
        names = {authorities.get(session, code).name for code in codes(office, release, 0, 1)}
    assert len(names) == 2 and all(f"{name} 1 No window was left: held to 30 June: pre-election period" in page for name in names)


def test_an_authority_that_came_to_an_end_since_is_named_and_the_button_drafts_for_the_others(office: Office) -> None:
    release, by = without_window(office, 0, 1, 2, 3), visitors.appoint(office.client.application)
    ended, *others = sorted(codes(office, release, 0, 1, 2, 3))
    with office.database.transaction() as session:
        yesterday, name = office.desk.clock().date() - timedelta(days=1), authorities.get(session, ended).name
        reorganisations.end(session, ended, on=yesterday, successors=[], by=by, at=office.desk.clock())

    assert f"{name} 2 No window was left" in office.see(f"/releases/{release}/delivery")
    assert button(office, release)["codes"].split() == others
    assert "Drafted for the 1 authority with no evidence yet" in words_on(office.post("/coverage/follow-up", **button(office, release)))


def test_one_that_did_not_go_because_the_time_was_over_says_so(office: Office) -> None:
    release = without_window(office, 0)
    put(office, release, 1, reply="The release was missed")

    page = office.see(f"/releases/{release}/delivery")

    assert "2 letters will not go: decide" in page
    assert "1 Its latest time to send passed" in page and "1 No window was left: held to 30 June" in page


def test_one_that_may_have_gone_is_said_to_and_is_not_among_those_to_be_written_to_again(office: Office) -> None:
    release = without_window(office, 0)
    put(office, release, 1, reply="The release was missed", maybe_twice=True)

    assert "1 Its latest time to send passed. It may have gone before: nothing showed whether it had" in office.see(
        f"/releases/{release}/delivery"
    )
    assert set(button(office, release)["codes"].split()) == codes(office, release, 0)


@pytest.mark.parametrize("page", ["", "/delivery"])
def test_however_many_there_are_no_page_reads_them_one_by_one(office: Office, page: str) -> None:
    release, read = without_window(office, 0, 1, 2, 3), list[object]()

    def keep(letter: object, _: object) -> None:
        read.append(letter)

    for table in (Delivery, SealedLetter):
        sa.event.listen(table, "load", keep)

    office.see(f"/releases/{release}{page}")

    for table in (Delivery, SealedLetter):
        sa.event.remove(table, "load", keep)
    assert read == []


def test_so_many_readers_of_other_bodies_are_named_and_the_others_counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    release = without_window(office, 3, 4)
    more = "And 1 more letter to readers of other bodies. See every letter that was not sent"
    assert "more letter" not in office.see(f"/releases/{release}/delivery")

    monkeypatch.setattr(pages, "NAMED", 0)

    assert more in office.see(f"/releases/{release}/delivery")


def test_one_button_drafts_a_follow_up_for_exactly_those(office: Office) -> None:
    release = without_window(office, 0, 1)

    fields = button(office, release)
    answer = office.post("/coverage/follow-up", **fields)

    assert set(fields["codes"].split()) == codes(office, release, 0, 1)
    assert "Drafted for the 2 authorities with no evidence yet" in words_on(answer)
    with office.database.reading() as session:
        words = messages.current(session, messages.get(session, office.newest(Message))).read()
        assert {one.authority_code for one in definitions.resolve(session, words.audiences)} == codes(office, release, 0, 1)


def test_where_its_time_was_over_before_any_letter_was_queued_every_reader_is_asked_about(office: Office) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="now")
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
        schedules.end_overdue(session, at=releases.get(session, release).latest_send)

    assert "5 letters of “What LOPP is” do not go" in office.see("/")
    assert "5 letters will not go: decide" in office.see(f"/releases/{release}/delivery")
    assert set(button(office, release)["codes"].split()) == codes(office, release, *range(5))


def test_a_body_that_is_no_authority_is_named_and_has_no_button(office: Office) -> None:
    release = without_window(office, 4)

    assert codes(office, release, 4) == set()
    assert "1 letter will not go: decide" in office.see(f"/releases/{release}/delivery")
    assert button(office, release) == {}


def test_an_observer_sees_who_and_gets_no_button(office: Office) -> None:
    release = without_window(office, 0)
    office.sit("observer", None)

    assert "1 letter will not go: decide" in office.see(f"/releases/{release}/delivery")
    assert button(office, release) == {}


def test_where_every_letter_went_or_somebody_withdrew_it_nothing_is_asked(office: Office) -> None:
    whole = office.going(states={"accepted": 5})
    assert "will not go" not in office.see(f"/releases/{whole}/delivery") + office.see(f"/releases/{whole}")

    office.post(f"/releases/{whole}/withdrawal", reason="It is wrong")
    with office.database.transaction() as session:
        session.exec(sa.update(Delivery).values(state="missed", reply="The release was withdrawn"))
        posting.recount(session, whole)
    assert "will not go" not in office.see(f"/releases/{whole}/delivery") + office.see(f"/releases/{whole}")


def test_they_wait_for_an_officer_on_the_first_page_until_a_fortnight_after_the_release_has_ended(office: Office, clock: Clock) -> None:
    release = without_window(office, 0, 1)
    said = "2 letters of “What LOPP is” do not go: no window was left, or its latest time passed."

    assert f"{said} For a moment See for whom, and decide" in office.see("/")
    office.end(release)
    clock.forward(timedelta(days=13))
    office.sit()
    assert said in office.see("/")
    clock.forward(timedelta(days=1))
    assert said not in office.see("/")


def test_what_somebody_withdrew_waits_for_nobody(office: Office) -> None:
    release = without_window(office, 0)
    office.post(f"/releases/{release}/withdrawal", reason="It is wrong")

    assert "do not go" not in (page := office.see("/")) and "does not go:" not in page


def test_an_officer_says_that_they_are_dealt_with_and_nobody_is_asked_until_others_follow(office: Office) -> None:
    release = without_window(office, 0, 1)
    said = "of “What LOPP is” do not go: no window was left, or its latest time passed."
    assert "This is dealt with" in office.see(f"/releases/{release}/delivery")

    page = words_on(office.post(f"/releases/{release}/missed-letters", letters=2))

    assert "Nobody will be asked about these letters again" in page and "This is dealt with" not in page
    assert "2 letters will not go Nothing" in page and "officer of hse said on" in page and "that this is dealt with" in page
    assert "said that this is dealt with: 2 letters that did not go" in office.see(f"/releases/{release}")
    for party in ("hse", "lacors"):
        office.sit("officer", party)
        assert said not in office.see("/")

    put(office, release, 2)
    assert f"3 letters {said}" in office.see("/")
    page = office.see(f"/releases/{release}/delivery")
    assert "3 letters will not go: decide" in page and "This is dealt with" in page


def test_of_letters_that_were_not_shown_nobody_says_that_they_are_dealt_with(office: Office) -> None:
    release = without_window(office, 0, 1)

    for shown in ("1", "", "many"):
        answer = words_on(office.post(f"/releases/{release}/missed-letters", letters=shown))
        assert "The letters here have changed since this page was shown: 2 will not go now. Look at them, then decide." in answer
    office.post(f"/releases/{release}/missed-letters", letters=2)
    assert "Somebody has said already" in words_on(office.post(f"/releases/{release}/missed-letters", letters=2))
