"""An invitation on the pages: begun from its tour, refused with a sentence where it does not fit, and said before a briefing is called off."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.invited import CORE, INVITED, WALES, YORKSHIRE, Invited
from tests.campaigns.stories import DAY, NOON
from tests.web.conftest import Clock
from tests.web.visitors import SignIn, seen_on, words_on

LINES = "closed-invitation"


@pytest.fixture
def tour(sqlite: Database, clock: Clock, sign_in: SignIn) -> Invited:
    """Two dated briefings, and an officer of HSE signed in."""
    clock.at = NOON
    found = invited.dated(sqlite)
    sign_in("officer", "hse")
    return found


def typed(tour: Invited, **changes: object) -> dict[str, object]:
    """The form of an invitation to both briefings."""
    briefings = [str(tour.briefing(group).id) for group in (WALES, YORKSHIRE)]
    said = {
        "campaign": str(tour.house.campaign),
        "title": "Come",
        "subject": "Come to a briefing",
        "core": CORE,
        "audiences": "practitioners",
    }
    when = {"latest_send": ["14", "5", "2026"], "latest_send_hour": "17:00"}
    return {**said, **when, "invites_to": briefings, LINES: "\n".join(INVITED), "save": "Save", **changes}


def write(client: FlaskClient, form: dict[str, object]) -> str:
    return words_on(client.post("/messages/new", data=form, follow_redirects=True))


def test_from_the_tours_page_the_form_comes_filled_in_with_its_dated_briefings(client: FlaskClient, tour: Invited) -> None:
    said = words_on(client.get(f"/tours/{tour.tour}"))
    assert "Write the invitation" in said
    page = client.get(f"/messages/new?tour={tour.tour}").get_data(as_text=True)
    ticked = re.findall(r'<input[^>]*name="invites_to"[^>]*value="([^"]+)"[^>]*checked', page)
    assert sorted(ticked) == sorted(str(tour.briefing(group).id) for group in (WALES, YORKSHIRE))
    assert "((invitation))" in page and "Please say whether you are coming." in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({LINES: "Only one line"}, "Give exactly three lines"),
        ({"core": "Dear ((name)), come.\n\n((your part))"}, "Write ((invitation)) where one of these three lines should go"),
        ({"invites_to": []}, "Choose the briefings it invites to, or take ((invitation)) and its lines out"),
        ({"invites_to": "junk"}, "Choose from the list; it may have changed since the page was opened"),
        ({"closed-date": "12 June", "holding_line": "y", LINES: ""}, "A notice of change is about one briefing"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(client: FlaskClient, tour: Invited, changes: dict[str, object], says: str) -> None:
    said = write(client, typed(tour, **changes))
    assert "There is a problem" in said and says in said


def test_the_choices_of_a_notice_are_days_and_times_that_exist(client: FlaskClient, tour: Invited) -> None:
    one = {"invites_to": str(tour.briefing(WALES).id), "holding_line": "y", "let_go_by": ["hse", "lacors"], LINES: ""}
    core = "Now ((date)), ((time)).\n\n((your part))"
    said = write(
        client,
        typed(tour, **one, core=core, **{"closed-date": "31 June 2026\nMonday 12 June 2026", "closed-time": "10 to 11\n12:00 to 9:00"}),
    )
    for choice in ("31 June 2026", "Monday 12 June 2026"):
        assert f"Write “{choice}” as a day that exists" in said
    for choice in ("10 to 11", "12:00 to 9:00"):
        assert f"Write “{choice}” as a time of day" in said
    good = {"closed-date": "12 June 2026\nMonday 15 June 2026", "closed-time": "10:00 to 11:30"}
    assert "Saved as a draft" in write(client, typed(tour, **one, core=core, **good))


def test_its_preview_shows_the_first_line_and_its_briefings_stay_ticked(client: FlaskClient, tour: Invited) -> None:
    said = write(client, typed(tour, preview="Save and preview"))
    assert INVITED[0] in said
    assert "Come to the briefing" not in said
    assert "When and where their briefing is, is filled in when it is submitted." in said


def test_before_it_is_submitted_it_is_for_those_alone_whose_group_has_one_of_its_briefings(client: FlaskClient, tour: Invited) -> None:
    only = typed(tour, audiences="senior-managers", invites_to=str(tour.briefing(YORKSHIRE).id))
    message = client.post("/messages/new", data=only).headers["Location"].partition("?")[0]

    said, readers = words_on(client.get(message)), words_on(client.get(f"{message}/readers"))
    assert "1 reader as the audiences stand today" in said
    assert "1 person is left out: 1 because the reader's group has none of these briefings." in said
    assert "Leeds City Council" in readers
    assert "(reader 1 of 1)" in words_on(client.get(f"{message}/preview/"))


def test_what_would_keep_it_from_being_sealed_is_said_before_it_is_submitted(client: FlaskClient, tour: Invited) -> None:
    late = client.post("/messages/new", data=typed(tour, latest_send=["30", "12", "2026"])).headers["Location"].partition("?")[0]
    message = client.post("/messages/new", data=typed(tour)).headers["Location"].partition("?")[0]
    assert "Submit to HSE and LACoRS" in words_on(client.get(message))

    said, answer = words_on(client.get(late)), words_on(client.post(f"{late}/submission", follow_redirects=True))
    before = "Let the latest time to send be before the last of the briefings begins"
    assert f"It cannot be submitted yet. {before}" in said and "Submit to HSE and LACoRS" not in said
    assert before in answer and "It cannot be submitted yet" in words_on(client.get(late))

    off = f"/briefings/{tour.briefing(WALES).id}/calling-off"
    client.post(off, data={"reason": "The hall is flooded.", "seen": seen_on(client.get(off))})
    assert "It cannot be submitted yet. The briefing of Wales has no date." in words_on(client.get(message))
    tour.arrange(WALES, NOON + 20 * DAY)
    assert "Submit to HSE and LACoRS" in words_on(client.get(message))


def test_a_briefing_called_off_since_stays_ticked_for_whoever_proposes_other_words(client: FlaskClient, tour: Invited) -> None:
    message = client.post("/messages/new", data=typed(tour)).headers["Location"].partition("?")[0]
    page = f"/briefings/{tour.briefing(WALES).id}/calling-off"
    client.post(page, data={"reason": "The hall is flooded.", "seen": seen_on(client.get(page))})
    assert tour.briefing(WALES).state != "dated"
    for page in ("edit", "proposal"):
        ticked = re.findall(
            r'<input[^>]*name="invites_to"[^>]*value="([^"]+)"[^>]*checked', client.get(f"{message}/{page}").get_data(as_text=True)
        )
        assert sorted(ticked) == sorted(str(tour.briefing(group).id) for group in (WALES, YORKSHIRE)), page


def test_before_a_briefing_is_called_off_the_page_says_who_is_told_and_who_is_not(
    client: FlaskClient, sqlite: Database, clock: Clock, sign_in: SignIn
) -> None:
    clock.at = NOON + timedelta(minutes=1)
    gone, story = invited.gone(sqlite)
    sign_in("officer", "hse")
    page = f"/briefings/{gone.briefing().id}/calling-off"
    assert "3 people have been invited. They are sent the cancellation" in words_on(client.get(page))
    clock.at = NOON + 4 * DAY
    assert "3 invited people get no cancellation" in words_on(client.get(page)), story
