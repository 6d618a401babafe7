"""Home says what waits of a tour: one task, the one its page says is next, for as long as it waits."""

from datetime import timedelta

from flask.testing import FlaskClient

from campaigns.briefings import actions, attendance, tours
from tests.web.conftest import Clock
from tests.web.grounds import CARDIFF, Ground
from tests.web.visitors import NOON, words_on


def test_an_undated_tour_is_one_task_since_it_was_opened(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    ground.tour()
    clock.forward(timedelta(days=4))

    said = words_on(client.get("/"))

    assert said.count("Spring briefings:") == 1
    assert "groups without a date. The next is " in said
    assert " For 4 days Arrange " in said


def test_a_briefing_whose_time_has_come_and_then_its_list_wait_at_home(ground: Ground, client: FlaskClient) -> None:
    briefing, by_hand = ground.held(), {"by": ground.house.drafter, "at": NOON}
    assert "Spring briefings: Wales" in (said := words_on(client.get("/")))
    assert "enter who was there, from the sign-in sheet" in said
    assert f'href="/briefings/{briefing}/attendance"' in client.get("/").get_data(as_text=True)

    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by_hand)
    assert "the list of who was there is not complete yet" in words_on(client.get("/"))

    with ground.database.transaction() as session:
        tours.reopen(session, briefing, **by_hand)
    assert "Mark it as held and tick who was there. For 24 hours Go to this briefing" in words_on(client.get("/"))


def test_an_overdue_action_waits_at_home_until_it_is_done(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    briefing, by_hand = ground.held(), {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by_hand)
        attendance.complete(session, briefing, **by_hand)
        action = actions.add(session, briefing, what="Send the slides", party="hse", owner="Head of the unit", due=NOON.date(), **by_hand)
    assert "a next action was due" not in words_on(client.get("/"))

    clock.forward(timedelta(days=1))
    assert "a next action was due by 24 November 2026 and is not marked as done." in words_on(client.get("/"))

    with ground.database.transaction() as session:
        actions.finish(session, action, **by_hand)
    assert "a next action was due" not in words_on(client.get("/"))
