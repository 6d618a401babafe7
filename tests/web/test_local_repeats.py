"""Whoever tells of a local repeat is told at once of everything that cannot be so."""

from typing import Any

from flask.testing import FlaskClient

from tests.web.grounds import Ground
from tests.web.test_on_the_day import TOLD, page_of
from tests.web.visitors import words_on


def test_all_that_is_wrong_with_what_is_told_is_said_at_once(ground: Ground, client: FlaskClient) -> None:
    address = page_of(client, ground.held())
    wrong: dict[str, Any] = {"authority": "", "day": ["23", "11", "2027"], "venue": "", "reporter": "\u202ereversed"}

    said = words_on(client.post(address, data=TOLD | wrong | {"heads_practitioner": "many"}))
    for sentence in ("Choose the authority", "was, to today", "Enter where it was", "Enter your name", "Enter a number of people"):
        assert sentence in said, sentence
    assert "for at least one role" not in said
    assert "for at least one role" in words_on(client.post(address, data=TOLD | wrong | {"heads_practitioner": ""}))
