"""Stop or change what I get: looking changes nothing, the button does, a mail program's own button does."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from audiences import erasures, founding, people
from audiences.pilot import demo
from campaigns.delivery import removals
from campaigns.foundation import tokens
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.settings import Settings
from tests.web.visitors import NOON, desk_of, words_on
from web.app import create_app


@pytest.fixture
def reader(sqlite: Database) -> people.Person:
    """One reader among the demonstration's."""
    with sqlite.transaction() as session:
        founding.found(session, by=COUNTERSIGN, at=NOON)
        demo.load(session, by=COUNTERSIGN, at=NOON)
        place = people.places(session)[0]
        return people.at_place(session, place.code)[0]


def link(app: Flask, person_id: UUID) -> str:
    """The link in this reader's letters."""
    return "/stop/" + tokens.make(desk_of(app).settings.secret_key, "stop", str(person_id))


def removed(database: Database, address: str) -> bool:
    """Whether nothing more goes to this address."""
    with database.reading() as session:
        return bool(removals.among(session, [address]))


def test_opening_the_link_changes_nothing(client: FlaskClient, app: Flask, sqlite: Database, reader: people.Person) -> None:
    page = client.get(link(app, reader.id))

    assert reader.address in words_on(page)
    assert not removed(sqlite, reader.address)


def test_the_button_stops_and_a_change_of_mind_starts_again(
    client: FlaskClient, app: Flask, sqlite: Database, reader: people.Person
) -> None:
    stopped = client.post(link(app, reader.id))

    assert "no more letters" in words_on(stopped)
    assert removed(sqlite, reader.address)

    client.post(link(app, reader.id), data={"again": "yes"})
    assert not removed(sqlite, reader.address)


def test_a_mail_programs_own_button_works_without_a_page(settings: Settings, sqlite: Database, reader: people.Person) -> None:
    app = create_app(settings, sqlite)

    answer = app.test_client().post(link(app, reader.id), data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert removed(sqlite, reader.address)


def test_the_link_of_an_erased_reader_says_so_and_stops_nobody(
    client: FlaskClient, app: Flask, sqlite: Database, reader: people.Person
) -> None:
    with sqlite.transaction() as session:
        erasures.erase(session, reader.id, by=COUNTERSIGN, at=NOON)

    for answer in (client.get(link(app, reader.id)), client.post(link(app, reader.id))):
        assert answer.status_code == 404 and "have been erased here" in words_on(answer)
    assert not removed(sqlite, reader.address)


def test_a_link_for_something_else_stops_nothing(client: FlaskClient, app: Flask, sqlite: Database, reader: people.Person) -> None:
    other = tokens.make(desk_of(app).settings.secret_key, "invitation", str(reader.id))

    assert client.post("/stop/" + other).status_code == 404
    assert not removed(sqlite, reader.address)
