"""Questions, next actions and local repeats on a briefing's page; a repeat told on one page counts once an officer accepts it."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from audiences import reorganisations
from campaigns.briefings import actions, arranging, attendance, questions, repeats
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.repeats import Repeat
from tests.campaigns.stories import DAY
from tests.web.conftest import Clock
from tests.web.grounds import ADUR, CARDIFF, Ground
from tests.web.visitors import NOON, SignIn, words_on
from web import briefing_links
from web.briefing_links import REPEAT, SIGN_IN

TOLD: dict[str, Any] = {
    "authority": CARDIFF,
    "day": ["23", "11", "2026"],
    "venue": "The depot",
    "heads_practitioner": "14",
    "asked": "Who pays?",
    "reporter": "Jo Reed",
    "post": "Liaison officer",
}


def page_of(client: FlaskClient, briefing: UUID, purpose: str = REPEAT) -> str:
    with client.application.test_request_context():
        return "/repeat/" + briefing_links.token(purpose, briefing)


def told(ground: Ground, briefing: UUID) -> list[Repeat]:
    with ground.database.reading() as session:
        return repeats.of_briefing(session, briefing)


def test_a_repeat_is_told_on_one_page_without_an_account_and_waits(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post("/sign-out")
    client.delete_cookie("countersign")
    address = page_of(client, briefing)
    page = client.get(address)
    assert "an officer of HSE or LACoRS looks at what you tell us first" in words_on(page) and told(ground, briefing) == []

    answer, again = client.post(address, data=TOLD), client.post(address, data=TOLD)

    assert "Thank you. An officer will look at it" in words_on(answer)
    assert "You had told us this already" in words_on(again)
    assert not any("Set-Cookie" in one.headers for one in (page, answer, again))
    (row,) = told(ground, briefing)
    assert (row.state, row.authority_code, row.heads, row.reporter) == ("waiting", CARDIFF, {"practitioner": 14}, "Jo Reed")


def test_an_officer_accepts_a_repeat_or_lets_it_not_count(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post(page_of(client, briefing), data=TOLD)
    (row,) = told(ground, briefing)
    assert "reported from a link" in words_on(client.get(f"/briefings/{briefing}"))

    accepted = client.post(f"/briefings/repeats/{row.id}/acceptance", follow_redirects=True)
    refused = client.post(f"/briefings/repeats/{row.id}/refusal", follow_redirects=True)

    assert "Yes, accepted by officer of hse" in words_on(accepted) and "14 practitioners" in words_on(accepted)
    assert "No, says officer of hse" in words_on(refused)
    assert client.post(f"/briefings/repeats/{row.id}/refusal").status_code == 409


@pytest.mark.long
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"authority": ""}, "Choose the authority it was held at"),
        ({"authority": ADUR}, "Choose one from the list"),
        ({"day": ["23", "11", "2027"]}, "when the briefing was, to today"),
        ({"day": ["31", "11", "2026"]}, "Enter a real date"),
        ({"heads_practitioner": ""}, "for at least one role"),
        ({"heads_practitioner": "many"}, "Enter a number of people"),
        ({"heads_practitioner": "9999"}, "up to 500"),
        ({"venue": ""}, "Enter where it was"),
        ({"reporter": "x" * 201}, "200 characters or fewer"),
        ({"reporter": "\u202ereversed"}, "Enter your name"),
        ({"asked": "a\x00b"}, "invisible character"),
        ({"post": " "}, "Enter your post"),
    ],
)
def test_what_cannot_be_told_is_asked_for_again(ground: Ground, client: FlaskClient, changes: dict[str, Any], sentence: str) -> None:
    briefing = ground.held()

    answer = client.post(page_of(client, briefing), data=TOLD | changes)

    assert answer.status_code == 200 and "There is a problem" in words_on(answer) and sentence in words_on(answer)
    assert told(ground, briefing) == []


def test_a_link_for_signing_in_tells_of_no_repeat(ground: Ground, client: FlaskClient) -> None:
    briefing, undated = ground.held(), ground.briefing(ground.tour())

    for address in (page_of(client, briefing, SIGN_IN), page_of(client, undated), "/repeat/null"):
        assert client.get(address).status_code == client.post(address, data=TOLD).status_code == 404
    assert told(ground, briefing) == []


def test_a_question_is_written_down_and_settled(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    empty = client.post(f"/briefings/{briefing}/questions/new", data={"question": " "})
    asked = client.post(f"/briefings/{briefing}/questions/new", data={"question": "Who pays?", "authority": CARDIFF}, follow_redirects=True)
    with ground.database.reading() as session:
        (row,) = questions.of_briefing(session, briefing)
    settled = client.post(f"/briefings/questions/{row.id}/outcome", data={"outcome": "HSE does"}, follow_redirects=True)

    assert "Enter what was asked" in words_on(empty)
    assert "Who pays? Cardiff" in words_on(asked) and "nothing yet" in words_on(asked)
    assert "HSE does" in words_on(settled) and "nothing yet" not in words_on(settled)
    assert "HSE does" in client.get(f"/briefings/questions/{row.id}/outcome").get_data(as_text=True)
    assert "Choose one from the list" in words_on(
        client.post(f"/briefings/{briefing}/questions/new", data={"question": "x", "authority": ADUR})
    )


def test_a_council_that_came_to_an_end_keeps_its_name_on_the_list_and_beside_what_it_asked(ground: Ground, client: FlaskClient) -> None:
    person, briefing, by = ground.person(CARDIFF), ground.held(), {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        questions.raise_one(session, briefing, question="Who pays?", authority_code=CARDIFF, **by)
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by)
        reorganisations.end(session, CARDIFF, on=(NOON - DAY).date(), successors=[], **by)

    pages = (f"/briefings/{briefing}", f"/briefings/{briefing}/who-was-there", f"/people/{person}")
    page, listed, whom = (words_on(client.get(one)) for one in pages)

    assert "Who pays? Cardiff" in page and "Cardiff" in listed and CARDIFF not in listed
    assert "Authority or body Cardiff" in whom


def test_a_next_action_has_an_owner_and_a_day_and_is_done(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    said = {"what": "Send the note", "party": "lacors", "owner": "Policy officer", "due": ["1", "12", "2026"]}
    empty = client.post(f"/briefings/{briefing}/actions/new", data={})
    added = client.post(f"/briefings/{briefing}/actions/new", data=said, follow_redirects=True)
    with ground.database.reading() as session:
        (row,) = actions.of_briefing(session, briefing)
    done = client.post(f"/briefings/actions/{row.id}/done", follow_redirects=True)

    assert all(
        sentence in words_on(empty) for sentence in ("what is to be done", "Choose who does it", "the post that does it", "Enter the day")
    )
    assert "LACoRS: Policy officer 1 December 2026" in words_on(added)
    assert "24 November 2026, officer of hse" in words_on(done)
    assert client.post(f"/briefings/actions/{row.id}/done").status_code == 409
    again = words_on(client.post(f"/briefings/actions/{row.id}/reopening", follow_redirects=True))
    assert "no longer marked as done" in again and "24 November 2026, officer of hse" not in again


def test_what_is_still_open_after_a_held_briefing_is_what_happens_next(ground: Ground, client: FlaskClient) -> None:
    briefing, today = ground.held(), date(2026, 12, 9)
    with ground.database.transaction() as session:
        by = ground.house.drafter
        asked = questions.raise_one(session, briefing, question="Who pays?", authority_code=None, by=by, at=NOON)
        action = actions.add(session, briefing, what="Send the list", party="hse", owner="LOPP lead", due=today, by=by, at=NOON)
    client.post(page_of(client, briefing), data=TOLD)
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]})
    client.post(f"/briefings/{briefing}/who-was-there/complete")

    page = words_on(client.get(f"/briefings/{briefing}"))
    still = "1 question has no answer yet; 1 action is not done yet; 1 local repeat waits for a decision: see below. The briefing was held"
    assert still in page and "Done Send the list" in page

    client.post(f"/briefings/questions/{asked}/outcome", data={"outcome": "Nobody pays."})
    client.post(f"/briefings/actions/{action}/done")
    (repeat,) = told(ground, briefing)
    client.post(f"/briefings/repeats/{repeat.id}/refusal")
    assert "What happens next. Nothing: the briefing was held" in words_on(client.get(f"/briefings/{briefing}"))


def test_before_anybody_signs_in_the_page_counts_no_noughts(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()

    page = words_on(client.get(f"/briefings/{briefing}"))

    assert "Nobody has signed in or sent apologies yet; the group has" in page and "0 people" not in page


def test_the_door_is_shown_as_long_as_it_leads_anywhere_and_apologies_as_long_as_they_can_be_sent(
    ground: Ground, client: FlaskClient, clock: Clock
) -> None:
    tomorrow = Arrangement(NOON + DAY, "County Hall", "Head of the unit", "Policy officer", note=ground.agreed())
    soon = ground.briefing(ground.tour())
    with ground.database.transaction() as session:
        arranging.arrange(session, soon, tomorrow, by=ground.house.drafter, at=NOON)
    before = words_on(client.get(f"/briefings/{soon}"))
    assert "Sign-in with a phone" in before and "apologies can be sent there until the briefing begins" in before

    clock.forward(DAY)
    meanwhile = words_on(client.get(f"/briefings/{soon}"))
    assert "Sign-in with a phone" in meanwhile and "apologies can be sent" not in meanwhile

    clock.forward(3 * DAY)
    after = words_on(client.get(f"/briefings/{soon}"))
    assert "Sign-in with a phone" not in after and "Who was there" in after


def test_once_the_list_is_complete_the_door_is_shown_to_nobody_and_says_so_before_it_asks_anything(
    ground: Ground, client: FlaskClient
) -> None:
    briefing = ground.held()
    assert "Sign-in with a phone" in words_on(client.get(f"/briefings/{briefing}"))
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]})
    client.post(f"/briefings/{briefing}/who-was-there/complete")

    assert "Sign-in with a phone" not in words_on(client.get(f"/briefings/{briefing}"))
    with client.application.test_request_context():
        door = client.get("/sign-in/" + briefing_links.token(SIGN_IN, briefing))
    assert door.status_code == 409 and "The list of who was there has been completed" in words_on(door)


def test_the_sheet_and_the_briefing_s_page_bear_the_code_and_the_address(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    briefing = ground.held()
    sheet, page = (client.get(f"/briefings/{briefing}{path}").get_data(as_text=True) for path in ("/sign-in-sheet", ""))
    assert all("http://localhost:8000/sign-in/" in text and 'class="cs-qr"' in text for text in (sheet, page))
    undated = client.get(f"/briefings/{ground.briefing(ground.tour())}").get_data(as_text=True)
    assert "cs-qr" not in undated

    sign_in("observer", None)
    seen = client.get(f"/briefings/{briefing}").get_data(as_text=True)

    assert "/sign-in/" not in seen and "/repeat/" not in seen and "Questions raised" in seen


def test_before_it_is_held_lines_of_the_sheet_are_apologies_and_nobody_is_said_to_have_stayed_away(
    ground: Ground, client: FlaskClient
) -> None:
    briefing = ground.briefing(ground.tour())
    form = client.get(f"/briefings/{briefing}/paper").get_data(as_text=True)
    assert form.count('value="apologies" selected') == form.count("Was there?") > 0

    typed = {"line-0-place": CARDIFF, "line-0-role": "elected_member", "line-0-name": "Cllr Gone"}
    page = words_on(client.post(f"/briefings/{briefing}/paper", data=typed, follow_redirects=True))

    assert "1 sent apologies" in page and "Nobody is on the list from" in page and "Nobody came from" not in page
    assert ",nobody on the list,0" in client.get(f"/briefings/{briefing}/who-was-there.csv").get_data(as_text=True)
