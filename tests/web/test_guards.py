"""Who may open and post what, and the headers every answer carries."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.web.visitors import SignIn, words_on
from web.app import create_app


def test_an_observer_may_post_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)

    answer = client.post("/officers/invite", data={})

    assert answer.status_code == 403
    assert "An observer reads everything and changes nothing." in words_on(answer)


def test_an_observer_may_sign_out(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)

    assert client.post("/sign-out").status_code == 302
    assert client.get("/officers").status_code == 302


@pytest.mark.parametrize(("duty", "party"), [("officer", "hse"), ("signatory", "lacors"), ("observer", None)])
def test_only_an_administrator_sees_the_officers(client: FlaskClient, sign_in: SignIn, duty: str, party: str | None) -> None:
    sign_in(duty, party)

    assert client.get("/officers").status_code == 403


def test_signing_out_is_a_form_not_a_link(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in()

    assert client.get("/sign-out").status_code == 405


def test_a_forged_request_is_refused_in_plain_words(settings: Settings, sqlite: Database) -> None:
    client = create_app(settings, sqlite).test_client()

    answer = client.post("/sign-in", data={"email": "a@b.test", "password": "x"})

    assert answer.status_code == 400
    assert "open too long" in words_on(answer)


@pytest.mark.parametrize("path", ["/sign-in", "/new-password", "/new-password/x", "/privacy", "/", "/nothing-here"])
def test_no_page_is_kept_by_a_browser(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/sign-in", "/privacy", "/nothing-here", "/healthz", "/static/app.css"])
def test_every_answer_carries_the_headers_that_keep_a_page_to_itself(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_is_kept_from_scripts_and_in_production_from_plain_http(settings: Settings, sqlite: Database) -> None:
    production = settings.model_copy(update={"env": "production", "secret_key": "k" * 40})
    answer = create_app(production, sqlite).test_client().get("/sign-in", base_url="https://localhost")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Secure" in cookie
    assert "SameSite=Lax" in cookie


def test_the_demonstration_exists_in_development_alone(settings: Settings, sqlite: Database, app: Flask) -> None:
    production = create_app(settings.model_copy(update={"env": "production", "secret_key": "k" * 40}), sqlite)

    for closed in (app, production):
        assert closed.test_client().get("/demo/").status_code == 404
        assert closed.test_client().post("/demo/step/administrator").status_code in {400, 404}
