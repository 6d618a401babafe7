"""Hostile strings typed into every field of every form: nothing is evaluated, no script stands in a page, and no page breaks."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.audiences import posts
from tests.web import ways
from tests.web.grounds import Ground

XHTML = "{http://www.w3.org/1999/xhtml}"
OURS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert('hostile')>",
    "{{ 1234 * 4321 }}{% for x in y %}",
    "${1234*4321}#{1234*4321}<%= 1234*4321 %>",
    "x\r\nBcc: somebody@example.org",
    "javascript:alert(1)//",
    "=1234*4321",
    "'; DROP TABLE people; --",
    "\u202eevil\u202c\u200b",
    "((name))((",
]
EVALUATED = "5332114"  # what 1234 * 4321 would come to
TYPED = ("text", "email", "search", "url", "tel", "")
KEPT_OUT = {"security.login", "security.forgot_password", "demo.step_into"}  # the session of whoever types


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """A founded installation with something of everything, and an officer signed in."""
    ground.person()
    ground.waiting()
    ground.held()
    return ground


@pytest.mark.long
def test_a_sample_typed_everywhere_harms_nothing(
    ground: Ground, client: FlaskClient, record_property: Callable[[str, object], None]
) -> None:
    _require_harmless(client, ground, OURS, walks=1, tell=record_property)


@pytest.mark.long
def test_every_string_there_is_typed_everywhere_harms_nothing(
    ground: Ground, client: FlaskClient, record_property: Callable[[str, object], None]
) -> None:
    sorts = json.loads(posts.real("hostile/hostile_strings.json").read_text("utf-8"))
    strings = [text for name, texts in sorts.items() if name != "about" for text in texts]
    strings += json.loads(posts.real("hostile/blns.json").read_text("utf-8"))
    _require_harmless(client, ground, [*OURS, *map(str, strings)], walks=25, tell=record_property)


def _require_harmless(client: FlaskClient, ground: Ground, texts: list[str], *, walks: int, tell: Callable[[str, object], None]) -> None:
    own = _scripts(client, ground)
    supply, posted, fields = cycle(texts), 0, 0
    for _ in range(walks):
        for address, form in list(_forms(client, ground)):
            data, typed = _filled(form, supply)
            answer = client.post(form.get("action") or address, data=data)
            assert answer.status_code < 500, (address, data)
            posted, fields = posted + 1, fields + typed
    assert posted > 20 * walks

    found = _scripts(client, ground)
    assert {address: scripts for address, scripts in found.items() if scripts - own.get(address, set())} == {}
    tell(
        "figure", f"hostile strings: {len(texts)}, typed into {fields:,} fields of {posted:,} forms; scripts 0, evaluated 0, pages broken 0"
    )


def _pages(client: FlaskClient, ground: Ground) -> Iterator[tuple[str, Any]]:
    """Every page that can be seen, parsed as a browser would."""
    for endpoint, address in ways.addresses(client.application, ways.standing(ground.database)):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if endpoint not in KEPT_OUT and answer.status_code == 200 and answer.mimetype == "text/html":
            text = answer.get_data(as_text=True)
            assert EVALUATED not in text, address
            yield address, html5lib.parse(text)


def _forms(client: FlaskClient, ground: Ground) -> Iterator[tuple[str, Any]]:
    for address, page in _pages(client, ground):
        for form in page.iter(f"{XHTML}form"):
            if form.get("method", "get").lower() == "post" and any(True for _ in _boxes(form)):
                yield address, form


def _boxes(form: Any) -> Iterator[Any]:
    """What can be typed into."""
    yield from form.iter(f"{XHTML}textarea")
    yield from (box for box in form.iter(f"{XHTML}input") if box.get("type", "") in TYPED)


def _filled(form: Any, supply: Iterator[str]) -> tuple[dict[str, str], int]:
    """What is sent: every box with the next string; of choices the last offered; the rest as it stands."""
    data = {
        box.get("name"): box.get("value", "") for box in form.iter(f"{XHTML}input") if box.get("type") in ("hidden", "radio", "checkbox")
    }
    for choice in form.iter(f"{XHTML}select"):
        data[choice.get("name")] = [option.get("value", "") for option in choice.iter(f"{XHTML}option")][-1:][0]
    boxes = [box.get("name") for box in _boxes(form) if box.get("name")]
    data |= dict(zip(boxes, islice(supply, len(boxes)), strict=True))
    return {name: value for name, value in data.items() if name}, len(boxes)


def _scripts(client: FlaskClient, ground: Ground) -> dict[str, set[str]]:
    """By page: scripts that are not a file of ours, attributes that act, and links that run something."""
    return {address: set(_acting(page)) for address, page in _pages(client, ground)}


def _acting(page: Any) -> Iterator[str]:
    for element in page.iter():
        if element.tag == f"{XHTML}script" and not str(element.get("src", "")).startswith("/static/"):
            yield f"script {element.text}"
        for name, value in element.attrib.items():
            if str(name).startswith("on") or (
                re.match(r"\s*(javascript|vbscript|data:text)", str(value), re.IGNORECASE) and name in ("href", "src", "action")
            ):
                yield f"{element.tag} {name}"
