"""What the pages of the calendar offer, a press does; and whatever was typed is either kept or asked about."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from audiences import calendar_subscriptions
from audiences.calendar_loads import Calendar
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from tests.audiences.test_calendar_files import event, file
from tests.web import test_calendars
from tests.web.grounds import ADUR
from tests.web.test_calendar_files import bring
from tests.web.test_calendars import POLL, TYPED, add, only
from tests.web.visitors import NOON, seen_on, title_of, words_on

officer = test_calendars.officer
RETIRED = (
    "This rule was retired on Tuesday 24 November 2026, 12:00, so nothing about it can be changed. Add a new one if it is needed again."
)


def retired(client: FlaskClient, database: Database, **changes: Any) -> tuple[UUID, str]:
    """A rule that somebody retired, and what its page to change it carried before."""
    add(client, **changes)
    rule = only(database).id
    seen = seen_on(client.get(f"/calendar/{rule}/change"))
    client.post(f"/calendar/{rule}/retire")
    return rule, seen


def test_whoever_opens_or_sends_a_page_of_a_rule_that_was_retired_is_told_so(
    officer: Officer, client: FlaskClient, sqlite: Database
) -> None:
    rule, seen = retired(client, sqlite, **POLL)
    address = f"/calendar/{rule}"

    for page in (f"{address}/change", f"{address}/retire"):
        assert RETIRED in words_on(opened := client.get(page)) and opened.status_code == 409, page
    sent = client.post(f"{address}/change", data=TYPED | POLL | {"title": "By-election", "seen": seen})
    assert RETIRED in words_on(sent) and 'value="By-election"' in sent.text
    again = words_on(client.post(f"{address}/retire", follow_redirects=True))
    assert "It had been retired already" in again and "The rule was retired" not in again
    for step in ("outside", "inside"):
        for typed in ({"authority": ADUR, "source": "their timetable"}, {"authority": ADUR, "back": ADUR}):
            said = words_on(client.post(f"{address}/{step}", data=typed, follow_redirects=True))
            assert RETIRED in said and "not for this authority" not in said and "for this authority again" not in said
    with sqlite.reading() as session:
        assert rules.get(session, rule).title == POLL["title"] and rules.exemptions(session) == {}


def test_an_authority_that_a_rule_is_not_for_cannot_step_out_of_it(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    add(client, **POLL, source="the Act")
    rule = only(sqlite).id
    answer = client.post(f"/calendar/{rule}/outside", data={"authority": "Cardiff", "source": "their timetable"}, follow_redirects=True)

    assert "This rule is for England, and Cardiff is not there" in words_on(answer) and 'value="their timetable"' in answer.text
    with sqlite.reading() as session:
        assert rules.exemptions(session) == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"often": "once", "until": ["6", "5", "2027"]}, "Choose how often it comes, or leave “Until” empty"),
        ({"often": "own", "recurrence": "FREQ=DAILY", "until": ["6", "5", "2027"]}, "Say the end in the rule itself, as UNTIL=20270506"),
        ({"often": "weekly", "until": ["7", "12", "2026"]}, "“Until” must not be before the first day"),
        ({"often": "own", "recurrence": " "}, "Enter the rule, or choose another answer to how often it comes"),
        ({"often": "monthly", "recurrence": "FREQ=DAILY"}, "Choose “By a rule of RFC 5545” above, or leave this empty"),
        ({"where": "nation:England"}, "A rule is for one place: choose “One authority, typed below” in the list above, or empty this"),
        ({"confirmed_on": ["25", "11", "2026"]}, "Enter the day somebody checked it: today at the latest"),
    ],
)
def test_whatever_was_typed_of_a_rule_is_kept_or_asked_about(
    officer: Officer, client: FlaskClient, sqlite: Database, changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in add(client, **changes)
    with sqlite.reading() as session:
        assert rules.standing(session) == []


@pytest.mark.parametrize(
    ("often", "until", "moved"),
    [
        ("weekly", ["6", "5", "2027"], "FREQ=WEEKLY;BYDAY=WE;UNTIL=20270506"),
        ("monthly", ["", "", ""], "FREQ=MONTHLY;BYDAY=2WE"),
        ("yearly", ["", "", ""], "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=9"),
    ],
)
def test_a_rule_comes_on_its_new_day_once_its_first_day_is_changed(
    officer: Officer, client: FlaskClient, sqlite: Database, often: str, until: list[str], moved: str
) -> None:
    add(client, often=often, until=until)
    address = f"/calendar/{only(sqlite).id}/change"
    opened = client.get(address)
    (checked,) = re.findall(r'name="often"[^>]*value="(\w+)" checked', opened.text)
    (typed,) = re.findall(r'name="recurrence"[^>]*?value="([^"]*)"', opened.text) or [""]
    changed = {"first": ["9", "12", "2026"], "often": checked, "recurrence": typed, "until": until, "seen": seen_on(opened)}
    client.post(address, data=TYPED | changed)

    assert (checked, only(sqlite).recurrence) == (often, moved)
    assert re.findall(r'name="until"[^>]*?value="0?(\d*)"', opened.text) == [part for part in until if part]


def test_an_authority_that_nobody_knows_is_said_beside_its_box_and_the_other_choices_stay(officer: Officer, client: FlaskClient) -> None:
    add(client)
    answer = client.get("/calendar?authority=Barnett&kind=committee&when=all")
    page = words_on(answer)

    assert answer.status_code == 422 and title_of(answer).startswith("Error: ")
    assert "No one authority is called “Barnett”. Type its full name or its code" in page and "Nothing was saved" not in page
    assert 'value="Barnett"' in answer.text and 'value="committee" selected' in " ".join(answer.text.split())
    assert "Planning committee" not in page and "No rule fits" not in page and "calendar.csv" not in answer.text
    by_hand = words_on(client.get("/calendar/calendar.csv?authority=Barnett"))
    assert "No one authority is called “Barnett”" in by_hand and "Nothing was saved" not in by_hand


def test_of_a_rule_that_comes_again_with_its_calendar_it_is_said_that_a_change_here_does_not_last(
    officer: Officer, client: FlaskClient, sqlite: Database
) -> None:
    add(client)
    typed = only(sqlite).id
    client.post(bring(client, file(event("DTSTART;VALUE=DATE:20270112"))).headers["Location"])
    with sqlite.reading() as session:
        brought = next(rule.id for rule in rules.standing(session) if rule.calendar)
    filed = "When a file of the calendar “Adur committees” is brought in again, it is as that says, whatever was changed or retired here."

    for page in ("", "/change", "/retire"):
        assert filed in words_on(client.get(f"/calendar/{brought}{page}")), page
        assert "brought in again" not in words_on(client.get(f"/calendar/{typed}{page}")), page
    with sqlite.transaction() as session:
        calendar = Calendar("Adur committees", "authority", ADUR, "committee")
        calendar_subscriptions.add(session, calendar, "https://calendar.example/secret", loopback=False, by=officer, at=NOON)
    read = (
        "The calendar “Adur committees” is read from the web every day, and this rule is then as it stands there, whatever was changed or"
    )
    for page in ("", "/change", "/retire"):
        assert read in words_on(client.get(f"/calendar/{brought}{page}")), page


def test_a_calendar_that_is_read_from_the_web_is_not_brought_in_from_a_file(
    officer: Officer, client: FlaskClient, sqlite: Database
) -> None:
    with sqlite.transaction() as session:
        calendar = Calendar("Adur committees", "authority", ADUR, "committee")
        calendar_subscriptions.add(session, calendar, "https://calendar.example/secret", loopback=False, by=officer, at=NOON)

    answer = bring(client, file(event("DTSTART;VALUE=DATE:20270112")))

    assert "A calendar of this name is read from the web every day. Give this one another name" in words_on(answer)
