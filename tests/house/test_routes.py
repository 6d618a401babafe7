"""Every route is guarded, or stands on the open list; the list holds nothing that does not exist."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from campaigns.foundation import clock, officers
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from web import accounts, guards
from web.app import create_app

SAMPLES = {"UUIDConverter": UUID(int=1), "IntegerConverter": 1, "PathConverter": "x", "UnicodeConverter": "x", "FloatConverter": 1.0}


@pytest.fixture
def app(settings: Settings, sqlite: Database) -> Flask:
    """The product's pages, with the form token switched off so that it hides no missing guard."""
    app = create_app(settings, sqlite)
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


def _requests(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and a path that leads there, for every route and method."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule.endpoint, method, _path(app, rule)


def _path(app: Flask, rule: Rule) -> str:
    values = {name: SAMPLES.get(type(converter).__name__, "x") for name, converter in rule._converters.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False))


def test_a_visitor_is_asked_to_sign_in_everywhere_but_on_the_open_list(app: Flask) -> None:
    sign_in = app.url_map.bind("localhost").build("security.login")
    let_in = []
    for endpoint, method, path in _requests(app):
        if endpoint in guards.OPEN:
            continue
        answer = app.test_client().open(path, method=method)
        if answer.status_code not in {301, 302, 303} or not answer.headers["Location"].startswith(sign_in):
            let_in.append(f"{method} {path} ({endpoint}): {answer.status}")
    assert let_in == []


def test_an_observer_changes_nothing_and_opens_no_form(app: Flask, sqlite: Database) -> None:
    mark = _observer(app, sqlite)
    forms = {endpoint for endpoint, method, _ in _requests(app) if method == "POST"} - {"milestones.show", "security.verify"}
    changed = []
    for endpoint, method, path in _requests(app):
        if (method == "GET" and endpoint not in forms) or endpoint in guards.OPEN | guards.ANYBODY_MAY_POST:
            continue
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(_user_id=mark, _fresh=True, fs_paa=clock.now().timestamp())
        if (answer := client.open(path, method=method)).status_code != 403:
            changed.append(f"{method} {path} ({endpoint}): {answer.status}")
    assert changed == []


def _observer(app: Flask, database: Database) -> str:
    """Somebody who only reads, with an account; gives the mark their session carries."""
    with app.app_context(), database.transaction() as session:
        officer = officers.add(session, name="Observer", party=None, duty="observer", by="tests", at=clock.now())
        return accounts.add(session, officer, email="observer@example.test", at=clock.now()).fs_uniquifier


def test_open_pages_answer_a_visitor(app: Flask) -> None:
    broken = [
        f"{method} {path}: {answer.status}"
        for endpoint, method, path in _requests(app)
        if endpoint in guards.OPEN
        and (answer := app.test_client().open(path, method=method)).status_code >= 500
        and endpoint not in {"health.ready"}
    ]
    assert broken == []


def test_the_open_list_names_only_what_exists(app: Flask) -> None:
    assert set(app.view_functions) >= guards.OPEN


def test_what_is_open_in_development_does_not_exist_elsewhere(app: Flask, settings: Settings, sqlite: Database) -> None:
    assert not guards.OPEN_IN_DEVELOPMENT & set(app.view_functions)
    development = create_app(settings.model_copy(update={"env": "development"}), sqlite)
    assert set(development.view_functions) >= guards.OPEN_IN_DEVELOPMENT
