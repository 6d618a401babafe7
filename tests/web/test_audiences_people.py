"""An officer finds people, adds one, marks one as left, and looks at an authority."""

import pytest
from flask.testing import FlaskClient

from audiences import people, reports
from audiences.reports import Told
from campaigns.briefings import questions
from campaigns.foundation import log
from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.visitors import NOON, SignIn, words_on
from web import histories

TYPED = {"name": "Head of Health", "role": "senior_manager", "place": ADUR, "address": "head@adur.test"}


def test_somebody_added_is_found_by_words_and_role(ground: Ground, client: FlaskClient) -> None:
    assert "Head of Health is added." in words_on(client.post("/people/new", data=TYPED, follow_redirects=True))

    assert "1 in all" in words_on(client.get("/people?words=HEAD+adur"))
    assert "1 in all" in words_on(client.get("/people?role=senior_manager"))
    assert "Nobody matches this" in words_on(client.get("/people?role=practitioner"))
    assert "Nobody matches this" in words_on(client.get("/people?words=%25"))
    assert "head@adur.test" in client.get("/people/people.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name or post"),
        ({"name": "Head\r\nBcc: x@y.test"}, "Remove line breaks"),
        ({"name": "=?utf-8?q?Head?="}, "Type the name as people read it"),
        ({"name": "x" * 121}, "must be 120 characters or fewer"),
        ({"role": ""}, "Choose a role"),
        ({"role": "emperor"}, "Choose a role"),
        ({"role": "union_contact"}, "There is no union contact at Adur"),
        ({"place": ""}, "Choose an authority or body"),
        ({"place": "E00000000"}, "Choose one from the list"),
        ({"address": ""}, "Enter an e-mail address"),
        ({"address": "nobody"}, "is not an e-mail address"),
        ({"address": "a@b.test\r\nBcc: c@d.test"}, "is not an e-mail address"),
        ({"address": "x" * 300 + "@adur.test"}, "must be 254 characters or fewer"),
    ],
)
def test_a_person_that_cannot_be_names_its_field(ground: Ground, client: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    answer = client.post("/people/new", data=TYPED | changes)

    assert answer.status_code == 200
    assert sentence in words_on(answer)
    assert ground.addresses() == []


def test_nobody_is_added_twice(ground: Ground, client: FlaskClient) -> None:
    client.post("/people/new", data=TYPED)
    assert "is already a senior manager at Adur" in words_on(client.post("/people/new", data=TYPED))


def test_somebody_who_left_is_kept_and_gets_no_letters(ground: Ground, client: FlaskClient) -> None:
    person = ground.person()

    assert "has left?" in words_on(client.get(f"/people/{person}/leaving"))
    said = words_on(client.post(f"/people/{person}/leaving", follow_redirects=True))
    assert "is marked as left and gets no more letters." in said  # one on its way to be sent was signed for them

    assert "no: left" in words_on(client.get(f"/people/{person}"))
    assert "Health Officer" in words_on(client.get("/people?left=1"))
    assert client.post(f"/people/{person}/leaving").status_code == 409
    with ground.database.reading() as session:
        assert people.at_place(session, ADUR) == []


def test_looking_at_an_erasure_changes_nothing_and_the_button_erases_for_good(ground: Ground, client: FlaskClient) -> None:
    person, other = ground.person(), ground.person(role="senior_manager", name="Acting head")
    assert f"/people/{person}/erasure" in client.get(f"/people/{person}").get_data(as_text=True)

    asked = words_on(client.get(f"/people/{person}/erasure"))
    assert "Erase Health Officer?" in asked and f"Acting head (senior manager, {ADUR})" in asked
    assert "The letters that were sent stay provable; nobody can tell any more whose they were." in asked
    assert "someone@adur.test" in words_on(client.get(f"/people/{person}"))

    assert "The person is erased." in words_on(client.post(f"/people/{person}/erasure", follow_redirects=True))

    for path in (f"/people/{person}", f"/people/{other}", "/people", "/people?left=1", "/people/people.csv?left=1", f"/authorities/{ADUR}"):
        page = client.get(path).get_data(as_text=True)
        assert "someone@adur.test" not in page and "Health Officer" not in page and "Acting head" not in page
    assert "no: erased" in words_on(client.get(f"/people/{person}"))
    assert "/erasure" not in client.get(f"/people/{person}").get_data(as_text=True)
    assert "Nobody matches this" in words_on(client.get("/people?left=1"))
    assert (client.get(f"/people/{person}/erasure").status_code, client.post(f"/people/{person}/erasure").status_code) == (409, 409)


def test_an_erasure_says_before_and_after_where_passages_stay_that_may_name_them(ground: Ground, client: FlaskClient) -> None:
    person, briefing, by = ground.person(name="Head of Health"), ground.held(), ground.house.drafter
    told = Told("call", "confirmed", (BARNET,), NOON.date(), "Call with the head of health")
    with ground.database.transaction() as session:
        reports.record(session, ground.campaign, told, by=by, at=NOON)
        for text in ("Does the head of health come?", "When?", "Ask the Head of Health."):
            questions.raise_one(session, briefing, question=text, authority_code=None, by=by, at=NOON)

    page = client.get(f"/people/{person}/erasure").get_data(as_text=True)
    done = words_on(client.post(f"/people/{person}/erasure", follow_redirects=True))

    places = [
        (f"/briefings/{briefing}", "The briefing of Wales liaison group, campaign “LOPP”", "2 passages"),
        (f"/coverage/recorded?campaign={ground.campaign}", "What was recorded by hand, campaign “LOPP”", "1 passage"),
    ]
    for path, title, number in places:
        assert f'href="{path}">{title}</a>: {number}<' in page and f"{title}: {number} may name them yet." in done
    with ground.database.reading() as session:
        assert [line.what for line in histories.lines(log.latest(session, 1))] == [
            "erased a person, and left 3 passages that may name them"
        ]


def test_an_authority_says_who_is_missing(ground: Ground, client: FlaskClient) -> None:
    ground.person()

    said = words_on(client.get(f"/authorities/{ADUR}"))

    assert "Find out who is the elected member and the senior manager here." in said
    assert said.count("nobody to write to") == 2
    assert "South East liaison group" in said
    assert "Nothing yet" in said


def test_an_authority_shows_what_it_was_sent_and_where_it_was_briefed(ground: Ground, client: FlaskClient) -> None:
    release = ground.agreed()
    ground.touch(ADUR, "practitioner", "confirmed", f"read:{release}:0")

    said = words_on(client.get(f"/authorities/{ADUR}"))

    assert "Confirmed: confirmed by the reader" in said
    assert "What LOPP is" in said


def test_the_list_of_authorities_can_be_narrowed_and_downloaded(ground: Ground, client: FlaskClient) -> None:
    assert "1 to 50 of 350 authorities" in words_on(client.get("/authorities"))
    assert "1 to 50 of 382 authorities" in words_on(client.get("/authorities?opted_in=1"))
    assert "1 to 22 of 22 authorities" in words_on(client.get("/authorities?nation=Wales"))
    assert "1 in all" in words_on(client.get("/authorities?words=e07000223"))
    assert "No authority matches this" in words_on(client.get("/authorities?nation=Atlantis"))
    assert len(client.get("/authorities/authorities.csv?region=London").get_data(as_text=True).splitlines()) == 34


def test_the_form_knows_where_it_was_opened_from(ground: Ground, client: FlaskClient) -> None:
    page = client.get(f"/people/new?place={BARNET}&role=practitioner").get_data(as_text=True)
    assert f'value="{BARNET}" selected' in page
    assert page.count("checked") == 1


@pytest.mark.parametrize(
    "path", ["/people?page=99999", "/people?page=-1", "/people?page=x", "/authorities?page=1e9", f"/people?words={'x' * 5000}"]
)
def test_an_address_typed_wrong_is_answered(ground: Ground, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_an_observer_is_led_to_no_erasure(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    person = ground.person()
    sign_in("observer", None)
    assert "/erasure" not in client.get(f"/people/{person}").get_data(as_text=True)
