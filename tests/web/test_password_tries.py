"""Trying passwords: it holds up nobody who writes, and there are only so many tries a minute."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask_security.forms
import flask_security.views
import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.foundation.officers import OfficerRecord
from tests.web.conftest import Clock
from tests.web.visitors import PASSWORD, address_of, appoint, code_now, desk_of
from web import account_sign_in, accounts, limits
from web.accounts import Account
from web.wrong_tries import TRIES

WRONG = "not the password"


def writing_inside(app: Flask, look: Callable[..., Any], done: list[str]) -> Callable[..., Any]:
    """A look at a password during which somebody else writes a row; on SQLite that would wait for whoever is writing."""

    def looked(*args: Any, **kwargs: Any) -> Any:
        with desk_of(app).database.transaction() as session:
            session.add(OfficerRecord(name=f"another {len(done)}", duty="observer", joined_at=desk_of(app).clock()))
        done.append("written")
        return look(*args, **kwargs)

    return looked


@pytest.fixture
def done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What others wrote while a password was looked at."""
    found: list[str] = []
    monkeypatch.setattr(Account, "verify_and_update_password", writing_inside(app, Account.verify_and_update_password, found))
    monkeypatch.setattr(accounts, "verify_password", writing_inside(app, accounts.verify_password, found))
    for module in (flask_security.forms, flask_security.views, account_sign_in):
        monkeypatch.setattr(module, "hash_password", writing_inside(app, module.hash_password, found))
    return found


@pytest.mark.parametrize("password", [PASSWORD, WRONG])
@pytest.mark.parametrize("name", ["officer of hse", "nobody"])
def test_others_write_while_a_password_is_looked_at(client: FlaskClient, app: Flask, done: list[str], name: str, password: str) -> None:
    appoint(app)

    client.post("/sign-in", data={"email": address_of(name), "password": password})

    assert done == ["written"]


@pytest.mark.parametrize("name", ["officer of hse", "nobody"])
def test_others_write_while_a_link_is_asked_for(client: FlaskClient, app: Flask, name: str, done: list[str]) -> None:
    appoint(app)

    client.post("/new-password", data={"email": address_of(name)})

    assert done == ["written"]


def test_others_write_while_a_password_is_looked_at_to_sign(app: Flask, done: list[str]) -> None:
    officer = appoint(app)
    with desk_of(app).database.reading() as session:
        account = accounts.of_officer(session, officer.id)

    with app.test_request_context():
        assert accounts.is_themselves(account, password=PASSWORD, code=code_now())

    assert done == ["written"]


def test_whoever_gets_it_right_to_sign_has_all_tries_again(app: Flask, clock: Clock) -> None:
    officer = appoint(app)
    with desk_of(app).database.reading() as session:
        account = accounts.of_officer(session, officer.id)

    with app.test_request_context():
        for _ in range(3):
            for _ in range(TRIES - 1):
                assert not accounts.is_themselves(account, password=WRONG, code=code_now())
            assert accounts.is_themselves(account, password=PASSWORD, code=code_now())
            clock.forward(timedelta(minutes=1))  # a code is good once


def test_a_password_that_was_replaced_while_it_was_looked_at_opens_nothing(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    with desk_of(app).database.reading() as session:
        seen = accounts.of_officer(session, officer.id)
    with app.test_request_context(), desk_of(app).database.transaction() as session:
        accounts.choose_password(session, accounts.of_officer(session, officer.id), "another good password")

    with app.test_request_context():
        assert not accounts.tried(seen, right=True, at=desk_of(app).clock())

    assert client.post("/sign-in", data={"email": seen.email, "password": "another good password"}).status_code == 302


@pytest.mark.parametrize(("path", "fields"), [("/sign-in", {"password": WRONG}), ("/new-password", {})])
def test_a_visitor_tries_only_so_many_passwords_a_minute(client: FlaskClient, path: str, fields: dict[str, str]) -> None:
    tries = [client.post(path, data={"email": "nobody@posts.test", **fields}) for _ in range(limits.TRIES + 1)]

    assert {answer.status_code for answer in tries[:-1]} == {200}
    assert tries[-1].status_code == 429
    assert client.get("/sign-in").status_code == 200
    elsewhere = client.post(path, data={"email": "nobody@posts.test", **fields}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200
