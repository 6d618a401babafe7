"""Signing in, being locked out, leaving, being invited."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from campaigns.delivery.notices import Notice
from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from tests.web.conftest import Clock
from tests.web.visitors import PASSWORD, SignIn, address_of, appoint, code_now, desk_of, title_of, words_on
from web import accounts
from web.wrong_tries import CLOSED_FOR, TRIES

WRONG = "not the password"


def attempt(client: FlaskClient, officer: Officer, password: str) -> bool:
    """Whether a try to sign in succeeded."""
    return client.post("/sign-in", data={"email": address_of(officer.name), "password": password}).status_code == 302


def notices(app: Flask) -> list[Notice]:
    """Every notice written."""
    with desk_of(app).database.transaction() as session:
        return list(session.exec(select(Notice)))


def link_in(notice: Notice) -> str:
    """The path of the link in a notice's text."""
    found = re.search(r"http://localhost:8000(/\S+)", notice.text or "")
    assert found
    return found[1]


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(client: FlaskClient, app: Flask) -> None:
    administrator = appoint(app, "administrator", None)

    asked = client.get("/officers")
    answer = client.post(asked.headers["Location"], data={"email": address_of(administrator.name), "password": PASSWORD})

    assert answer.headers["Location"].endswith("/officers")
    assert "Officers" in words_on(client.get("/officers"))


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)

    wrong = client.post("/sign-in", data={"email": address_of(officer.name), "password": WRONG})
    unknown = client.post("/sign-in", data={"email": "nobody@posts.test", "password": WRONG})

    assert words_on(wrong) == words_on(unknown)
    assert "not right" in words_on(wrong)
    assert title_of(wrong).startswith("Error: ")


def test_an_empty_sign_in_names_both_fields(client: FlaskClient) -> None:
    answer = words_on(client.post("/sign-in", data={}))

    assert "Enter your e-mail address" in answer
    assert "Enter your password" in answer


def test_five_wrong_passwords_close_an_account_for_a_quarter_of_an_hour(client: FlaskClient, app: Flask, clock: Clock) -> None:
    officer = appoint(app)
    for _ in range(TRIES):
        assert not attempt(client, officer, WRONG)

    assert not attempt(client, officer, PASSWORD)

    clock.forward(CLOSED_FOR)
    assert attempt(client, officer, PASSWORD)


def test_a_closed_account_says_nothing_a_wrong_password_does_not(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    wrong = [client.post("/sign-in", data={"email": address_of(officer.name), "password": WRONG}) for _ in range(TRIES + 1)]

    right = client.post("/sign-in", data={"email": address_of(officer.name), "password": PASSWORD})

    assert {words_on(answer) for answer in [*wrong, right]} == {words_on(wrong[0])}


def test_a_right_password_wipes_the_count(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    for _ in range(2):
        for _ in range(TRIES - 1):
            attempt(client, officer, WRONG)
        assert attempt(client, officer, PASSWORD)
        client.post("/sign-out")
    with desk_of(app).database.reading() as session:
        assert accounts.of_officer(session, officer.id).failed_tries == 0  # nor do years of slips close it to everybody


def test_a_password_re_entered_to_sign_counts_towards_closing(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    with app.test_request_context(), desk_of(app).database.transaction() as session:
        account = accounts.of_officer(session, officer.id)
    with app.test_request_context():
        assert accounts.is_themselves(account, password=PASSWORD, code=code_now())
        assert [accounts.is_themselves(account, password=WRONG, code="") for _ in range(TRIES)] == [False] * TRIES

        assert not accounts.is_themselves(account, password=PASSWORD, code=code_now())

    assert not attempt(client, officer, PASSWORD)


def test_a_password_with_an_invisible_character_is_wrong_and_breaks_nothing(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)

    answer = client.post("/sign-in", data={"email": address_of(officer.name), "password": "a\x00b"})

    assert answer.status_code == 200
    assert title_of(answer).startswith("Error: ")


def test_an_account_ends_at_once_when_its_officer_leaves(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    leaver = sign_in("officer", "hse")
    appoint(app, "administrator", None)
    other = app.test_client()
    other.post("/sign-in", data={"email": address_of("administrator of neither"), "password": PASSWORD})

    other.post(f"/officers/{leaver.id}/leaving")

    assert "/sign-in" in client.get("/officers").headers["Location"]
    assert not attempt(client, leaver, PASSWORD)


def test_the_only_administrator_cannot_be_let_go(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    administrator = sign_in("administrator", None)

    for answer, status in ((client.get(page := f"/officers/{administrator.id}/leaving"), 200), (client.post(page), 422)):
        assert answer.status_code == status
        assert "only administrator" in words_on(answer)
    with desk_of(app).database.reading() as session:
        assert officers.get(session, administrator.id)


def test_an_invitation_is_good_once(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in("administrator", None)
    client.post("/officers/invite", data={"name": "Reader, HSE", "email": "reader@posts.test", "duty": "observer", "party": ""})
    link = link_in(notices(app)[0])
    chosen = {"password": "a good first password", "again": "a good first password"}

    assert client.post(link, data=chosen).status_code == 302

    again = app.test_client().post(link, data=chosen)
    assert again.status_code == 404
    assert "used already" in words_on(again)


def test_an_invitation_ends_after_seven_days(client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock) -> None:
    sign_in("administrator", None)
    client.post("/officers/invite", data={"name": "Reader, HSE", "email": "reader@posts.test", "duty": "observer", "party": ""})

    clock.forward(timedelta(days=7, seconds=1))

    assert client.get(link_in(notices(app)[0])).status_code == 404


def test_an_invitation_that_cannot_be_used_names_each_field(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in("administrator", None)

    answer = client.post("/officers/invite", data={"name": "", "email": "nonsense", "duty": "king", "party": "dti"})
    taken = client.post(
        "/officers/invite", data={"name": "B", "email": address_of("administrator of neither"), "duty": "observer", "party": ""}
    )
    partyless = client.post("/officers/invite", data={"name": "B", "email": "b@posts.test", "duty": "officer", "party": ""})

    assert title_of(answer).startswith("Error: ")
    assert "Enter the post" in words_on(answer)
    assert "Choose a duty" in words_on(answer)
    assert "already an account" in words_on(taken)
    assert "Choose the party" in words_on(partyless)
    with desk_of(app).database.reading() as session:
        assert len(officers.everyone(session)) == 1


def test_whoever_left_is_invited_again_with_the_same_address_as_a_new_account(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in("administrator", None)
    leaver = appoint(app)
    client.post(f"/officers/{leaver.id}/leaving")

    again = {"name": leaver.name, "email": address_of(leaver.name).upper(), "duty": "officer", "party": "hse"}
    assert client.post("/officers/invite", data=again).status_code == 302

    assert attempt(app.test_client(), leaver, PASSWORD) is False
    chosen = {"password": "a good first password", "again": "a good first password"}
    assert app.test_client().post(link_in(notices(app)[-1]), data=chosen).status_code == 302
    assert attempt(app.test_client(), leaver, "a good first password")
