"""Sessions end: on the server when somebody signs out, and twelve hours after the password was entered."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from campaigns.foundation import clock
from tests.web.visitors import SignIn, words_on
from web.accounts import SIGNED_IN_FOR

MINUTE = timedelta(minutes=1)


def kept(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with a copy of this one's cookie."""
    cookie, other = client.get_cookie("countersign"), app.test_client()
    assert cookie
    other.set_cookie("countersign", cookie.value)
    return other


def is_in(client: FlaskClient) -> bool:
    """Whether it is signed in."""
    return client.get("/officers").status_code != 302


def test_a_cookie_that_was_kept_opens_nothing_once_its_officer_has_signed_out(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in()
    other = kept(client, app)
    assert is_in(other)

    answer = client.post("/sign-out", follow_redirects=True)

    assert "You are signed out, here and wherever else you were signed in." in words_on(answer)
    assert not is_in(other)
    assert not is_in(client)


def test_whoever_signed_out_elsewhere_while_they_wrote_finds_their_words(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in("officer", "hse")
    other, ours = kept(client, app), {"Origin": "http://localhost"}
    client.post("/sign-out")

    answer = other.post("/messages/new", data={"core": "An hour's words"}, headers=ours)
    pressed = other.post("/messages/new", data={"core": ""}, headers=ours)

    assert (answer.status_code, pressed.status_code) == (400, 302)
    assert "You are signed out" in words_on(answer) and "An hour's words" in words_on(answer)


def test_a_visitor_who_signs_out_ends_nobodys_session(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    sign_in()

    app.test_client().post("/sign-out")

    assert is_in(client)


def test_whoever_signed_out_signs_in_again(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in()
    sign_in()

    assert is_in(client)


@pytest.mark.parametrize(("since", "stays"), [(SIGNED_IN_FOR - MINUTE, True), (SIGNED_IN_FOR + MINUTE, False)])
def test_a_session_ends_twelve_hours_after_the_password_however_much_it_is_used(
    client: FlaskClient, sign_in: SignIn, since: timedelta, stays: bool
) -> None:
    sign_in()
    with client.session_transaction() as session:
        session["fs_paa"] = (clock.now() - since).timestamp()

    assert is_in(client) == stays


@pytest.mark.parametrize(("since", "stays"), [(SIGNED_IN_FOR - MINUTE, True), (SIGNED_IN_FOR + MINUTE, False)])
def test_a_cookie_that_was_not_used_for_twelve_hours_opens_nothing(
    client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, since: timedelta, stays: bool
) -> None:
    then: datetime = clock.now() - since
    with monkeypatch.context() as patched:
        patched.setattr(TimestampSigner, "get_timestamp", lambda _: int(then.timestamp()))
        sign_in()

    assert is_in(client) == stays
