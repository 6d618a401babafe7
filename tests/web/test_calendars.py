"""An officer keeps the calendar: adds rules in plain words, changes and retires them, and says where no poll is held."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from audiences import calendar_subscriptions
from audiences.calendar_loads import Calendar
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from campaigns.planning.rules import CalendarRule
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET
from tests.web.visitors import NOON, SignIn, seen_on, title_of, words_on

TYPED = {
    "title": "Planning committee",
    "kind": "committee",
    "where": ":",
    "authority": "Adur",
    "first": ["8", "12", "2026"],
    "last": ["", "", ""],
    "often": "monthly",
    "until": ["", "", ""],
    "recurrence": "",
    "lead_days": "7",
    "source": "the council's timetable",
    "confirmed_on": ["20", "11", "2026"],
}
POLL = {
    "title": "Local elections",
    "kind": "pre-election",
    "where": "nation:England",
    "authority": "",
    "first": ["20", "11", "2026"],
    "last": ["10", "12", "2026"],
    "often": "once",
    "lead_days": "0",
}


@pytest.fixture
def officer(sqlite: Database, sign_in: SignIn) -> Officer:
    """An officer of LACoRS on a founded installation."""
    grounds.found(sqlite)
    grounds.take_the_polls_down(sqlite)
    return sign_in("officer", "lacors")


def add(client: FlaskClient, **changes: Any) -> str:
    return words_on(client.post("/calendar/new", data=TYPED | changes, follow_redirects=True))


def only(database: Database) -> CalendarRule:
    with database.reading() as session:
        (rule,) = rules.standing(session)
        return rule


def test_a_rule_is_added_in_plain_words_and_shown_with_its_source(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    said = add(client)
    listed = words_on(client.get("/calendar"))

    assert only(sqlite).recurrence == "FREQ=MONTHLY;BYDAY=2TU" and only(sqlite).place == ADUR
    assert "the second Tuesday of every month, from Tuesday 8 December 2026" in said
    assert "committee: papers close 7 days before" in said.lower() and "papers close 7 days before" in listed
    assert "the council's timetable" in listed and "confirmed on" in listed and "Adur" in listed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"authority": "Nowhere"}, "No one authority is called “Nowhere”"),
        ({"authority": "", "where": "region:Atlantis"}, "Choose one from the list"),
        ({"authority": ""}, "Choose what it is for, from the list, or type one authority"),
        ({"last": ["1", "1", "2026"]}, "The last day must not be before the first"),
        ({"lead_days": "many"}, "Enter a number of days in figures"),
        ({"often": "own", "recurrence": "FREQ=SECONDLY"}, "RFC 5545 rule of days"),
        ({"often": "own", "recurrence": "FREQ=YEARLY;INTERVAL=0"}, "Give how often it comes as an RFC 5545 rule of days"),
        ({"often": "own", "recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"}, "These dates never come"),
        ({"often": "own", "recurrence": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"}, "These dates never come"),
        ({"often": "own", "recurrence": "nonsense"}, "RFC 5545 rule of days"),
        ({"source": " "}, "Enter where you know it from"),
        ({"first": ["31", "2", "2027"]}, "Enter a real date"),
    ],
)
def test_a_rule_that_cannot_be_is_asked_for_again(
    officer: Officer, client: FlaskClient, sqlite: Database, changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in add(client, **changes)
    with sqlite.reading() as session:
        assert rules.standing(session) == []


def test_all_that_is_wrong_with_a_rule_is_told_at_once(officer: Officer, client: FlaskClient) -> None:
    said = add(client, title="a\u202eb", authority="Barnett", lead_days="many", first=["31", "2", "2027"], source="")

    for sentence in ("Enter what it is, in up to", "called “Barnett”", "number of days in figures", "a real date", "Enter where you know"):
        assert sentence in said


def test_a_rule_is_changed_and_retired_only_after_a_press(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    add(client)
    address = f"/calendar/{only(sqlite).id}"
    opened = client.get(f"{address}/change")
    shown = opened.get_data(as_text=True)
    client.post(f"{address}/change", data=TYPED | {"title": "Licensing committee", "seen": seen_on(opened)})
    asked = words_on(client.get(f"{address}/retire"))

    assert "cs-actions" in (page := client.get(address).get_data(as_text=True)) and "tables.css" in page  # which lays them out
    assert 'value="Planning committee"' in shown and only(sqlite).title == "Licensing committee"
    assert "Retire “Licensing committee”?" in asked and "may go sooner" in asked
    assert "The rule was retired" in words_on(client.post(f"{address}/retire", follow_redirects=True))
    assert "No rule fits these choices" in words_on(client.get("/calendar"))
    assert "It was retired on" in words_on(client.get(address))


def test_no_poll_here_is_one_step_from_the_authority_and_back(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    add(client, **POLL)
    rule = only(sqlite).id
    held = words_on(client.get(f"/authorities/{ADUR}"))
    step = {"authority": ADUR, "back": ADUR}
    freed = words_on(client.post(f"/calendar/{rule}/outside", data=step, follow_redirects=True))
    again = words_on(client.post(f"/calendar/{rule}/inside", data=step, follow_redirects=True))

    assert "Operational Open now" in held and "Publicity Friday 11 December 2026" in held
    assert "Held to 10 December: Local elections" in held and "No poll here" in held
    assert "Publicity Open now" in freed and f"Not here: said by {officer.name}" in freed
    assert "Publicity Friday 11 December 2026" in again


def test_no_poll_here_from_the_rules_own_page_names_its_source(officer: Officer, client: FlaskClient, sqlite: Database) -> None:
    add(client, **POLL)
    address = f"/calendar/{only(sqlite).id}/outside"
    said = words_on(client.post(address, data={"authority": "Barnet", "source": "their timetable"}, follow_redirects=True))

    assert "their timetable (officer of lacors" in said
    mistyped = client.post(address, data={"authority": "Barnett", "source": "their timetable of 2 May"}, follow_redirects=True)
    assert "No one authority is called “Barnett”" in words_on(mistyped) and title_of(mistyped).startswith("Error: ")
    assert all(f'value="{typed}"' in mistyped.get_data(as_text=True) for typed in ("Barnett", "their timetable of 2 May"))
    assert "Type the authority" in words_on(client.post(address, data={}, follow_redirects=True))
    at_once = words_on(client.post(address, data={"authority": "Barnett", "source": "a\u202eb"}))
    assert "No one authority is called “Barnett”" in at_once and "Enter where you know it from, in up to 200 characters" in at_once
    unsaid = words_on(client.post(address, data={"authority": "Barnett", "source": ""}))
    assert "No one authority is called “Barnett”" in unsaid and "Enter where you know it from" in unsaid
    assert "Publicity Open now" in words_on(client.get(f"/authorities/{BARNET}"))


def test_the_list_is_narrowed_by_authority_nation_kind_and_time(officer: Officer, client: FlaskClient) -> None:
    add(client)
    add(client, **POLL)
    add(client, title="Old season", kind="season", authority="", where="nation:Wales", first=["1", "2", "2025"], often="once")

    def titles(query: str) -> list[str]:
        lines = client.get(f"/calendar/calendar.csv?{query}").get_data(as_text=True).splitlines()[1:]
        return [line.split(",")[2] for line in lines]

    assert titles("") == ["Local elections", "Planning committee"]
    assert titles("authority=Barnet") == ["Local elections"]
    assert titles("kind=committee") == ["Planning committee"]
    assert titles("nation=Wales") == [] and titles("nation=Wales&when=all") == ["Old season"] == titles("when=past")
    assert client.get("/calendar?authority=Nowhere").status_code == 422


def test_bank_holidays_are_shown_and_cannot_be_changed(officer: Officer, client: FlaskClient) -> None:
    scotland, england = (words_on(client.get(f"/calendar?nation={nation}")) for nation in ("Scotland", "England"))

    assert "Monday 30 November 2026 Saint Andrew's Day" in scotland and "Andrew" not in england
    assert "cannot be changed here" in scotland


def test_a_by_election_is_prefilled(officer: Officer, client: FlaskClient) -> None:
    page = client.get(f"/calendar/new?kind=pre-election&title=By-election&authority={ADUR}").get_data(as_text=True)

    assert 'value="By-election"' in page and f'value="{ADUR}"' in page and '<option value="pre-election" selected' in page


def test_a_formula_stays_text_in_the_file(officer: Officer, client: FlaskClient) -> None:
    add(client, title="=1+1")

    assert "'=1+1" in client.get("/calendar/calendar.csv").get_data(as_text=True)


def test_an_observer_sees_the_calendar_and_nothing_to_change(
    officer: Officer, client: FlaskClient, sqlite: Database, sign_in: SignIn
) -> None:
    add(client)
    rule: UUID = only(sqlite).id
    sign_in("observer", None)

    assert "Add a rule" not in words_on(client.get("/calendar"))
    assert "Change it" not in words_on(client.get(f"/calendar/{rule}"))


def test_a_calendar_from_the_web_is_on_the_page_and_what_went_wrong_after_three_failures(
    officer: Officer, client: FlaskClient, sqlite: Database
) -> None:
    def page() -> str:
        return words_on(client.get("/calendar"))

    assert "Read from the web" not in page()
    calendar = Calendar("Adur committees", "authority", ADUR, "committee")
    with sqlite.transaction() as session:
        row = calendar_subscriptions.add(session, calendar, "https://calendar.example/secret", loopback=False, by=officer, at=NOON)
    seen = []
    for _ in range(3):
        with sqlite.transaction() as session:
            calendar_subscriptions.settle(session, row.id, "The <answer> was empty.", at=NOON)
        seen.append("could not be read since Tuesday 24 November 2026, 12:00: The <answer> was empty." in page())

    assert (seen, "Adur committees: not read yet" in page()) == ([False, False, True], True)
    assert "secret" not in client.get("/calendar").text and "<answer>" not in client.get("/calendar").text
