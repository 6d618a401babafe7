"""The app that shows codes: set up once, and replaced only by whoever has the app that stands."""

import base64
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.foundation import log
from campaigns.foundation.errors import Stale
from campaigns.foundation.officers import Officer
from tests.web.conftest import Clock
from tests.web.visitors import CODE_SECRET, PASSWORD, SignIn, desk_of, words_on
from web import accounts, codes
from web.accounts import Account

THEIRS = base64.b32encode(b"whoever has stolen a password").decode("ascii")[:32]


def account_of(app: Flask, officer: Officer) -> Account:
    """An officer's account as it stands."""
    with desk_of(app).database.reading() as session:
        return accounts.of_officer(session, officer.id)


def facts(app: Flask, officer: Officer) -> list[str]:
    """How often the log says that an app was set up."""
    with desk_of(app).database.reading() as session:
        return [entry.by for entry in log.history(session, officer.id) if entry.kind == "CodesSetUp"]


def without_an_app(app: Flask, officer: Officer) -> None:
    """Nothing was set up yet."""
    with desk_of(app).database.transaction() as session:
        accounts.of_officer(session, officer.id).code_secret = None


def offered(client: FlaskClient) -> str:
    """The key that the page shows."""
    found = re.search(r"<code>([A-Z2-7]{32})</code>", client.get("/passkeys/codes").get_data(as_text=True))
    assert found
    return found[1]


def replace(client: FlaskClient, clock: Clock, **other: str) -> TestResponse:
    """Set up the app that has the key the page shows, as whoever has everything that is asked for, but for what is said."""
    asked = {"code": codes.at(offered(client), clock()), "password": PASSWORD, "old_code": codes.at(CODE_SECRET, clock())}
    return client.post("/passkeys/codes", data={**asked, **other})


def test_a_first_app_is_set_up_and_recorded(client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock) -> None:
    officer = sign_in("signatory", "hse")
    without_an_app(app, officer)
    secret = offered(client)

    assert client.post("/passkeys/codes", data={"code": codes.at(secret, clock())}).status_code == 302

    assert account_of(app, officer).code_secret == secret
    assert facts(app, officer) == [officer.name]


def test_another_app_asks_for_the_password_and_a_code_of_the_old_one(
    client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock
) -> None:
    officer = sign_in("signatory", "hse")

    for missing in ({"password": ""}, {"old_code": ""}, {"password": "not the password"}, {"old_code": "000000"}):
        assert replace(client, clock, **missing).status_code == 200
    assert (account_of(app, officer).code_secret, facts(app, officer)) == (CODE_SECRET, [])

    secret = offered(client)
    assert replace(client, clock).status_code == 302
    assert (account_of(app, officer).code_secret, facts(app, officer)) == (secret, [officer.name])


@pytest.mark.parametrize("secret", [THEIRS, "A", "!!!!", "é"])
def test_a_secret_that_a_browser_brings_is_not_looked_at(
    client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock, secret: str
) -> None:
    officer = sign_in("signatory", "hse")
    without_an_app(app, officer)

    answer = client.post("/passkeys/codes", data={"secret": secret, "code": codes.at(THEIRS, clock())})

    assert answer.status_code == 200
    assert "This is not the code the app shows now" in words_on(answer)
    assert account_of(app, officer).code_secret is None


def test_another_app_makes_no_spent_half_minute_good_again(client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock) -> None:
    officer = sign_in("signatory", "hse")
    secret = offered(client)
    earlier = codes.at(secret, clock() - timedelta(seconds=codes.SECONDS))

    assert replace(client, clock, code=earlier).status_code == 302

    standing = account_of(app, officer)
    with app.test_request_context():
        assert not accounts.is_themselves(standing, password=PASSWORD, code=earlier)
        assert not accounts.is_themselves(standing, password=PASSWORD, code=codes.at(secret, clock()))


def test_of_two_who_set_up_a_first_app_at_once_the_second_is_refused(
    client: FlaskClient, app: Flask, sign_in: SignIn, clock: Clock
) -> None:
    officer = sign_in("signatory", "hse")
    without_an_app(app, officer)
    seen = account_of(app, officer)
    replaced = codes.at(offered(client), clock())
    assert client.post("/passkeys/codes", data={"code": replaced}).status_code == 302

    with desk_of(app).database.transaction() as session, pytest.raises(Stale):
        accounts.set_up_codes(session, seen, THEIRS, code=codes.at(THEIRS, clock()), by=officer, at=clock())


def test_whoever_lost_their_app_reads_what_to_do(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("signatory", "hse")

    assert "If you have lost your old app" in words_on(client.get("/passkeys/codes"))
