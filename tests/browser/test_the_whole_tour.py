"""A whole tour in Chromium: twelve groups asked, eleven held, one declined; 300 sign-ins, 40 of them on paper too; and what follows.

The organiser sits at a desk, guests stand at the door with a telephone. For each group six guests and all who send apologies by telephone
click through the three questions; the others' last answer is posted to the very form, with its field's name, and no page drawn. The
clock cannot be turned: a briefing is first dated late today, where apologies can still be sent, and then brought forward to this minute. On
another day the apologies would lapse, so that the tour is not walked in the hour before London's midnight.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from csv import DictReader
from datetime import datetime
from io import StringIO

import pytest
from playwright.sync_api import Browser

from campaigns.foundation import clock
from tests.browser import tour_books
from tests.browser.conftest import WAIT, Running, step_into
from tests.browser.tour_days import briefed, bring_forward, fill_the_rooms, follow_up, hold, read_coverage
from tests.browser.tour_plans import (
    DRAFTER,
    FOLLOW_UP,
    LINES,
    Journey,
    agree_the_note,
    hand_out_kits,
    plan_the_tour,
    replace_the_note,
    send_apologies,
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def journey(browser: Browser, running: Running) -> Iterator[Journey]:
    """The whole tour, walked once; each test then counts one thing."""
    if clock.london(datetime.now(clock.UTC)).hour == 23:
        pytest.skip("it is nearly midnight in London")
    desk = browser.new_context(base_url=running.address, viewport={"width": 1280, "height": 900}).new_page()
    phone = browser.new_context(base_url=running.address, viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True).new_page()
    for page in (desk, phone):
        page.set_default_timeout(WAIT)
    step_into(desk, DRAFTER)
    authorities, people = (
        desk.request.get(address).text() for address in ("/authorities/authorities.csv?opted_in=y", "/people/people.csv")
    )
    walked = Journey(running, desk, phone, tour_books.read(authorities, people))
    for step in (agree_the_note, plan_the_tour, hand_out_kits, send_apologies, replace_the_note, bring_forward, fill_the_rooms):
        step(walked)
    for group in walked.books.groups:
        hold(walked, group)
    follow_up(walked)
    read_coverage(walked)
    yield walked
    desk.context.close()
    phone.context.close()


def test_twelve_groups_are_planned_eleven_held_and_one_declined(journey: Journey) -> None:
    said = journey.see(str(journey.seen["tour"])).get_by_label("Briefings by state").inner_text().split()
    assert said == ["11", "held", "0", "dated", "0", "wanted", "1", "declined", "12", "briefings,", "12", "regional", "groups"]


def test_three_hundred_sign_ins_forty_of_them_twice_are_three_hundred_attendances(
    journey: Journey, record_property: Callable[[str, object], None]
) -> None:
    lists = [journey.desk.request.get(f"{journey.briefings[one.name]}/who-was-there.csv").text() for one in journey.books.groups]
    rows = Counter(row["Status"] for text in lists for row in DictReader(StringIO(text.removeprefix("\ufeff"))))
    record_property("figure", f"sign-ins {tour_books.SIGN_INS}, typed in again {tour_books.TWICE}, attendances {rows['present']}")
    assert sum(len(group.twice) for group in journey.books.groups) == tour_books.TWICE
    assert rows["present"] == tour_books.SIGN_INS == sum(len(group.guests) for group in journey.books.groups)
    assert rows["apologies"] == sum(len(group.apologies) for group in journey.books.groups)


def test_coverage_shows_exactly_those_authorities(journey: Journey, record_property: Callable[[str, object], None]) -> None:
    shown = briefed(journey)
    came = len({code for code, _ in shown})
    record_property("figure", f"briefed: {came} authorities, {len(shown)} of their roles")
    assert shown == journey.books.seats
    report = str(journey.seen["report"])
    assert f"{came} of 361 authorities came to 11 briefings" in report
    assert f", {came} now. As at" in report  # how many before: the briefings begin in the minute in which the tour was opened


def test_each_letter_reaches_exactly_those_who_came_who_did_not_and_who_sent_apologies(
    journey: Journey, record_property: Callable[[str, object], None]
) -> None:
    expected = {address: LINES[outcome] for group in journey.books.groups for address, outcome in journey.books.letters(group).items()}
    letters = journey.mails(FOLLOW_UP)
    got = {mail["To"]: [line for line in LINES.values() if line in mail.get_body(("plain",)).get_content()] for mail in letters}  # type: ignore[union-attr]
    record_property("figure", f"letters: {dict(Counter(line for lines in got.values() for line in lines))}, {len(letters)} in all")
    assert len(letters) == len(got), "somebody got two"
    assert got == {address: [line] for address, line in expected.items()}
    assert set(Counter(expected.values())) == set(LINES.values())
    assert journey.seen["before the last list"], "a list that was not complete had letters already"


def test_a_note_agreed_later_replaces_the_one_that_was_pinned(journey: Journey) -> None:
    assert "do not read from this" in str(journey.seen["old page"]) and "You will see less paper." in str(journey.seen["old page"])
    assert "You will see no paper at all." in str(journey.seen["new page"]) and "uperseded" not in str(journey.seen["new page"])
    assert str(journey.seen["tour with the new note"]).count("revision 2") == len(journey.books.groups)
    assert "superseded" not in str(journey.seen["tour with the new note"])


def test_every_page_on_the_way_is_whole(journey: Journey) -> None:
    assert journey.faults == []
