"""The pages on an empty database, a client, and a clock that tests may move.

def test_something(client, sign_in):
    sign_in("signatory", "lacors")
    assert "Sign" in words_on(client.get("/..."))        # from tests.web.visitors
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.foundation.settings import Settings
from tests.web import visitors
from web.app import create_app


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


@pytest.fixture
def app(settings: Settings, sqlite: Database, clock: Clock) -> Flask:
    """The product's pages; the forged-request guard is off here and has its own tests."""
    app = create_app(settings, sqlite, now=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., Officer]:
    """`sign_in("signatory", "lacors")` signs the client in."""
    return partial(visitors.sign_in, client)
