"""An officer brings a calendar file in: looks at what would change, applies it, and brings the same again."""

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from tests.audiences.test_calendar_files import START, event, file
from tests.web import grounds
from tests.web.visitors import SignIn, seen_on, words_on

pytestmark = pytest.mark.long  # `make test` stays within five minutes


@pytest.fixture
def officer(sqlite: Database, sign_in: SignIn) -> Officer:
    """An officer of HSE on a founded installation."""
    grounds.found(sqlite)
    grounds.take_the_polls_down(sqlite)
    return sign_in("officer", "hse")


def bring(client: FlaskClient, raw: bytes, **changes: str) -> TestResponse:
    typed = {"name": "Adur committees", "kind": "committee", "where": ":", "authority": "Adur", "lead_days": "7", **changes}
    return client.post("/calendar/files/new", data={**typed, "file": (io.BytesIO(raw), "c.ics")}, content_type="multipart/form-data")


def test_a_file_is_looked_at_applied_and_brought_again(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    first = file(
        event(START, "RRULE:FREQ=MONTHLY;BYDAY=2TU"), event("DTSTART:soon", uid="b", summary="=1+1"), event(START, uid="c", summary="Gone")
    )
    look = bring(client, first).headers["Location"]
    said = words_on(client.get(look))

    assert "For Adur: 2 would be added, 0 changed, 0 retired; 0 as before; 1 refused" in said
    assert "=1+1 “soon” is no day" in said.replace("“Soon”", "“soon”")
    with sqlite.reading() as session:
        assert rules.standing(session) == []
    assert "Added 2, changed 0, retired 0; 0 as before" in words_on(client.post(look, follow_redirects=True))
    assert "Added 2, changed 0, retired 0; 0 as before" in words_on(client.post(look, follow_redirects=True))
    assert "Added 2, changed 0, retired 0; 0 as before" in words_on(client.get(look, follow_redirects=True))
    with sqlite.reading() as session:
        assert len(rules.standing(session)) == 2

    again = words_on(client.get(bring(client, first).headers["Location"]))
    changed = words_on(client.get(bring(client, file(event("DTSTART;VALUE=DATE:20260601"))).headers["Location"]))
    assert "0 would be added, 0 changed, 0 retired; 2 as before" in again
    assert "0 would be added, 1 changed, 1 retired; 0 as before" in changed


def test_a_file_is_looked_at_again_once_another_officer_brought_the_calendar_in_meanwhile(officer: Officer, client: FlaskClient) -> None:
    page = client.get(look := bring(client, file(event(START, summary="The old day"))).headers["Location"])
    client.post(bring(client, file(event(START, uid="b", summary="The new day"))).headers["Location"])

    answer = client.post(look, data={"seen": seen_on(page)}, follow_redirects=True)

    assert answer.status_code == 409 and "Somebody else changed this calendar while you had it open. Nothing was saved" in words_on(answer)
    assert "Would be retired: nothing when you opened the page, “1: The new day” now." in words_on(answer)
    assert "Added 1, changed 0, retired 1" in words_on(client.post(look, data={"seen": seen_on(answer)}, follow_redirects=True))


def test_an_event_that_can_no_longer_be_read_keeps_its_rule(officer: Officer, client: FlaskClient) -> None:
    client.post(bring(client, file(event(START))).headers["Location"])
    said = words_on(client.get(bring(client, file(event("DTSTART:soon"))).headers["Location"]))

    assert "0 would be added, 0 changed, 0 retired; 0 as before; 1 refused" in said


@pytest.mark.parametrize(
    ("raw", "changes", "sentence"),
    [
        (b"", {}, "this one is empty"),
        (b"GIF89a", {}, "does not begin with BEGIN:VCALENDAR"),
        (b"\xff\xfe\x00", {}, "not text in UTF-8"),
        (file(event(START)), {"authority": "Nowhere"}, "No one authority is called"),
        (file(event(START)), {"authority": ""}, "Choose what it is for"),
        (file(event(START)), {"name": "two\nlines"}, "Give the calendar a name"),
        (file(event(START)), {"lead_days": "x"}, "Enter a number of days"),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_form(
    officer: Officer, client: FlaskClient, raw: bytes, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in words_on(bring(client, raw, **changes))


def test_all_that_is_wrong_is_told_at_once(officer: Officer, client: FlaskClient) -> None:
    typed = {"name": "", "kind": "committee", "where": ":", "authority": "Nowhere", "lead_days": "x"}
    said = words_on(client.post("/calendar/files/new", data=typed))

    for sentence in ("Choose an iCalendar file", "Give it a name", "No one authority is called", "Enter a number of days"):
        assert sentence in said
