"""Corrections wait for an officer: each is taken in the step that changes people, or let be; opening a form answers nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from audiences import people, preferences, reorganisations, suggestions, vacancies
from audiences.suggestions import KINDS, NEW_CONTACT, NO_LONGER, SOMEBODY_ELSE, WRONG_PERSON
from campaigns.delivery import removals
from campaigns.delivery.removals import Removal
from tests.web import many
from tests.web.conftest import Clock
from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.visitors import NOON, SignIn, words_on


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """Somebody at Adur; an officer looks."""
    ground.person(name="Old Post")
    return ground


def suggest(ground: Ground, kind: str, **said: str) -> UUID:
    with ground.database.transaction() as session:
        about = people.at_place(session, ADUR)[0].id
        return suggestions.make(
            session, about=about, authority_code=ADUR, kind=kind, source="the reader's page", by="the reader", at=NOON, **said
        )


def form_of(client: FlaskClient, button: str) -> str:
    """Where the button of the first correction leads."""
    before = client.get("/corrections").get_data(as_text=True).partition(f">{button}</a>")[0]
    return before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def waiting(ground: Ground) -> int:
    with ground.database.reading() as session:
        return len(suggestions.waiting(session))


def leave_empty(ground: Ground, place: str) -> None:
    """Letters to everybody there came back, and the alarm was raised for each."""
    with ground.database.transaction() as session:
        for number, person in enumerate(people.at_place(session, place)):
            if not removals.add(session, person.address, reason=removals.GONE, by="tests", at=NOON + timedelta(minutes=number)):
                continue
            removal = session.exec(select(Removal).where(Removal.address == person.address)).one().id
            (vacancy,) = vacancies.left_by(session, removal)
            vacancies.raise_alarm(session, vacancy, subject=removal, at=NOON + timedelta(minutes=number))


@pytest.mark.parametrize("kind", [WRONG_PERSON, NEW_CONTACT])
def test_a_new_person_is_put_in_anothers_place_and_the_correction_is_taken(ground: Ground, client: FlaskClient, kind: str) -> None:
    suggest(ground, kind, name="New Post", address="new@adur.test")
    form = form_of(client, "Put the new person in their place")
    page = client.get(form).get_data(as_text=True)
    assert 'value="New Post"' in page and 'value="new@adur.test"' in page
    assert waiting(ground) == 1  # looking answers nothing

    assert client.post(form, data={"name": "New Post", "address": "new@adur.test"}).location == "/corrections"

    with ground.database.reading() as session:
        assert [person.address for person in people.at_place(session, ADUR)] == ["new@adur.test"]
    assert waiting(ground) == 0


def test_somebody_else_is_added_beside_whom_it_is_about(ground: Ground, client: FlaskClient) -> None:
    suggest(ground, SOMEBODY_ELSE, name="Second", address="second@adur.test")
    form = form_of(client, "Add this person")

    answer = client.post(form, data={"name": "Second", "address": "second@adur.test", "role": "practitioner", "place": ADUR})

    assert answer.location == "/corrections"
    assert ground.addresses() == ["second@adur.test", "someone@adur.test"]
    assert waiting(ground) == 0


@pytest.mark.parametrize("kind", [NO_LONGER, WRONG_PERSON])
def test_somebody_is_marked_as_left(ground: Ground, client: FlaskClient, kind: str) -> None:
    suggest(ground, kind)

    assert client.post(form_of(client, "Mark this person as left")).location == "/corrections"

    assert ground.addresses() == [] and waiting(ground) == 0


@pytest.mark.parametrize(("reason", "why"), [("", "the reader asked us to stop"), (removals.GONE, "letters to this address came back")])
def test_where_nobody_is_left_an_officer_reads_why_and_adds_somebody_and_nobody_is_said_to_have_left(
    ground: Ground, client: FlaskClient, reason: str, why: str
) -> None:
    with ground.database.transaction() as session:
        (last,) = people.at_place(session, ADUR)
        if reason:
            removals.add(session, last.address, reason=reason, by="tests", at=NOON)
        else:
            preferences.stop(session, last.id, by="the reader", at=NOON)
        removal = session.exec(select(Removal)).one().id
        (vacancy,) = vacancies.left_by(session, removal)
        vacancies.raise_alarm(session, vacancy, subject=removal, at=NOON)

    for address in ("/corrections", f"/authorities/{ADUR}"):
        page = words_on(client.get(address))
        assert f"Nobody is left to write to as practitioner: {why}" in page
        assert "Mark this person as left" not in page and "does not work" not in page
    assert "Found by Countersign, " in words_on(client.get("/corrections"))
    form = form_of(client, "Add somebody else")
    client.post(form, data={"name": "Second", "address": "second@adur.test", "role": "practitioner", "place": ADUR})
    assert ground.addresses() == ["second@adur.test", "someone@adur.test"] and waiting(ground) == 0


def test_where_somebody_came_back_nobody_is_said_to_be_left(ground: Ground, client: FlaskClient) -> None:
    leave_empty(ground, ADUR)
    with ground.database.transaction() as session:
        assert removals.lift(session, "someone@adur.test", by="tests", at=NOON)

    for address in ("/corrections", f"/authorities/{ADUR}", "/corrections/corrections.csv"):
        page = words_on(client.get(address))
        assert "Nobody is left" not in page
        assert (
            "Nobody was left to write to as practitioner (letters to this address came back), and now somebody can be written to again"
            in page
        )


def test_of_an_alarm_that_was_let_be_nobody_is_said_to_have_come_back_until_somebody_has(ground: Ground, client: FlaskClient) -> None:
    leave_empty(ground, ADUR)
    with ground.database.reading() as session:
        (alarm,) = suggestions.waiting(session)
    client.post(f"/corrections/{alarm.id}/let-be")

    assert "Nobody is left to write to as practitioner: letters to this address came back" in words_on(client.get("/corrections"))
    ground.person(address="second@adur.test")
    assert "and now somebody can be written to again" in words_on(client.get("/corrections"))


def test_of_a_council_that_has_come_to_an_end_nobody_is_to_be_found(ground: Ground, client: FlaskClient) -> None:
    leave_empty(ground, ADUR)
    assert "Nobody is left to write to as practitioner at Adur." in (page := words_on(client.get("/"))) and "Find somebody" in page

    with ground.database.transaction() as session:
        reorganisations.end(session, ADUR, on=(NOON - timedelta(days=1)).date(), successors=[], by=ground.house.drafter, at=NOON)

    page = words_on(client.get("/"))
    assert "Find somebody" not in page and "1 correction to who we write to needs an answer" in page
    page = words_on(client.get("/corrections"))
    assert "Nobody is left to write to as practitioner: letters to this address came back: Adur" in page and "nobody can be added" in page


def test_posts_in_which_nobody_is_left_are_one_thing_to_do_and_no_corrections_besides(ground: Ground, client: FlaskClient) -> None:
    ground.person(role="senior_manager", address="head@adur.test")
    leave_empty(ground, ADUR)

    page = words_on(client.get("/"))

    assert "Nobody is left to write to in 2 posts, the first of them senior manager at Adur. For " in page and "See in which" in page
    assert page.count("Nobody is left") == 1 and "correction" not in page
    asked = [many.asked(ground.database, client, address).total() for address in ("/", "/corrections")]
    ground.person(place=BARNET, address="officer@barnet.test")
    leave_empty(ground, BARNET)
    assert "in 3 posts" in words_on(client.get("/")) and "Barnet" in words_on(client.get("/corrections"))
    assert [many.asked(ground.database, client, address).total() for address in ("/", "/corrections")] == asked
    suggest(ground, WRONG_PERSON)
    assert "1 correction to who we write to needs an answer." in (page := words_on(client.get("/"))) and "Answer it" in page


def test_a_post_that_was_filled_and_emptied_again_is_one_in_which_nobody_is_left(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    leave_empty(ground, ADUR)
    ground.person(address="successor@adur.test")

    leave_empty(ground, ADUR)

    clock.forward(timedelta(hours=1))
    with ground.database.reading() as session:
        assert len(suggestions.waiting(session)) == 2
    assert "Nobody is left to write to as practitioner at Adur. For 59 minutes Find somebody" in words_on(client.get("/"))


def test_a_form_that_is_refused_answers_nothing(ground: Ground, client: FlaskClient) -> None:
    suggest(ground, SOMEBODY_ELSE, name="Second", address="no address")
    form = form_of(client, "Add this person")

    page = client.post(form, data={"name": "Second", "address": "no address", "role": "practitioner", "place": ADUR})

    assert page.status_code == 200 and waiting(ground) == 1


def test_a_correction_is_let_be_once(ground: Ground, client: FlaskClient) -> None:
    found = suggest(ground, WRONG_PERSON, note="Not me")

    assert "Let be: nothing was changed" in words_on(client.post(f"/corrections/{found}/let-be", follow_redirects=True))
    assert client.post(f"/corrections/{found}/let-be").status_code == 409
    assert ground.addresses() == ["someone@adur.test"] and waiting(ground) == 0


def test_what_was_let_be_by_mistake_is_put_back_and_waits_again(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    found = suggest(ground, NEW_CONTACT, name="Second", address="second@adur.test")
    assert client.post(f"/corrections/{found}/putting-back").status_code == 409

    page = words_on(client.post(f"/corrections/{found}/let-be", follow_redirects=True))
    assert "There is a new contact: Second second@adur.test" in page and "Put it back" in page

    page = words_on(client.post(f"/corrections/{found}/putting-back", follow_redirects=True))
    assert ("it waits for an answer again" in page and "Add this person" in page) or "in their place" in page
    assert waiting(ground) == 1
    client.post(f"/corrections/{found}/let-be")
    clock.forward(timedelta(days=31))
    assert "Put it back" not in words_on(client.get("/corrections"))


def test_they_are_shown_at_the_authority_on_the_first_page_and_in_a_file(ground: Ground, client: FlaskClient) -> None:
    suggest(ground, NEW_CONTACT, name="=cmd()", address="new@adur.test", note="<script>alert(1)</script>")

    assert "There is a new contact: about Old Post; instead: =cmd() new@adur.test" in words_on(client.get(f"/authorities/{ADUR}"))
    assert "1 correction to who we write to needs an answer" in words_on(client.get("/"))
    assert "<script>alert" not in client.get("/corrections").get_data(as_text=True)
    assert ",'=cmd(),new@adur.test," in client.get("/corrections/corrections.csv").get_data(as_text=True)


def test_an_observer_reads_them_and_finds_nothing_to_press(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    suggest(ground, WRONG_PERSON)
    sign_in("observer", None)

    page = words_on(client.get("/corrections"))
    assert "This is the wrong person to write to: Adur" in page and "Change nothing" not in page


def test_every_kind_has_its_sentence_and_no_waiting_ones_are_said(ground: Ground, client: FlaskClient) -> None:
    assert "No correction waits" in words_on(client.get("/corrections"))
    for number, kind in enumerate(KINDS):
        suggest(ground, kind, note=str(number))
    assert words_on(client.get("/corrections")).count("Said by the reader through the reader's page") == len(KINDS) - 1
    assert "Nobody is left to write to as practitioner: 4: Adur" in words_on(client.get("/corrections"))
