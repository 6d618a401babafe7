"""An officer imports people from a file: looked at first, whole or not at all, and whatever the file is, never a fault."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.foundation.settings import Settings
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.visitors import words_on

SignIn = Callable[..., Officer]
GOOD = "name,role,authority,email\nHead of Health,senior manager,E07000223,head@adur.test\nHealth Officer,practitioner,Barnet,officer@barnet.test\n"
BAD = GOOD + "Somebody,emperor,Atlantis,nowhere\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def ground(sqlite: Database, sign_in: SignIn) -> Ground:
    """A founded installation, and an officer signed in."""
    ground = grounds.found(sqlite)
    sign_in("officer", "hse")
    return ground


def send(client: FlaskClient, raw: bytes | str, *, button: str = "save", name: str = "people.csv") -> TestResponse:
    """Choose a file and press a button."""
    raw = raw.encode() if isinstance(raw, str) else raw
    return client.post("/people/import", data={"file": (io.BytesIO(raw), name), button: "y"}, follow_redirects=True)


def test_a_good_file_is_brought_in_whole(ground: Ground, client: FlaskClient) -> None:
    assert "Imported: 2 people added, 0 changed, 0 as they were." in words_on(send(client, GOOD))
    assert ground.addresses() == ["head@adur.test", "officer@barnet.test"]


def test_importing_twice_changes_nothing(ground: Ground, client: FlaskClient) -> None:
    send(client, GOOD)
    assert "Imported: 0 people added, 0 changed, 2 as they were." in words_on(send(client, GOOD))


def test_looking_first_saves_nothing(ground: Ground, client: FlaskClient) -> None:
    said = words_on(send(client, GOOD, button="look"))
    assert "This file can be imported" in said
    assert "2 would be added" in said
    assert ground.addresses() == []


def test_one_refused_row_stops_the_whole_file_and_is_reported(ground: Ground, client: FlaskClient) -> None:
    said = words_on(send(client, BAD))

    assert "Nothing was imported" in said
    assert "1 row of 3 cannot be used" in said
    assert "4 Give a role from the list" in said
    assert ground.addresses() == []


def test_the_refused_rows_can_be_downloaded(ground: Ground, client: FlaskClient) -> None:
    page = send(client, BAD).get_data(as_text=True)
    carried = re.search(r'name="rows"\s+value="([^"]*)"', page)
    assert carried

    answer = client.post("/people/import/refused.csv", data={"rows": carried[1]})

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "line,reason" in answer.get_data(as_text=True)


def test_many_refused_rows_are_counted_and_the_first_shown(ground: Ground, client: FlaskClient) -> None:
    said = words_on(send(client, GOOD.splitlines()[0] + "\n" + "x,emperor,Atlantis,nowhere\n" * 20_000))
    assert "20,000 rows of 20,000 cannot be used" in said
    assert "The first 200 are shown here" in said


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Choose a CSV file that is not empty"),
        (b"   \r\n \n", "The file is empty"),
        (PNG, "This file is a picture"),
        (b"%PDF-1.7 ...", "This file is a PDF document"),
        (b"PK\x03\x04 ...", "This file is a spreadsheet or an archive"),
        (GOOD.encode() + b"a\x00b,practitioner,Adur,x@adur.test\n", "has bytes that are not text"),
        (b"first,second\n1,2\n", "The first line must name the columns"),
        (b'name,role,authority,email\n"open,practitioner,Adur,x@adur.test\n', "a quotation mark does not open or close"),
        (b"name,name,role,authority,email\n", "Two columns are named"),
        (b"name,role,authority,email\n" + b"x" * (10 * 1024 * 1024), "bigger than 10 MB"),
    ],
)
@pytest.mark.parametrize("button", ["save", "look"])
def test_a_file_that_is_no_list_of_people_is_refused_in_words(
    ground: Ground, client: FlaskClient, raw: bytes, sentence: str, button: str
) -> None:
    answer = send(client, raw, button=button)

    assert answer.status_code == 200
    assert "There is a problem" in words_on(answer)
    assert sentence in words_on(answer)
    assert ground.addresses() == []


def test_a_file_much_too_big_is_answered_plainly(ground: Ground, client: FlaskClient) -> None:
    answer = send(client, b"x" * (12 * 1024 * 1024))
    assert answer.status_code == 413
    assert "A file may be up to 10 MB" in words_on(answer)


def test_a_form_without_a_file_says_so(ground: Ground, client: FlaskClient) -> None:
    for data in ({"save": "y"}, {"file": "not a file", "save": "y"}, {}):
        answer = client.post("/people/import", data=data)
        assert answer.status_code == 200
        assert "Choose a CSV file" in words_on(answer)


def test_other_encodings_and_separators_are_read(ground: Ground, client: FlaskClient) -> None:
    send(client, GOOD.replace(",", ";").encode("utf-16"))
    assert ground.addresses() == ["head@adur.test", "officer@barnet.test"]


def test_what_is_uploaded_is_shown_as_text(ground: Ground, client: FlaskClient) -> None:
    page = send(client, "name,role,authority,email\n<script>alert(1)</script>,practitioner,<b>Adur,x@adur.test\n").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>Adur" not in page


def test_demo_addresses_are_refused_where_real_letters_go(ground: Ground, client: FlaskClient, settings: Settings) -> None:
    client.application.extensions["countersign"] = _in_production(client, settings)
    assert "is not an e-mail address" in words_on(send(client, GOOD))


def test_an_observer_imports_nothing(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)
    assert send(client, GOOD).status_code == 403
    assert client.get("/people/import").status_code == 403
    assert ground.addresses() == []


def _in_production(client: FlaskClient, settings: Settings) -> object:
    desk = client.application.extensions["countersign"]
    return type(desk)(settings.model_copy(update={"env": "production"}), desk.database, desk.clock)
