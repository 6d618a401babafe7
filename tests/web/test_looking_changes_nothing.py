"""Looking changes nothing: every page there is, opened by everybody in every way there is to look, leaves every row as it was."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, col, select

from campaigns.drafting import reviews
from campaigns.drafting.messages import Message
from campaigns.foundation.database import Database
from tests.web import letters_out, visitors
from tests.web.letters_out import Out
from web import limits

SOME = [((None, None), ("GET",)), (("officer", "hse"), ("GET", "HEAD"))]
EVERYBODY = [(None, None), ("observer", None), ("officer", "hse"), ("signatory", "lacors"), ("administrator", None)]
ALL = [(visitor, ("GET", "HEAD", "OPTIONS")) for visitor in EVERYBODY]
Looks = list[tuple[tuple[str | None, str | None], tuple[str, ...]]]
AHEAD = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch"}
HARMLESS = {"static", "health.metrics"}  # files; and figures for this machine alone


def paths(app: Flask, known: dict[str, Any]) -> list[str]:
    """A path for every page, leading to things that exist wherever the page is about a thing."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in HARMLESS:
            values = {name: known.get(f"{rule.endpoint}.{name}", known.get(name, UUID(int=1))) for name in rule.arguments}
            found.append(str(app.url_map.bind("localhost").build(rule.endpoint, values)))
    return found


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    with database.reading() as session:
        return {table.name: [tuple(row) for row in session.execute(sa.select(table))] for table in SQLModel.metadata.sorted_tables}


def known_things(out: Out) -> dict[str, Any]:
    """Ids and names that pages are about."""
    with out.database.reading() as session:
        message = session.exec(select(Message).order_by(col(Message.drafted_at))).first()
    assert message is not None
    with out.database.transaction() as session:
        review = reviews.make(session, message.id, reviewer="A union", by=visitors.appoint(out.office.client.application), at=visitors.NOON)
    links = {name: out.links[0][link].rpartition("/")[2] for name, link in letters_out.TOKENS.items()}
    people = {"person_id": out.person(0).id, "code": out.person(0).authority_code, "key": "practitioners", "audience": "practitioners"}
    things = {"message_id": message.id, "release_id": out.release, "reference": message.reference, "filename": "app.css"}
    return {**links, **people, **things, "reviews.show.token": review, "reviews.letter.token": review}


@pytest.mark.long
@pytest.mark.parametrize("by", [SOME, pytest.param(ALL, marks=pytest.mark.long)], ids=["some", "all"])
def test_every_page_opened_in_every_way_leaves_every_row(
    client: FlaskClient, app: Flask, by: Looks, record_property: Callable[[str, object], None]
) -> None:
    out = letters_out.sent(client)
    every, looks = paths(app, known_things(out)), 0
    for (duty, party), methods in by:
        if duty:
            visitors.sign_in(client, duty, party)
        before = everything(out.database)
        for path in every:
            for method in methods:
                app.extensions.pop(limits.KEPT, None)
                assert client.open(path, method=method, headers=AHEAD).status_code < 500, path
                looks += 1
        assert everything(out.database) == before, f"somebody looked as {duty}"
    record_property("figure", f"looking changes nothing: {len(every)} pages, {looks} looks by {len(by)} kinds of visitor, 0 rows changed")
