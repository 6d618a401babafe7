"""An officer arranges a tour: opens it, dates a briefing, has it declined, holds it, and prints what is taken along."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from audiences import organisation_changes
from audiences.organisations import Membership
from campaigns.briefings import tours
from tests.web import grounds, many
from tests.web.conftest import Clock
from tests.web.grounds import Ground
from tests.web.test_tours_arrangements import arrangement
from tests.web.visitors import NOON, SignIn, words_on


def test_a_tour_gets_a_row_for_every_regional_group(ground: Ground, client: FlaskClient) -> None:
    answer = client.post("/tours/new", data={"campaign": str(ground.campaign), "name": "Spring briefings"}, follow_redirects=True)

    said = words_on(answer)
    assert "11 briefings, 11 regional groups" in said
    assert all(nation in said for nation in ("England", "Scotland", "Wales"))
    assert said.count("no date") == 11
    assert "Northern Ireland" not in said


def test_northern_ireland_joins_a_tour_when_asked_for(ground: Ground, client: FlaskClient) -> None:
    typed = {"campaign": str(ground.campaign), "name": "Spring briefings", "opted_in": "y"}
    assert "Northern Ireland liaison group" in words_on(client.post("/tours/new", data=typed, follow_redirects=True))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for the tour"),
        ({"name": "x" * 201}, "must be 200 characters or fewer"),
        ({"campaign": "nonsense"}, "Choose a campaign"),
    ],
)
def test_a_tour_that_cannot_be_opened_says_why(ground: Ground, client: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    answer = client.post("/tours/new", data={"campaign": str(ground.campaign), "name": "Spring"} | changes)

    assert sentence in words_on(answer)
    assert "There is a problem" in words_on(answer)
    assert "There is no tour yet" in words_on(client.get("/tours"))


def test_the_local_government_panel_joins_a_tour_with_a_focus_that_awaits_a_steer(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()

    assert "Local Government Panel (LGP), committee" in words_on(client.get(f"/tours/{tour}/briefings/new"))
    typed = {"body": "lgp", "awaits_steer": "y"}
    answer = client.post(f"/tours/{tour}/briefings/new", data=typed, follow_redirects=True)

    assert "Local Government Panel (LGP)" in words_on(answer) and "awaiting steer" in words_on(answer)
    said = words_on(client.get(f"/tours/{tour}"))
    assert "Other bodies" in said and said.index("Other bodies") > said.index("Wales liaison group")
    assert "12 briefings, 11 regional groups" in said
    assert "has no date yet" in words_on(client.post(f"/tours/{tour}/briefings/new", data=typed))
    assert "Choose one from the list" in words_on(client.post(f"/tours/{tour}/briefings/new", data={"body": "nobody"}))


def test_a_group_the_register_has_since_is_not_forgotten(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    with ground.database.transaction() as session:
        facts = {"kind": "regional group", "nation": "Scotland"}
        organisation_changes.add(session, name="Islands liaison group", **facts, by=ground.house.drafter, at=NOON)

    said = words_on(client.get(f"/tours/{tour}"))
    assert "1 regional group of the register is not on this tour" in said and "Islands liaison group, Scotland" in said

    client.post(f"/tours/{tour}/briefings/new", data={"body": "islands-liaison-group"})
    assert "not on this tour" not in words_on(client.get(f"/tours/{tour}"))


def test_an_authority_that_meets_in_no_group_is_named(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    assert "in no regional group" not in words_on(client.get(f"/tours/{tour}"))
    with ground.database.transaction() as session:
        session.delete(session.get(Membership, grounds.CARDIFF))

    assert "1 authority meets in no regional group, so no briefing comes to it: Cardiff ." in words_on(client.get(f"/tours/{tour}"))


def test_a_group_may_decline_with_a_reason(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.briefing(ground.tour())

    assert "Enter why there will be no briefing" in words_on(client.post(f"/briefings/{briefing}/declining", data={"reason": " "}))
    answer = client.post(f"/briefings/{briefing}/declining", data={"reason": "Has its own event"}, follow_redirects=True)
    assert "Declined: Has its own event" in words_on(answer)


def test_a_briefing_is_held_only_once_it_has_begun(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    note, tour = ground.agreed(), ground.tour()
    briefing = ground.briefing(tour)
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note, day=["1", "12", "2026"]))

    too_soon = client.get(f"/briefings/{briefing}/held")
    early = client.post(f"/briefings/{briefing}/held", data={"why": "The chair was ill"})
    clock.forward(timedelta(days=8))
    offered = words_on(client.get(f"/briefings/{briefing}"))
    late = client.post(f"/briefings/{briefing}/held", follow_redirects=True)

    assert early.status_code == 422
    assert "has not begun yet" in words_on(early) and "The chair was ill" in words_on(early)
    assert "You can mark it as held once it has begun." in words_on(too_soon) and "How was it held" not in words_on(too_soon)
    assert "Mark as held" in offered
    assert "Who was there" in words_on(late)


def test_a_briefing_without_a_date_is_arranged_before_it_is_held_and_one_held_is_not_held_again(
    ground: Ground, client: FlaskClient
) -> None:
    undated, held = ground.briefing(ground.tour()), ground.held()

    page = client.get(f"/briefings/{undated}/held")
    posted = client.post(f"/briefings/{undated}/held", data={"why": "The chair was ill"})

    assert "This briefing has no date yet, so it cannot be marked as held. Arrange it" in words_on(page)
    assert "Mark as held" not in words_on(page) and f'href="/briefings/{undated}/arrangement"' in page.get_data(as_text=True)
    assert posted.status_code == 409 and "The chair was ill" in words_on(posted)
    assert "the briefing has no date yet. Somebody may have changed it meanwhile" in words_on(posted)
    assert "This briefing is marked as held already. Say who was there" in words_on(client.get(f"/briefings/{held}/held"))
    reopening = words_on(client.get(f"/briefings/{undated}/reopening"))
    assert "This briefing is not marked as held." in reopening and "It was not held" not in reopening


def test_a_briefing_held_by_mistake_can_be_taken_back(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{grounds.CARDIFF}:practitioner"]})

    assert "no longer counts as briefed" in words_on(client.get(f"/briefings/{briefing}/reopening"))
    answer = client.post(f"/briefings/{briefing}/reopening", follow_redirects=True)
    assert "not marked as held any more" in words_on(answer)


def test_the_speaking_note_is_the_text_both_signed(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()

    said = words_on(client.get(f"/briefings/{briefing}/note"))

    assert "Signed for HSE by HSE director" in said
    assert "Signed for LACoRS by LACoRS chair" in said
    assert "You will see less paper." in said
    assert "Dear [name]" in said
    assert "Stop or change what you get" not in said
    assert "You decide what to do." in words_on(client.get(f"/briefings/{briefing}/note?audience=senior-managers"))
    assert client.get(f"/briefings/{briefing}/note?audience=nobody").status_code == 200


def test_a_briefing_without_a_note_says_so(ground: Ground, client: FlaskClient) -> None:
    answer = client.get(f"/briefings/{ground.briefing(ground.tour())}/note")
    assert answer.status_code == 404
    assert "no speaking note yet" in words_on(answer)


def test_the_tour_says_what_it_waits_for(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    assert "11 groups without a date" in words_on(client.get(f"/tours/{tour}"))
    assert "Arrange" in words_on(client.get(f"/tours/{tour}"))


def test_a_tour_can_be_downloaded(ground: Ground, client: FlaskClient) -> None:
    ground.held()
    with ground.database.reading() as session:
        tour = tours.every(session)[0].id

    answer = client.get(f"/tours/{tour}.csv")

    lines = answer.get_data(as_text=True).splitlines()
    assert answer.mimetype == "text/csv"
    assert len(lines) == 12
    assert any("Wales liaison group" in line and "County Hall" in line for line in lines)


def test_an_observer_sees_the_tour_and_nothing_to_arrange(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    tour = ground.tour()
    sign_in("observer", None)

    said = words_on(client.get(f"/tours/{tour}"))

    assert "Wales liaison group" in said
    assert "To do" in said and "Arrange" not in said


def test_a_long_tour_is_read_with_as_few_questions_as_a_short_one(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    pages = (f"/tours/{tour}", f"/tours/{tour}.csv")
    few = [many.asked(ground.database, client, page).total() for page in pages]
    with ground.database.transaction() as session:
        first, *_ = tours.briefings(session, tour)
        for slot in range(2, 50):
            many.copy(session, first, id=uuid4(), slot=slot)

    assert [many.asked(ground.database, client, page).total() for page in pages] == few
    rows = client.get(pages[1]).get_data(as_text=True)
    assert rows.count("date 49") == 1 and rows.count(f"{first.group_name}, date") == 48
