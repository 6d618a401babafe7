"""Choosing a new password by a link: once, for an hour, and whoever was locked out is in again."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Clock
from tests.web.test_signing_in import WRONG, attempt, link_in, notices
from tests.web.test_wrong_tries import elsewhere
from tests.web.visitors import address_of, appoint, words_on
from web.account_letters import NEXT_LINK_AFTER
from web.accounts import MOST_TRIES
from web.wrong_tries import TRIES


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    client.post("/new-password", data={"email": address_of(officer.name)})
    link = link_in(notices(app)[0])

    chosen = client.post(link, data={"password": "another good password", "password_confirm": "another good password"})
    again = client.post(
        link, data={"password": "a third good password", "password_confirm": "a third good password"}, follow_redirects=True
    )

    assert chosen.status_code == 302
    assert "used already" in words_on(again)
    assert attempt(client, officer, "another good password")
    assert [notice.subject for notice in notices(app)][1] == "Your password for LOPP communications was changed"


@pytest.mark.parametrize("strangers", [0, MOST_TRIES // TRIES])
def test_whoever_was_kept_out_by_wrong_passwords_gets_in_again_by_a_link(client: FlaskClient, app: Flask, strangers: int) -> None:
    officer = appoint(app)
    for browser in (client, *(elsewhere(app, number) for number in range(strangers))):
        for _ in range(TRIES):
            attempt(browser, officer, WRONG)
    client.post("/new-password", data={"email": address_of(officer.name)})

    client.post(link_in(notices(app)[0]), data={"password": "another good password", "password_confirm": "another good password"})

    assert attempt(client, officer, "another good password")


def test_one_link_is_sent_in_ten_minutes_however_often_it_is_asked_for(client: FlaskClient, app: Flask, clock: Clock) -> None:
    officer, other = appoint(app), appoint(app, "observer", None)
    for _ in range(3):
        client.post("/new-password", data={"email": address_of(officer.name).upper()})
    client.post("/new-password", data={"email": address_of(other.name)})
    assert sorted(notice.to for notice in notices(app)) == sorted(address_of(one.name) for one in (officer, other))

    clock.forward(NEXT_LINK_AFTER)
    client.post("/new-password", data={"email": address_of(officer.name)})

    assert len(notices(app)) == 3


def test_a_new_password_link_ends_after_an_hour(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    client.post("/new-password", data={"email": address_of(officer.name)})
    link = link_in(notices(app)[0])

    app.config["SECURITY_RESET_PASSWORD_WITHIN"] = timedelta(seconds=-1)
    late = client.get(link, follow_redirects=True)

    assert "out of date" in words_on(late)


def test_asking_for_a_new_password_tells_nobody_whether_there_is_an_account(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)

    known = client.post("/new-password", data={"email": address_of(officer.name)})
    unknown = client.post("/new-password", data={"email": "nobody@posts.test"})

    assert words_on(known) == words_on(unknown)
    assert len(notices(app)) == 1


def test_a_short_new_password_is_refused_by_name(client: FlaskClient, app: Flask) -> None:
    officer = appoint(app)
    client.post("/new-password", data={"email": address_of(officer.name)})

    answer = client.post(link_in(notices(app)[0]), data={"password": "short", "password_confirm": "short"})

    assert "12 characters or more" in words_on(answer)
