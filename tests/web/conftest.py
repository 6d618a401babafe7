"""The pages on an empty database, a client, and a clock that tests may move.

def test_something(client, sign_in):
    sign_in("signatory", "lacors")
    assert "Sign" in words_on(client.get("/..."))        # from tests.web.visitors
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns.agreement import remembering
from tests.web import grounds, letters_out, visitors
from tests.web.grounds import Ground
from tests.web.letters_out import Out
from tests.web.office import Office, open_office
from tests.web.visitors import SignIn
from web import limits, wrong_tries
from web.app import create_app
from web.desk import EXTENSION, Desk

COMPILER = remembering.compiler()  # what was compiled for one test need not be for the next


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = visitors.NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, span: timedelta) -> None:
        """Let time pass."""
        self.at += span


@pytest.fixture
def clock() -> Clock:
    """Tuesday 24 November 2026, noon."""
    return Clock()


@pytest.fixture(scope="session")
def pages() -> Flask:
    """The application, made once: compiling its templates is most of what a page test costs."""
    return create_app(Settings(env="test"), Database("sqlite://"))


@pytest.fixture
def app(pages: Flask, settings: Settings, sqlite: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The product's pages on this test's own database; the forged-request guard is off here and has its own tests."""
    monkeypatch.setattr(letters, "compile_letter", COMPILER)
    config = dict(pages.config)
    pages.extensions[EXTENSION] = Desk(settings, sqlite, clock)
    for counted in (limits.KEPT, wrong_tries.KEPT):
        pages.extensions.pop(counted, None)
    pages.config["WTF_CSRF_ENABLED"] = False
    yield pages
    pages.config.clear()
    pages.config.update(config)


@pytest.fixture
def served(app: Flask, on_postgres: Database) -> Flask:
    """The pages on PostgreSQL."""
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], database=on_postgres)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient) -> SignIn:
    """`sign_in("signatory", "lacors")` signs the client in."""
    return partial(visitors.sign_in, client)


@pytest.fixture
def ground(sqlite: Database, sign_in: SignIn) -> Ground:
    """A founded installation, and an officer of HSE signed in."""
    ground = grounds.found(sqlite)
    sign_in("officer", "hse")
    return ground


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign."""
    return open_office(client)


@pytest.fixture
def out(client: FlaskClient) -> Out:
    """Five letters that went."""
    return letters_out.sent(client)
