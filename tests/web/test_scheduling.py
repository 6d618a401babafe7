"""When an agreed release goes: chosen, changed, and refused on its field where it cannot be."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.foundation import log
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import seen_on, words_on


def test_an_agreed_release_is_scheduled_for_a_time(office: Office) -> None:
    release = office.agreed()
    assert "“What LOPP is” is agreed by both parties" in office.see("/")
    assert "at most 100,000 letters a second: a moment for 5 letters" in office.see(f"/releases/{release}/schedule")

    page = words_on(office.post(f"/releases/{release}/schedule", when="later", day=["26", "11", "2026"], hour="9.30am"))

    assert "It goes out on Thursday 26 November 2026, 09:30." in page
    assert office.state(release) == "scheduled"
    assert "09:30 “What LOPP is” goes out to 5 readers" in office.see("/")


def test_changing_the_time_shows_the_one_that_stands_and_fills_the_form_with_it(office: Office) -> None:
    release = office.agreed()
    assert "Now set for" not in office.see(f"/releases/{release}/schedule")
    office.post(f"/releases/{release}/schedule", when="later", day=["26", "11", "2026"], hour="9.30am")

    answer = office.client.get(f"/releases/{release}/schedule")
    html = " ".join(answer.get_data(as_text=True).split())

    assert "Now set for Thursday 26 November 2026, 09:30" in words_on(answer)
    assert 'value="later" checked' in html and 'value="26"' in html and 'value="2026"' in html and 'value="09:30"' in html
    assert "Change the time" in words_on(answer) and "Let it go" not in words_on(answer)
    assert "Choose when it goes" in words_on(office.post(f"/releases/{release}/schedule"))  # what stands is no answer to an empty form
    standing = {"day": ["26", "11", "2026"], "hour": "09:30"}  # what stood stands in the boxes
    office.post(f"/releases/{release}/schedule", when="windows", seen=seen_on(answer), **standing)
    assert 'value="windows" checked' in " ".join(office.client.get(f"/releases/{release}/schedule").get_data(as_text=True).split())


def test_a_time_that_the_other_party_chose_meanwhile_is_shown_and_not_written_over(office: Office) -> None:
    release = office.agreed()
    stale = seen_on(office.client.get(f"/releases/{release}/schedule"))
    office.sit(party="lacors")
    office.post(f"/releases/{release}/schedule", when="later", day=["10", "12", "2026"], hour="10:00", seen=stale)
    office.sit()

    answer = office.post(f"/releases/{release}/schedule", when="now", seen=stale)

    page = words_on(answer)
    assert answer.status_code == 409 and "Somebody else changed this choice of a time while you had it open. Nothing was saved" in page
    assert "It goes: nothing when you opened the page, “Thursday 10 December 2026, 10:00” now." in page
    with office.database.reading() as session:
        assert len(log.of_kinds(session, release, "ReleaseScheduled")) == 1
    assert "It goes out as soon as it may." in words_on(office.post(f"/releases/{release}/schedule", when="now", seen=seen_on(answer)))


@pytest.mark.parametrize("way", [{"when": "windows"}, {"when": "later", "day": ["10", "12", "2026"], "hour": "10:00"}])
def test_what_was_chosen_already_is_nothing_new_whoever_chooses_it(office: Office, way: dict[str, Any]) -> None:
    release = office.agreed()
    first = words_on(office.post(f"/releases/{release}/schedule", **way))
    office.sit(party="lacors")

    again = words_on(office.post(f"/releases/{release}/schedule", **way))

    told = (
        "It goes to each authority in its own next window."
        if way["when"] == "windows"
        else "It goes out on Thursday 10 December 2026, 10:00."
    )
    assert told in first and told in again
    with office.database.reading() as session:
        assert len(log.of_kinds(session, release, "ReleaseScheduled")) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose when it goes"),
        ({"when": "never"}, "Choose when it goes"),
        ({"when": "later", "day": ["", "", ""], "hour": "9:00"}, "Enter the day it goes"),
        ({"when": "later", "day": ["26", "11", "2026"], "hour": ""}, "Enter a time, like 9:30am"),
        ({"when": "later", "day": ["1", "11", "2026"], "hour": "9:00"}, "Choose a time that has not passed"),
        (
            {"when": "later", "day": ["21", "12", "2026"], "hour": "9:00"},
            "Choose a time before Sunday 20 December 2026, 17:00, the latest both parties signed",
        ),
        (
            {"when": "now", "day": ["26", "11", "2026"], "hour": ""},
            "What you entered is for “At a time I choose, whatever each authority’s own calendar says",
        ),
        ({"when": "windows", "day": ["", "", ""], "hour": "9:00"}, "Choose that, or empty those boxes"),
        ({"when": "later", "day": ["28", "3", "2027"], "hour": "1:30"}, "01:30 does not exist"),
        ({"when": "later", "day": ["31", "10", "2027"], "hour": "1:30"}, "01:30 comes twice"),
    ],
)
def test_a_time_that_cannot_be_is_refused_on_its_field(office: Office, fields: dict[str, object], sentence: str) -> None:
    release = office.agreed()

    answer = office.post(f"/releases/{release}/schedule", **fields)

    assert sentence in words_on(answer)
    assert "There is a problem" in words_on(answer)
    if sentence.startswith("Choose a time"):
        assert '<a href="#day-day">Choose a time' in answer.get_data(as_text=True)
    assert office.state(release) == "sealed"


def test_what_was_entered_for_another_way_is_said_beside_whatever_else_is_wrong(office: Office) -> None:
    release = office.agreed()

    said = words_on(office.post(f"/releases/{release}/schedule", when="windows", day=["26", "11", "2026"], hour="25:99"))

    assert "Enter a time, like 9:30am" in said and "What you entered is for “At a time I choose" in said


def test_what_is_not_agreed_cannot_be_scheduled(office: Office) -> None:
    release = office.waiting()

    assert "so no time can be chosen for it" in office.see(f"/releases/{release}/schedule")
    answer = office.post(f"/releases/{release}/schedule", when="now")
    assert answer.status_code == 409
    assert "HSE has not signed." in words_on(answer)


def test_whoever_chooses_reads_what_the_authorities_calendars_say_of_today(office: Office, clock: Clock) -> None:
    release = office.agreed()
    assert "A letter today 0 of 2 authorities have something against it" in office.see(f"/releases/{release}/schedule")

    clock.forward(timedelta(days=4))  # a Saturday

    assert "A letter today 2 of 2 authorities have something against it" in office.see(f"/releases/{release}/schedule")
