"""Alive, ready, and the operator's figures."""

import os
from errno import EACCES
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url

from campaigns.delivery import notices
from campaigns.foundation import disks, stamps
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.campaigns.stories import NOON
from tests.web import many
from tests.web.visitors import appoint
from web.app import create_app


def test_the_process_is_alive_and_the_database_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").get_data(as_text=True) == "ready\n"


def test_a_database_that_is_not_ours_is_not_ready(settings: Settings) -> None:
    empty = Database("sqlite://")

    answer = create_app(settings, empty).test_client().get("/readyz")

    assert answer.status_code == 503


def test_a_test_database_is_not_ready_for_development(settings: Settings, sqlite: Database) -> None:
    with sqlite.reading() as session:
        assert stamps.is_test(session)

    assert create_app(settings.model_copy(update={"env": "development"}), sqlite).test_client().get("/readyz").status_code == 503


def test_a_database_that_nobody_may_write_to_is_not_ready(settings: Settings, on_postgres: Database) -> None:
    options = {"options": "-c default_transaction_read_only=on"}
    read_only = Database(make_url(on_postgres.url).update_query_dict(options).render_as_string(hide_password=False))

    answer = create_app(settings, read_only).test_client().get("/readyz")
    read_only.dispose()

    assert answer.status_code == 503 and "read-only" in answer.get_data(as_text=True)
    assert create_app(settings, on_postgres).test_client().get("/readyz").status_code == 200


def test_a_file_that_nobody_may_write_to_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)  # the superuser, whom no mode stops, runs tests, too

    assert "read-only" in client.get("/readyz").get_data(as_text=True)


@pytest.mark.parametrize(("of", "look"), [(Database, "is_read_only"), (disks, "full")])
def test_a_folder_that_may_not_be_looked_into_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, of: object, look: str
) -> None:
    def refused(*_: object) -> NoReturn:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(of, look, refused)

    answer = client.get("/readyz")

    assert answer.status_code == 503 and "cannot be looked at" in answer.get_data(as_text=True)


def test_a_disk_that_may_not_be_looked_at_hides_no_other_figure(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> NoReturn:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(disks, "free", refused)  # as where the data folder's parent may not be entered; tests may run as the superuser

    figures = client.get("/metrics").get_data(as_text=True)

    assert "countersign_machines" in figures and "countersign_disk_free_bytes{" not in figures


def test_a_disk_with_no_room_left_is_not_ready_and_says_whose_it_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "ROOM", 2**62)

    answer = client.get("/readyz")

    assert answer.status_code == 503 and "no room left on the disk of: data" in answer.get_data(as_text=True)
    assert 'countersign_disk_free_bytes{of="data"}' in client.get("/metrics").get_data(as_text=True)


def test_figures_name_nobody_and_stay_on_this_machine(client: FlaskClient) -> None:
    appoint(client.application)

    figures = client.get("/metrics").get_data(as_text=True)

    assert "countersign_events_untold 1.0" in figures
    assert "countersign_events_unlinked 1.0" in figures
    assert "@" not in figures
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_system_mails_that_wait_and_that_were_lost_are_counted(client: FlaskClient, sqlite: Database) -> None:
    words: dict[str, Any] = {"to": "officer@posts.test", "subject": "Stopped", "text": "Words", "html": None, "by": "test", "at": NOON}
    with sqlite.transaction() as session:
        notices.write(session, **words)
        notices.refused(session, notices.write(session, **words), reply="550 nobody here")

    figures = client.get("/metrics").get_data(as_text=True)

    assert "countersign_notices_waiting 1.0" in figures and "countersign_notices_refused 1.0" in figures
    assert sum(number for said, number in many.asked(sqlite, client, "/metrics").items() if "FROM notices" in said) == 1
