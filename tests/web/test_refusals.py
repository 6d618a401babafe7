"""Bad input and refusals become pages in plain words, never a bare 500."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotFound, NotYours, Problem, Refused, Stale
from campaigns.foundation.settings import Settings
from tests.web.grounds import Ground
from tests.web.visitors import SignIn, title_of, words_on
from web import forms, refusals
from web.app import create_app

REFUSALS = [
    (Refused("Say another time."), 422, "Say another time."),
    (Invalid([Problem("title", "Enter a title"), Problem("core", "Enter some words")]), 422, "Enter some words"),
    (NotAllowedNow("You cannot sign what is sent."), 409, "You cannot sign what is sent."),
    (NotYours("This is for LACoRS to sign."), 403, "This is for LACoRS to sign."),
    (Stale("The words changed.", changes=["Line 3 is new."]), 409, "Line 3 is new."),
    (GateClosed("LACoRS has not signed."), 409, "LACoRS has not signed."),
    (NotFound("There is no such release."), 404, "There is no such release."),
]


@pytest.mark.parametrize(("refusal", "status", "sentence"), REFUSALS)
def test_a_refusal_is_a_page_with_its_sentence(app: Flask, refusal: Refused, status: int, sentence: str) -> None:
    with app.test_request_context():
        page, code = app.handle_user_exception(refusal)  # type: ignore[misc]

    assert code == status
    assert sentence in str(page)


def test_a_refusal_stands_beside_the_field_it_names(app: Flask) -> None:
    class Words(forms.Form):
        title = forms.text("Title")

    with app.test_request_context():
        form = Words()
        refusals.show_on(form, Invalid([Problem("title", "Enter a title"), Problem("elsewhere", "Choose an audience")]))

        assert form.title.errors == ["Enter a title"]
        assert form.form_errors == ["Choose an audience"]
        assert "Enter a title" in form.title()


def test_signs_that_nobody_sees_are_named_where_a_line_is_refused(app: Flask) -> None:
    class Words(forms.Form):
        title = forms.text("Title")
        code = forms.password("Code")

    with app.test_request_context(method="POST", data={"title": "Head\u200b of\u00a0Health\u00a0", "code": "a\u200bb"}):
        form = Words()
        refusals.show_on(form, Invalid([Problem("title", "Enter a title on one line"), Problem("code", "Enter the code")]))

        assert form.title.errors == [
            "Enter a title on one line (it holds U+200B ZERO WIDTH SPACE, U+00A0 NO-BREAK SPACE, which cannot be seen: type it again)"
        ]
        assert form.code.errors == ["Enter the code"]


def test_a_failure_of_ours_says_so_and_shows_nothing_inside(settings: Settings, sqlite: Database) -> None:
    app = create_app(settings, sqlite)

    def break_down() -> str:
        raise RuntimeError("the secret inside")

    app.view_functions["public.cookies"] = break_down

    answer = app.test_client().get("/cookies")

    assert answer.status_code == 500
    assert "Something went wrong here" in words_on(answer)
    assert "secret" not in answer.get_data(as_text=True)


def test_the_log_names_a_page_that_failed_and_no_link_s_token(
    settings: Settings, sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings, sqlite)

    def break_down(token: str) -> str:
        raise RuntimeError("the database is away")

    (page,) = (rule.endpoint for rule in app.url_map.iter_rules() if str(rule).startswith("/invitation/"))
    app.view_functions[page] = break_down

    assert app.test_client().get("/invitation/AnybodyWithThisMaySignIn").status_code == 500

    assert f"{page} [GET]" in caplog.text and "the database is away" in caplog.text
    assert "AnybodyWithThis" not in caplog.text


@contextmanager
def away(*_: object, **__: object) -> Iterator[Session]:
    """In place of a transaction."""
    raise OperationalError("COMMIT", {}, Exception("database or disk is full"))
    yield


def test_a_full_database_is_said_on_a_page_that_keeps_what_was_typed(
    ground: Ground, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Database, "transaction", away)

    answer = client.post(
        "/campaigns/new", data={"name": "LOPP in May", "objective": "So that all know"}, headers={"Origin": "http://localhost"}
    )

    assert answer.status_code == 503
    assert (
        "Countersign cannot be used now" in words_on(answer) and "So that all know" in words_on(answer) and "Sign out" in words_on(answer)
    )
    assert "the page campaigns.new [POST]: database or disk is full" in caplog.text and "So that all know" not in caplog.text


@pytest.mark.parametrize(
    ("path", "status"), [("/", 503), ("/sign-in", 503), ("/metrics", 503), ("/readyz", 503), ("/healthz", 200), ("/static/app.css", 200)]
)
def test_while_the_database_is_away_somebody_who_is_signed_in_reads_so(
    ground: Ground, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.setattr(Database, "reading", away)

    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in?next=%00", 400),
        ("GET", "/%00", 400),
        ("GET", "/invitation/%00", 400),
        ("GET", "/invitation/%C3%A9t%C3%A9", 404),
        ("GET", "/invitation/%FF%FE", 404),
        ("GET", "/invitation/" + "A" * 5000, 404),
        ("GET", "/stop/nonsense", 404),
        ("POST", "/stop/nonsense", 404),
        ("GET", "/new-password/nonsense", 302),
        ("DELETE", "/sign-in", 405),
        ("GET", "/nothing", 404),
    ],
)
def test_bad_addresses_are_answered_in_plain_words(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert "Traceback" not in words_on(answer)


def test_a_bad_id_and_an_unknown_one_are_not_found(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("administrator", None)

    assert client.get("/officers/not-a-uuid/leaving").status_code == 404
    assert client.get("/officers/00000000-0000-4000-8000-000000000000/leaving").status_code == 404


def test_a_huge_file_is_refused_readably(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"file": (io.BytesIO(b"x" * (12 * 1024 * 1024)), "x.csv")}, content_type="multipart/form-data")

    assert answer.status_code == 413
    assert "10 MB" in words_on(answer)


def test_a_huge_form_is_refused_readably(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "x" * 600_000, "password": "x"})

    assert answer.status_code in {200, 413}
    assert title_of(answer)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"%", b"a=" * 2000, b'{"email": 1}'])
def test_an_odd_body_breaks_nothing(client: FlaskClient, body: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data", "multipart/form-data; boundary=x"):
        assert client.post("/sign-in", data=body, content_type=kind).status_code < 500
        assert client.post("/new-password", data=body, content_type=kind).status_code < 500


def test_whoever_is_signed_out_while_they_write_finds_their_words_and_no_password(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    typed = {"core": "An hour's words,\n<b>all of them</b>", "seen": "3", "password": "both must sign"}

    answer = client.post("/messages/new", data=typed, headers={"Origin": "http://localhost"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and "Copy it before you leave this page." in page
    assert "An hour&#39;s words,\n&lt;b&gt;all of them&lt;/b&gt;</pre>" in page
    assert "both must sign" not in page and page.count("<pre") == 1
    for elsewhere in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {}):
        assert "all of them" not in client.post("/messages/new", data=typed, headers=elsewhere).get_data(as_text=True)


def test_a_reader_is_told_whom_to_write_to_and_an_officer_what_waits(client: FlaskClient, sign_in: SignIn) -> None:
    said = words_on(client.get("/nothing/here"))
    assert "To reach a person, write to lopp-replies@countersign.test" in said and "Go to the home page" not in said

    sign_in("observer", None)
    assert "Go to the home page" in words_on(client.get("/nothing/here"))
