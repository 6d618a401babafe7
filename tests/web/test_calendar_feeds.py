"""The calendar leaves as iCalendar that other programs accept, by sign-in or by a secret link."""

import subprocess
from datetime import date

import icalendar
import pytest
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from campaigns.planning.rules import Typed
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, CARDIFF
from tests.web.visitors import NOON, SignIn, words_on

LIBICAL = """
import sys, gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib
component = ICalGLib.Component.new_from_string(sys.stdin.read())
component.check_restrictions()
print(component.count_errors(), component.count_components(ICalGLib.ComponentKind.VEVENT_COMPONENT))
"""


@pytest.fixture
def officer(sqlite: Database, sign_in: SignIn) -> Officer:
    """An officer, and three rules."""
    grounds.found(sqlite)
    grounds.take_the_polls_down(sqlite)
    officer = sign_in("officer", "hse")
    with sqlite.transaction() as session:
        for scope, place, title, recurrence in (
            ("nation", "England", "Élections, local; " + "é" * 120, ""),
            ("authority", ADUR, "Committee", "FREQ=MONTHLY;BYDAY=2TU"),
            ("nation", "Wales", "Senedd", "FREQ=YEARLY;UNTIL=20300101"),
        ):
            days = {"first": date(2026, 12, 1), "last": date(2026, 12, 2), "excepted": (date(2027, 1, 12),)}
            rules.add(session, Typed(scope, place, "season", title, source="x", recurrence=recurrence, **days), by=officer, at=NOON)  # type: ignore[arg-type]
    return officer


def link(client: FlaskClient, code: str = "") -> str:
    said = words_on(client.get(f"/calendar/links/{code}" if code else "/calendar/links"))
    return "/calendar/feeds/" + said.partition("/calendar/feeds/")[2].partition(" ")[0]


def test_the_whole_calendar_is_valid_for_two_other_programs(officer: Officer, client: FlaskClient) -> None:
    raw = client.get("/calendar.ics").data
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")

    assert all(len(line) <= 75 for line in raw.split(b"\r\n")) and b"\n" not in raw.replace(b"\r\n", b"")
    assert [str(one["summary"])[:9] for one in events] == ["Committee", "Senedd", "Élections"]
    assert events[0].decoded("dtstart") == date(2026, 12, 8) and events[0].decoded("dtend") == date(2026, 12, 10)
    assert client.get("/calendar.ics").data == raw


def test_libical_finds_nothing_against_it(officer: Officer, client: FlaskClient) -> None:
    asked = subprocess.run(["/usr/bin/python3", "-c", LIBICAL], input=client.get("/calendar.ics").data, capture_output=True, check=False)
    if b"gi" in asked.stderr and asked.returncode:
        pytest.skip("libical's own check is not installed (gir1.2-ical-3.0)")
    assert asked.stdout.split() == [b"0", b"3"], asked.stderr


def test_a_link_needs_no_account_and_cannot_be_bent(officer: Officer, client: FlaskClient) -> None:
    whole, adur, cardiff = link(client), link(client, ADUR), link(client, CARDIFF)
    client.post("/sign-out")

    assert client.get(whole).data.count(b"BEGIN:VEVENT") == 3
    assert client.get(adur).data.count(b"BEGIN:VEVENT") == 2 and b"Senedd" in client.get(cardiff).data
    assert client.get("/calendar.ics").status_code == 302
    assert [client.get(bent).status_code for bent in (adur[:-8] + "AAAA.ics", "/calendar/feeds/x", "/calendar/feeds/%00")][:2] == [404, 404]


def test_no_poll_here_leaves_the_link_of_that_authority_alone(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    with sqlite.transaction() as session:
        poll = next(rule for rule in rules.standing(session) if rule.place == "England")
        rules.exempt(session, poll.id, ADUR, source="x", by=officer, at=NOON)

    assert b"lections" not in client.get(link(client, ADUR)).data and b"lections" in client.get(link(client, BARNET)).data
