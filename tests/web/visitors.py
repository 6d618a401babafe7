"""People who come to the pages in tests: sign them in by duty and party, read what a page says."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from web import accounts, codes, desk
from web.app import create_app
from web.desk import Desk

SignIn = Callable[..., Officer]
PASSWORD = "a password for tests"
CODE_SECRET = "A" * 32
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def desk_of(app: Flask) -> Desk:
    """What the application was made with."""
    found = app.extensions["countersign"]
    assert isinstance(found, Desk)
    return found


def under_a_new_secret(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    """Visitors of the same installation once its secret was replaced: where the old one stands among the former ones, and where it was forgotten."""
    known, fresh = desk_of(app), {"secret_key": "k" * 40}
    changes = ({**fresh, "former_secret_keys": known.settings.secret_key}, fresh)
    kept, forgot = (create_app(known.settings.model_copy(update=change), known.database, now=known.clock) for change in changes)
    return kept.test_client(), forgot.test_client()


def appoint(app: Flask, duty: str = "officer", party: str | None = "hse", *, name: str | None = None) -> Officer:
    """An officer with an account whose password is PASSWORD; the same one when asked again."""
    name = name or f"{duty} of {party or 'neither'}"
    with app.test_request_context(), desk_of(app).database.transaction() as session:
        account = accounts.by_email(session, address_of(name))
        if account is not None:
            return officers.get(session, account.officer_id)
        officer = officers.add(session, name=name, party=party, duty=duty, by="tests", at=NOON)
        accounts.add(session, officer, email=address_of(name), password=PASSWORD, at=NOON).code_secret = CODE_SECRET
        return officer


def code_now() -> str:
    """What the app of any test officer shows on the signed-in application's clock."""
    return codes.at(CODE_SECRET, desk.now())


def address_of(name: str) -> str:
    """The e-mail address of a test officer's account."""
    return re.sub(r"[^a-z]+", "-", name.lower()) + "@posts.test"


def sign_in(client: FlaskClient, duty: str = "officer", party: str | None = "hse", *, name: str | None = None) -> Officer:
    """Sign in through the page, as whoever holds this duty; signs out whoever was there."""
    officer = appoint(client.application, duty, party, name=name)
    client.post("/sign-out")
    answer = client.post("/sign-in", data={"email": address_of(officer.name), "password": PASSWORD})
    assert answer.status_code == 302, words_on(answer)
    return officer


def seen_on(answer: TestResponse) -> str:
    """What a page's form carries of what was shown."""
    return html.unescape(answer.get_data(as_text=True).split('name="seen"', 1)[1].split('value="', 1)[1].split('"', 1)[0])


def words_on(answer: TestResponse) -> str:
    """A page's words, without tags, each space once."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def title_of(answer: TestResponse) -> str:
    """A page's title."""
    found = re.search(r"<title>(.*?)</title>", answer.get_data(as_text=True), re.DOTALL)
    return " ".join(html.unescape(found[1]).split()) if found else ""
