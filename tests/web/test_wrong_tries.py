"""Wrong passwords close an account to whoever typed them; only very many close it to its officer."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Clock
from tests.web.test_signing_in import WRONG, attempt
from tests.web.visitors import PASSWORD, appoint, code_now, desk_of
from web import accounts
from web.accounts import MOST_TRIES
from web.wrong_tries import CLOSED_FOR, TRIES


def elsewhere(app: Flask, number: int, network: str = "192.0.2.") -> FlaskClient:
    """A browser at another address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = f"{network}{number}"
    return client


def test_a_stranger_keeps_no_officer_out(client: FlaskClient, app: Flask) -> None:
    officer, stranger = appoint(app), elsewhere(app, 1)

    assert not any(attempt(stranger, officer, WRONG) for _ in range(3 * TRIES))

    assert not attempt(stranger, officer, PASSWORD)
    assert attempt(client, officer, PASSWORD)


def test_a_stranger_with_a_network_of_their_own_keeps_no_officer_out(app: Flask) -> None:
    officer = appoint(app)
    for number in range(2 * MOST_TRIES):
        attempt(elsewhere(app, number, "2001:db8:1:2::"), officer, WRONG)

    assert not attempt(elsewhere(app, 1, "2001:db8:1:2:3::"), officer, PASSWORD)
    assert attempt(elsewhere(app, 1, "2001:db8:1:3::"), officer, PASSWORD)
    assert attempt(elsewhere(app, 1, "::ffff:192.0.2."), officer, PASSWORD)


def test_very_many_strangers_close_an_account_to_everybody_for_a_while(client: FlaskClient, app: Flask, clock: Clock) -> None:
    officer = appoint(app)
    for number in range(MOST_TRIES // TRIES):
        for _ in range(TRIES):
            attempt(elsewhere(app, number), officer, WRONG)

    assert not attempt(app.test_client(), officer, PASSWORD)

    clock.forward(CLOSED_FOR)
    assert not attempt(elsewhere(app, MOST_TRIES), officer, WRONG)  # one more does not close it again
    assert attempt(app.test_client(), officer, PASSWORD)


def test_signing_in_again_gives_whoever_guesses_codes_no_more_tries(app: Flask, clock: Clock) -> None:
    officer = appoint(app)
    with desk_of(app).database.reading() as session:
        account = accounts.of_officer(session, officer.id)
    for number in range(TRIES):
        with app.test_request_context():
            assert not accounts.is_themselves(account, password=PASSWORD, code="000000")
        if number < TRIES - 1:
            assert attempt(app.test_client(), officer, PASSWORD)

    with app.test_request_context():
        for _ in range(2):  # a code that was guessed opens nothing for the next
            assert not accounts.is_themselves(account, password=PASSWORD, code=code_now())
            clock.forward(timedelta(minutes=1))
