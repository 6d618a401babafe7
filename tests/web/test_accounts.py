"""Accounts on each engine that answers: made, closed for a while, ended."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotFound, Refused
from campaigns.foundation.settings import Settings
from tests.web.visitors import CODE_SECRET, NOON, PASSWORD, address_of, appoint, code_now, sign_in, words_on
from web import accounts
from web.accounts import MOST_TRIES
from web.app import create_app
from web.wrong_tries import CLOSED_FOR, TRIES


def test_an_account_is_made_closed_for_a_while_and_ended(database: Database, settings: Settings) -> None:
    app = create_app(settings, database, now=lambda: NOON)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, "administrator", None)
    leaver = sign_in(client, "officer", "hse")

    with app.test_request_context(), database.transaction() as session, pytest.raises(Invalid, match="already an account"):
        accounts.add(session, leaver, email=address_of(leaver.name).upper(), at=NOON)

    with app.test_request_context(), database.reading() as session:
        account = accounts.of_officer(session, leaver.id)
        session.expunge(account)
    with app.test_request_context():
        assert accounts.is_themselves(account, password=PASSWORD, code=code_now())
        for _ in range(TRIES):
            assert not accounts.is_themselves(account, password="wrong", code="")
        assert not accounts.is_themselves(account, password=PASSWORD, code=code_now())

    administrator = appoint(app, "administrator", None)
    with app.test_request_context(), database.transaction() as session:
        accounts.close_for_good(session, leaver.id, by=administrator, at=NOON)
    assert client.get("/officers").status_code == 302
    with app.test_request_context(), database.transaction() as session, pytest.raises(NotFound, match="they have left"):
        accounts.close_for_good(session, leaver.id, by=administrator, at=NOON)


def test_the_only_administrator_is_not_offered_to_leave_and_is_told_why(client: FlaskClient) -> None:
    alone = sign_in(client, "administrator", None)
    why = f"{alone.name} is the only administrator. Invite another first."

    assert f"/officers/{alone.id}/leaving" not in (page := client.get("/officers")).text and "the only administrator" in words_on(page)
    said = client.get(f"/officers/{alone.id}/leaving")
    assert said.status_code == 200 and why in words_on(said) and "End this account" not in words_on(said)
    assert why in words_on(client.post(f"/officers/{alone.id}/leaving"))

    appoint(client.application, "administrator", None, name="Another administrator")
    assert f"/officers/{alone.id}/leaving" in client.get("/officers").text
    assert "End this account" in words_on(client.get(f"/officers/{alone.id}/leaving"))


def test_an_administrator_may_leave_while_there_is_another(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    one, two = (appoint(app, "administrator", None, name=name) for name in ("One administrator", "Another administrator"))
    with app.test_request_context(), sqlite.transaction() as session:
        accounts.close_for_good(session, one.id, by=two, at=NOON)
        session.flush()
        with pytest.raises(Refused, match="only administrator"):
            accounts.close_for_good(session, two.id, by=two, at=NOON)


def test_a_password_that_was_replaced_while_it_was_looked_at_is_good_no_more(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    app.config["WTF_CSRF_ENABLED"] = False
    officer = sign_in(app.test_client(), "officer", "hse")
    with app.test_request_context(), sqlite.transaction() as session:
        before = accounts.of_officer(session, officer.id)
        session.expunge(before)
        accounts.choose_password(session, accounts.of_officer(session, officer.id), "another password of theirs")

    with app.test_request_context():
        assert not accounts.is_themselves(before, password=PASSWORD, code=code_now())


@pytest.mark.parametrize("email", ["ä@adur.test", "x@münchen.gov.uk", "x@xn--mnchen-3ya.gov.uk", f"{'a' * 65}@adur.test"])
def test_nobody_is_invited_at_an_address_that_no_relay_takes(settings: Settings, sqlite: Database, email: str) -> None:
    with create_app(settings, sqlite).test_request_context(), pytest.raises(Invalid, match="Enter an e-mail address"):
        accounts.readable(email)


def test_whoever_was_invited_and_has_chosen_no_password_yet_is_not_invited_beside(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    with app.test_request_context(), sqlite.transaction() as session:
        invited, other = (officers.add(session, name=name, party="hse", duty="officer", by="test", at=NOON) for name in ("One", "Other"))
        accounts.add(session, invited, email="new@posts.test", at=NOON)

        with pytest.raises(Invalid, match="already an account"):
            accounts.add(session, other, email="new@posts.test", at=NOON)


def test_a_password_hashed_in_an_older_way_is_hashed_anew_as_its_officer_signs_in(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    app.config["WTF_CSRF_ENABLED"] = False
    officer, older = appoint(app), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with sqlite.transaction() as session:
        accounts.of_officer(session, officer.id).password = older

    sign_in(app.test_client(), "officer", "hse")

    with app.test_request_context(), sqlite.reading() as session:
        account = accounts.of_officer(session, officer.id)
        assert account.password != older and accounts.matches(account, PASSWORD)


def test_an_address_and_a_password_are_known_however_they_are_typed(settings: Settings, sqlite: Database) -> None:
    typed = "pässwörd of theirs"
    with create_app(settings, sqlite).test_request_context(), sqlite.transaction() as session:
        officer = officers.add(session, name="One", party="hse", duty="officer", by="test", at=NOON)
        account = accounts.add(session, officer, email="New@Posts.test", at=NOON, password=typed)

        assert accounts.by_email(session, "NEW@posts.TEST") == account
        assert all(accounts.matches(account, unicodedata.normalize(form, typed)) for form in ("NFC", "NFD", "NFKC"))


def test_tries_while_it_is_closed_to_one_visitor_close_an_account_to_nobody_else(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    officer = appoint(app)
    with sqlite.reading() as session:
        account = accounts.of_officer(session, officer.id)

    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        assert not any(accounts.tried(account, right=False, at=NOON) for _ in range(2 * MOST_TRIES))
        assert not accounts.tried(account, right=True, at=NOON)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.2"}):
        assert accounts.tried(account, right=True, at=NOON)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        assert [accounts.tried(account, right=right, at=NOON + CLOSED_FOR) for right in (False, True)] == [False, True]


def test_the_code_that_set_up_an_app_is_good_for_nothing_else(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite, now=lambda: NOON)
    officer = appoint(app)
    with app.test_request_context(), sqlite.transaction() as session:
        account = accounts.of_officer(session, officer.id)
        account.code_secret = account.code_step = None
        accounts.set_up_codes(session, account, CODE_SECRET, code=code_now(), by=officer, at=NOON)

        assert not accounts.entered(session, account, matches=True, code=code_now())
