"""Everybody a release goes to, as a file: sent as it is read, however many they are."""

import csv
import io
from uuid import uuid4

import pytest
import sqlalchemy as sa

from audiences import exports
from tests.web.office import Office
from web import csv_files, releases


def test_the_frozen_readers_can_be_taken_as_a_file(office: Office) -> None:
    release = office.waiting()

    answer = office.client.get(f"/releases/{release}/readers.csv")

    assert answer.mimetype == "text/csv"
    assert "Safety Officer,Union of Officers,,Unions,safety@union.test" in answer.get_data(as_text=True)


def test_the_file_is_sent_page_by_page_with_everybody_in_it_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    release = office.waiting()
    whole = office.client.get(f"/releases/{release}/readers.csv").get_data(as_text=True)
    monkeypatch.setattr(releases, "AT_ONCE", 2)
    monkeypatch.setattr(exports, "PIECE", 1)
    asked: list[str] = []
    sa.event.listen(office.database.engine, "before_cursor_execute", lambda _, __, statement, *___: asked.append(statement))

    answer = office.client.get(f"/releases/{release}/readers.csv", buffered=False)

    assert answer.is_streamed and len([one for one in asked if "FROM sealed_letters" in one]) < 2
    assert answer.get_data(as_text=True) == whole and len(list(csv.reader(io.StringIO(whole)))) == 6
    assert len([one for one in asked if "FROM sealed_letters" in one]) == 4
    assert office.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_what_a_spreadsheet_would_take_for_a_formula_is_guarded_in_what_is_streamed_too() -> None:
    answer = csv_files.streamed("readers", ["Reader", "=Address"], ([name, None] for name in ("Jane", "=1+1")))

    assert answer.is_streamed and answer.get_data(as_text=True) == "\ufeffReader,'=Address\r\nJane,\r\n'=1+1,\r\n"


def test_a_release_that_there_is_not_and_a_visitor_get_no_beginning_of_a_file(office: Office) -> None:
    release = office.waiting()

    assert office.client.get(f"/releases/{uuid4()}/readers.csv").status_code == 404
    with office.client.application.test_client() as visitor:
        assert visitor.get(f"/releases/{release}/readers.csv").status_code == 302
