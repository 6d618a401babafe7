"""The demonstration's short cuts: posts to step into, letters to read."""

import mailbox
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import snapshots
from tests.web.visitors import NOON, words_on
from web import demo_posts
from web.app import create_app
from web.demo_posts import POSTS

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A development installation."""
    return settings.model_copy(update={"env": "development"})


@pytest.fixture
def app(settings: Settings, sqlite: Database) -> Flask:
    """With the six posts set up."""
    app = create_app(settings, sqlite)
    app.config["WTF_CSRF_ENABLED"] = False
    snapshots.of(sqlite, "the demonstration's posts", partial(_founded, app))
    return app


def _founded(app: Flask, database: Database) -> None:
    with app.test_request_context(), database.transaction() as session:
        demo_posts.found(session, at=NOON)


def catch(mail_dir: Path, *, to: str, role: str = "practitioner") -> str:
    """A letter as the catcher keeps it: its key."""
    letter = EmailMessage()
    letter["To"], letter["From"], letter["Subject"] = to, "LOPP team <lopp@countersign.test>", "Save the date"
    letter.set_content(f"Hello\n\n--\nYou receive this as {role}\nat Leeds City Council and its neighbours (é).\n")
    letter.add_alternative(f"<p>Hello {SCRIPT}</p>", subtype="html")
    return mailbox.Maildir(mail_dir, create=True).add(letter)


def test_one_click_steps_into_each_post(client: FlaskClient) -> None:
    for post in POSTS:
        assert client.post(f"/demo/step/{post.key}").status_code == 302
        assert f"You are: {post.name}." in words_on(client.get("/privacy"))


def test_stepping_into_another_post_leaves_the_first(client: FlaskClient) -> None:
    client.post("/demo/step/administrator")
    client.post("/demo/step/observer")

    assert client.get("/officers").status_code == 403


def test_a_post_that_is_not_set_up_is_not_found(client: FlaskClient) -> None:
    assert client.post("/demo/step/king").status_code == 404


def test_every_demo_post_has_the_stated_password(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": POSTS[0].email, "password": demo_posts.PASSWORD})

    assert answer.status_code == 302


def test_caught_letters_are_listed_by_role_and_words(client: FlaskClient, settings: Settings) -> None:
    catch(settings.mail_dir, to="a@leeds.test")
    catch(settings.mail_dir, to="b@leeds.test", role="union contact")
    client.post("/demo/step/observer")

    everything = words_on(client.get("/demo/letters"))
    unions = words_on(client.get("/demo/letters?role=union+contact"))
    one = words_on(client.get("/demo/letters?words=A@LEEDS+save"))

    assert "a@leeds.test" in everything
    assert "b@leeds.test" in everything
    assert "a@leeds.test" not in unions
    assert "b@leeds.test" not in one


def test_a_caught_letter_is_shown_in_a_frame_that_runs_nothing(client: FlaskClient, settings: Settings) -> None:
    key = catch(settings.mail_dir, to="a@leeds.test")
    client.post("/demo/step/observer")

    page = client.get(f"/demo/letters/{key}").get_data(as_text=True)
    frame = client.get(f"/demo/letters/{key}/page")

    assert SCRIPT not in page
    assert " sandbox" in page
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox" in frame.headers["Content-Security-Policy"]


def test_a_key_that_names_no_letter_is_not_found(client: FlaskClient) -> None:
    client.post("/demo/step/observer")

    for key in ("..", "%2e%2e%2fnew", "none", ".hidden", "a" * 400):
        assert client.get(f"/demo/letters/{key}").status_code == 404, key


def test_any_page_number_shows_some_page(client: FlaskClient, settings: Settings) -> None:
    catch(settings.mail_dir, to="a@leeds.test")
    client.post("/demo/step/observer")

    for number in ("0", "-1", "99999999999999999999", "x", "\u0663", ""):
        assert "a@leeds.test" in words_on(client.get("/demo/letters", query_string={"page": number})), number
