"""What a page offers, its step takes: where the step would refuse, the page says so, and offers it to nobody."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from audiences import reorganisations, suggestions
from campaigns.agreement import seals
from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.invited import WALES, Invited
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, Story
from tests.web.conftest import Clock
from tests.web.grounds import ADUR, Ground
from tests.web.office import Office
from tests.web.visitors import SignIn, words_on


def test_a_holding_line_that_the_other_party_lets_go_is_named_on_the_briefings_page_and_not_offered(
    ground: Ground, client: FlaskClient
) -> None:
    moved = {"core": "It is in ((place)) now. ((your part))", "holding_line": True, "closed": {"place": ["Leeds"]}}
    line = stories.agreed_release(ground.house, stories.words(title="It has moved", let_go_by=["lacors"], **moved))
    briefing = ground.briefing(ground.tour())
    typed = {"day": ["12", "5", "2027"], "hour": "10:00", "place": "County Hall", "note": ""}
    client.post(f"/briefings/{briefing}/arrangement", data=typed)

    page = client.get(f"/briefings/{briefing}")

    assert "An officer of LACoRS can let the holding line “It has moved” go" in words_on(page)
    assert f"/releases/{line.release}/schedule" not in page.text


@pytest.fixture
def older(sqlite: Database, clock: Clock, sign_in: SignIn) -> tuple[Invited, Story]:
    """An agreed invitation to a briefing in Wales, before a newer one goes; and an officer of HSE signed in."""
    clock.at = NOON
    tour = invited.dated(sqlite)
    sign_in("officer", "hse")
    return tour, tour.agreed(WALES)


def test_an_agreed_invitation_after_which_a_newer_one_has_gone_is_not_offered_to_go(
    client: FlaskClient, older: tuple[Invited, Story]
) -> None:
    tour, story = older
    page = f"/releases/{story.release}"
    assert "Choose when it goes" in words_on(client.get(page))
    tour.arrange(WALES, NOON + 9 * DAY)
    tour.invite(WALES)

    refused = "A newer letter about the briefing of Wales has gone already."
    assert refused in words_on(client.post(f"{page}/schedule", data={"when": "now"}))
    for address in (page, f"{page}/schedule", f"/messages/{story.message}", "/"):
        said = words_on(client.get(address))
        assert refused in said and "Choose when it goes" not in said and "When should it go?" not in said, address


def test_an_invitation_stopped_before_it_began_is_not_offered_to_be_resumed_once_a_newer_one_has_gone(
    client: FlaskClient, older: tuple[Invited, Story]
) -> None:
    tour, story = older
    page = f"/releases/{story.release}"
    client.post(f"{page}/schedule", data={"when": "now"})
    client.post(f"{page}/stop")
    assert "Resume it" in words_on(client.get(page))
    tour.arrange(WALES, NOON + 9 * DAY)
    tour.invite(WALES)

    assert "A newer letter about the briefing of Wales has gone already." in words_on(client.post(f"{page}/resumption"))
    for address in (page, f"/messages/{story.message}", "/"):
        said = words_on(client.get(address))
        assert "It cannot be resumed" in said and "Resume it" not in said, address


def test_a_message_that_was_withdrawn_before_it_went_says_so_and_why_wherever_it_stood(office: Office) -> None:
    draft = office.drafted(title="A draft")
    returned = office.waiting(title="Returned")
    office.post(f"/releases/{returned}/return", reason="Say it shorter")
    came_back = office.message_of(returned)
    for message in (draft, came_back):
        office.post(f"/messages/{message}/withdrawal", reason="Overtaken by events.")

        page = office.see(f"/messages/{message}")
        assert "Nothing: it was withdrawn, and will not be sent. The reason: “Overtaken by events”." in page
        assert "submits" not in page.partition("The words")[0] and "Say it shorter" not in page.partition("The words")[0]

    assert "Nothing: the message was withdrawn." in (page := office.see(f"/releases/{returned}")) and "submits it again" not in page


def test_the_words_of_what_could_not_be_sealed_are_offered_to_be_changed_until_the_message_is_withdrawn_or_submitted_again(
    office: Office, clock: Clock
) -> None:
    for again in (True, False):
        release = office.submitted(title=f"Again {again}")
        with office.database.transaction() as session:
            order = seals.take(session, release, at=office.desk.clock())
            assert order and seals.fail(session, order, reasons=["Nobody is there"], by="Countersign", at=office.desk.clock())
        message = office.message_of(release)
        assert "Change the words" in office.see(f"/releases/{release}")

        clock.forward(timedelta(minutes=1))
        office.post(f"/messages/{message}/submission") if again else office.post(f"/messages/{message}/withdrawal", reason="Given up")

        assert "Nothing: the message" in (page := office.see(f"/releases/{release}")) and "Change the words" not in page


def test_whoever_opens_a_form_of_a_withdrawn_message_is_told_so_before_they_fill_it_in(office: Office) -> None:
    message = office.drafted()
    pages = [f"/messages/{message}/{form}" for form in ("edit", "proposal", "withdrawal")]
    assert [office.client.get(page).status_code for page in pages] == [200] * 3

    office.post(f"/messages/{message}/withdrawal", reason="Overtaken by events")

    for page in pages:
        answer = office.client.get(page)
        assert answer.status_code == 409 and "withdrawn" in words_on(answer), page


def test_nobody_is_offered_to_be_added_to_a_council_that_has_come_to_an_end(ground: Ground, client: FlaskClient) -> None:
    person, said = ground.person(), {"authority_code": ADUR, "source": "the reader’s page", "by": "the reader", "at": NOON}
    pages = [f"/posts/{ADUR}/practitioner", "/corrections", f"/authorities/{ADUR}"]
    with ground.database.transaction() as session:
        suggestions.make(session, about=person, kind=suggestions.SOMEBODY_ELSE, name="Ann", **said)
    assert "Add this person" in words_on(client.get("/corrections"))

    with ground.database.transaction() as session:
        reorganisations.end(session, ADUR, on=(NOON - DAY).date(), successors=[], by=ground.house.drafter, at=NOON)

    for page in pages:
        assert "Add " not in words_on(client.get(page)), page
    assert "Adur has come to an end, so nobody can be added there. Change nothing" in words_on(client.get("/corrections"))


def test_whoever_opens_a_page_to_end_or_move_a_council_that_has_come_to_an_end_is_told_so(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        reorganisations.end(session, ADUR, on=(NOON - DAY).date(), successors=[], by=ground.house.drafter, at=NOON)

    for page, sentence in (("ending", "Adur has come to an end already."), ("group", "Adur has come to an end: it meets in no group.")):
        opened = client.get(f"/authorities/{ADUR}/{page}")
        assert opened.status_code == 409 and sentence in words_on(opened), page


def test_what_was_left_unchanged_is_offered_to_be_put_back_unless_it_waits_again_and_until_what_it_said_is_erased(
    ground: Ground, client: FlaskClient
) -> None:
    person = ground.person()
    with ground.database.transaction() as session:
        said = {"authority_code": ADUR, "source": "the reader’s page", "by": "the reader", "at": NOON}
        made = suggestions.make(session, about=person, kind=suggestions.SOMEBODY_ELSE, name="Ann", **said)
    client.post(f"/corrections/{made}/let-be")
    assert "Put it back" in words_on(client.get("/corrections"))

    with ground.database.transaction() as session:
        again = suggestions.make(session, about=person, kind=suggestions.SOMEBODY_ELSE, name="Ann", **said)
    assert "Put it back" not in (page := words_on(client.get("/corrections"))) and "the same was said again since, and waits" in page
    client.post(f"/corrections/{again}/let-be")
    assert "Put it back" in words_on(client.get("/corrections"))

    client.post(f"/people/{person}/erasure")

    assert "Put it back" not in (page := words_on(client.get("/corrections"))) and "what it said is not kept any more" in page
    assert client.post(f"/corrections/{made}/putting-back").status_code == 409


def test_a_draft_whose_latest_time_has_passed_is_not_offered_to_be_submitted(office: Office, clock: Clock) -> None:
    message = office.drafted()
    page = f"/messages/{message}"
    assert "Submit to HSE and LACoRS" in office.see(page)

    clock.forward(timedelta(days=30))
    office.sit()

    assert "Submit to HSE and LACoRS" not in (said := office.see(page)) and "Change the words" in said
    assert "It cannot be submitted yet. The latest time to send must be in the future" in said
    assert "The latest time to send must be in the future" in words_on(office.post(f"{page}/submission"))


def test_whoever_has_left_and_what_has_happened_is_said_where_it_would_be_recorded(ground: Ground, client: FlaskClient) -> None:
    person, campaign = ground.person(), ground.house.campaign
    client.post(f"/campaigns/{campaign}/milestones", data={"name": "Approach agreed"})
    milestone = client.get(f"/campaigns/{campaign}/milestones").text.partition("/campaigns/milestones/")[2].partition('"')[0]
    pages = {
        f"/people/{person}/leaving": "Mark as left",
        f"/posts/holders/{person}/passing": "They hold this post now",
        f"/campaigns/milestones/{milestone}": "Record that it has happened",
    }
    for page, button in pages.items():
        assert button in words_on(client.get(page)), page

    client.post(f"/people/{person}/leaving")
    client.post(f"/campaigns/milestones/{milestone}", data={"evidence": "HELA minutes"})

    for page, button in pages.items():
        assert button not in words_on(client.get(page)), page
        refused = client.post(page, data={"name": "Ann", "address": "ann@adur.test", "evidence": "Minutes"})
        assert "already" in words_on(refused), page
