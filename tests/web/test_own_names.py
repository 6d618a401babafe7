"""Names in an address that are no choice of a page's but mean something to what makes addresses."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from tests.web import grounds, letters_out, visitors
from tests.web.test_looking_changes_nothing import known_things, paths
from web import limits
from web.paging import Page

OWN = {"endpoint": "x", "_method": "POST", "_external": "1", "_scheme": "x", "_anchor": "x", "": "x", "message_id": "x", "release_id": "x"}


@pytest.mark.long
def test_every_page_is_shown_whatever_names_its_address_holds(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    every = paths(app, known_things(letters_out.sent(client)))
    visitors.sign_in(client, "officer", "hse")
    monkeypatch.setattr(Page, "read", classmethod(lambda cls, text, size: cls(2, 1)))  # pages enough to have neighbours
    for path in every:
        app.extensions.pop(limits.KEPT, None)
        assert client.get(path, query_string=OWN).status_code < 500, path


def test_a_link_to_another_page_keeps_the_choices_and_none_of_these_names(sqlite: Database, client: FlaskClient) -> None:
    grounds.found(sqlite)
    visitors.sign_in(client, "officer", "hse")
    page = client.get("/authorities", query_string={"nation": "England", "endpoint": "x", "_anchor": "x"}).get_data(as_text=True)
    assert 'href="/authorities?nation=England&amp;page=2"' in page
