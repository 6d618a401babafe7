"""The forward plan in a calendar program: an officer's own link, valid iCalendar, titles and states alone; a changed link opens nothing."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from audiences.forward_plan import Item
from audiences.planned_letters import DUE, PROPOSED
from campaigns.foundation import officers, tokens
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import plan_rows
from campaigns.planning.plan_rows import Typed
from tests import snapshots
from tests.web import grounds, visitors
from tests.web.grounds import Ground
from tests.web.visitors import NOON, SignIn
from tests.web.ways import NOWHERE
from web import plan_feeds

LONG = "Ünïted: what, LOPP; is \\ and why " + "so on " * 25


@pytest.fixture
@snapshots.beginning
def ground(sqlite: Database) -> Ground:
    """A briefing that was held, and one row of the plan."""
    ground = grounds.found(sqlite)
    ground.person()
    ground.held()
    row = Typed("practitioners", LONG.strip(), "article", date(2026, 12, 10))
    with ground.database.transaction() as session:
        plan_rows.add(session, ground.campaign, row, by=ground.house.drafter, at=NOON)
    return ground


def link(client: FlaskClient, officer: Officer) -> str:
    """The address that the officer's page shows, without the host."""
    with client.application.test_request_context():
        return "/" + plan_feeds.address(officer).split("/", 3)[3]


def test_a_calendar_program_reads_the_feed_without_signing_in(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    officer = sign_in("observer", None)
    shown = client.get("/forward-plan").get_data(as_text=True)
    stranger = client.application.test_client()
    answer = stranger.get(link(client, officer))

    assert link(client, officer) in shown
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    said = {str(event["SUMMARY"]): event for event in events}
    assert f"{LONG.strip()} (proposed)" in said and any(summary.startswith("Briefing of Wales") for summary in said)
    assert said[f"{LONG.strip()} (proposed)"].decoded("dtstart") == date(2026, 12, 10)
    assert not any(address.encode() in answer.data for address in ground.addresses())


def test_lines_are_folded_at_75_octets_and_ended_as_the_standard_says(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    data = client.get(link(client, sign_in("officer", "hse"))).data

    assert data.replace(b"\r\n", b"").count(b"\n") == 0 and data.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert data.count(b"DTSTAMP:20261124T120000Z") == data.count(b"BEGIN:VEVENT") > 1


def test_an_entry_keeps_its_uid_and_a_moment_is_timed() -> None:
    from_row = Item("article", PROPOSED, "proposed", "A", date(2027, 1, 4), date(2027, 1, 31), ("row", NOWHERE))
    briefing = Item("briefing", DUE, "dated", "B", NOON.date(), NOON.date(), ("briefing", NOWHERE), NOON, message_class="ministerial")
    one, two = (Calendar.from_ical(plan_feeds.write([from_row, briefing], at=at)).walk("VEVENT") for at in (NOON, NOON + timedelta(days=1)))

    assert [str(event["UID"]) for event in one] == [str(event["UID"]) for event in two]
    assert len({str(event["UID"]) for event in one}) == 2
    assert one[0].decoded("dtend") == date(2027, 2, 1) and str(one[0]["STATUS"]) == "TENTATIVE"
    assert one[1].decoded("dtstart") == NOON and str(one[1]["SUMMARY"]) == "Government interest: B (dated)"


def test_a_title_of_several_lines_makes_no_entry_of_its_own() -> None:
    hostile = Item("article", PROPOSED, "proposed", "A\r\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:x", NOON.date(), NOON.date(), ("row", NOWHERE))

    assert len(Calendar.from_ical(plan_feeds.write([hostile], at=NOON)).walk("VEVENT")) == 1


def test_a_link_that_was_changed_or_made_for_something_else_opens_nothing(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    officer = sign_in("officer", "hse")
    good = link(client, officer).removeprefix("/forward-plan/").removesuffix(".ics")
    secret = visitors.desk_of(client.application).settings.secret_key
    bent = [
        *(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(0, len(good), 7)),
        good[:-1],
        good + "A",
        "x",
        "é",
        tokens.make(secret, "another purpose", str(officer.id)),
        tokens.make(secret, plan_feeds.PURPOSE, str(NOWHERE)),
        tokens.make(secret, plan_feeds.PURPOSE, "nobody"),
        tokens.make(secret, plan_feeds.PURPOSE, str(officer.id), "more"),
        tokens.make("x" * 40, plan_feeds.PURPOSE, str(officer.id)),
    ]
    assert [client.get(f"/forward-plan/{token}.ics").status_code for token in bent] == [404] * len(bent)
    assert client.get(f"/forward-plan/{good}.ics").status_code == 200


def test_the_link_ends_when_its_officer_leaves(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    officer = sign_in("officer", "hse")
    with ground.database.transaction() as session:
        officers.leave(session, officer.id, by="tests", at=NOON)

    assert client.get(link(client, officer)).status_code == 404


def test_the_link_goes_on_working_when_the_secret_is_replaced_and_ends_when_it_is_forgotten(
    ground: Ground, client: FlaskClient, sign_in: SignIn
) -> None:
    feed = link(client, sign_in("officer", "hse"))
    kept, forgot = visitors.under_a_new_secret(client.application)

    assert (kept.get(feed).status_code, forgot.get(feed).status_code) == (200, 404)
