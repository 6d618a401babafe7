"""Pages that anybody may open lead nowhere else, bear a flood, and tell a visitor nothing about accounts (bad input 58 to 61)."""

import re
import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import select

from campaigns.delivery.notices import Notice
from campaigns.foundation.database import Database
from tests.house.test_routes import _requests as routes
from tests.web.conftest import Clock
from tests.web.visitors import PASSWORD, SignIn, address_of, appoint, desk_of, words_on
from web import guards, limits

ELSEWHERE = [
    "https://evil.test/",
    "//evil.test",
    "/\\evil.test",
    "https:evil.test",
    "\\\\evil.test",
    "javascript:alert(1)",
    "https://localhost@evil.test",
    "/%09/evil.test",
]
NAMES = ("url", "next", "to", "return", "redirect", "continue", "back")


def leads_away(location: str) -> bool:
    """Whether a browser would leave our pages."""
    return bool(re.match(r"[a-z][a-z0-9+.-]*:|[\\/]{2}", location.strip(), re.IGNORECASE)) and not location.startswith("http://localhost/")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_page_leads_elsewhere_because_its_address_says_so(app: Flask, elsewhere: str) -> None:
    asked = dict.fromkeys(NAMES, elsewhere)
    app.extensions.pop(limits.KEPT, None)
    away = []
    for endpoint, method, path in routes(app):
        if endpoint in guards.OPEN:
            answer = app.test_client().open(path, method=method, query_string=asked, data=asked if method == "POST" else None)
            away += [f"{method} {path}"] if leads_away(answer.headers.get("Location", "")) else []
    assert away == []


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_leads_to_our_own_pages_alone(client: FlaskClient, app: Flask, elsewhere: str) -> None:
    officer = appoint(app)

    answer = client.post(
        "/sign-in", query_string={"next": elsewhere}, data={"email": address_of(officer.name), "password": PASSWORD, "next": elsewhere}
    )

    assert not leads_away(answer.headers.get("Location", ""))


def test_a_flood_from_one_address_is_refused_without_a_look_at_the_database(client: FlaskClient, sqlite: Database) -> None:
    looks: list[str] = []
    event.listen(sqlite.engine, "before_cursor_execute", note := (lambda *given: looks.append(given[2])))
    codes = [client.get("/privacy").status_code for _ in range(limits.VISITOR)]
    looks.clear()

    refused = [client.get(path) for path in ("/privacy", "/stop/x", "/read/x", "/share/x", "/check/x", "/sign-in") for _ in range(20)]

    event.remove(sqlite.engine, "before_cursor_execute", note)
    assert set(codes) == {200} and {answer.status_code for answer in refused} == {429} and looks == []
    assert "Wait a few minutes" in words_on(refused[0])
    assert client.get("/healthz").status_code == 200
    assert client.get("/privacy", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_visitor_cannot_claim_another_address(client: FlaskClient) -> None:
    for number in range(limits.VISITOR):
        client.get("/cookies", headers={"X-Forwarded-For": f"192.0.2.{number % 250}"})

    assert client.get("/cookies", headers={"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1"}).status_code == 429


def test_the_flood_ends_with_its_minute(client: FlaskClient, clock: Clock) -> None:
    for _ in range(limits.VISITOR):
        client.get("/cookies")
    assert client.get("/cookies").status_code == 429

    clock.forward(timedelta(minutes=1))
    assert client.get("/cookies").status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost:8000@evil.test", "evil.test:80", "localhost.evil.test"])
def test_links_that_are_mailed_bear_our_own_address_whatever_the_host_header_says(client: FlaskClient, app: Flask, host: str) -> None:
    officer = appoint(app)

    client.post(
        "/new-password",
        data={"email": address_of(officer.name)},
        headers={"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}"},
    )

    with desk_of(app).database.reading() as session:
        (notice,) = session.exec(select(Notice)).all()
    assert "evil" not in f"{notice.text}{notice.html}" and "http://localhost:8000/new-password/" in (notice.text or "")


def test_an_unknown_account_is_answered_like_a_known_one(client: FlaskClient, app: Flask, sign_in: SignIn) -> None:
    known, nobody = address_of(appoint(app).name), "nobody@posts.test"

    for path, fields in (("/sign-in", {"password": "not the password"}), ("/new-password", {})):
        one, other = (client.post(path, data={"email": address, **fields}) for address in (known, nobody))
        assert one.status_code == other.status_code
        assert words_on(one).replace(known, "") == words_on(other).replace(nobody, "")
    unsigned, unknown = (client.get(f"/invitation/{token}") for token in ("x" * 70, "null"))
    assert (unsigned.status_code, words_on(unsigned)) == (unknown.status_code, words_on(unknown))


def test_the_time_it_takes_tells_nobody_who_has_an_account(client: FlaskClient, app: Flask) -> None:
    known = [address_of(appoint(app, name=f"Post {number}").name) for number in range(3)]

    for path, fields in (("/sign-in", {"password": "not the password"}), ("/new-password", {})):
        took: dict[str, list[float]] = {"known": [], "unknown": []}
        for number, address in enumerate(known):
            for who, email in (("unknown", f"nobody{number}@posts.test"), ("known", address)):
                began = time.process_time()
                client.post(path, data={"email": email, **fields})
                took[who].append(time.process_time() - began)
        assert abs(min(took["known"]) - min(took["unknown"])) < 0.1, path  # the slow hash took 0.25
