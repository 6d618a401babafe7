"""Dates are suggested with what stands against each, and one that is chosen fills the form; a tour is reported by region."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from campaigns.briefings import additions, arranging, questions, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import APOLOGIES
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Group
from campaigns.planning import rules
from campaigns.planning.rules import Typed
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.visitors import NOON, SignIn, words_on

TEAM = "LOPP team, HSE"
LATER = NOON - timedelta(hours=2) + timedelta(days=15)  # Wednesday 9 December 2026, 10:00


def arrange(ground: Ground, tour: UUID, group: str, starts_at: datetime = LATER, **about: Any) -> UUID:
    briefing = ground.briefing(tour, group)
    with ground.database.transaction() as session:
        arrangement = Arrangement(starts_at, about.pop("place", "Civic Hall, Leeds"), TEAM, **about)
        arranging.arrange(session, briefing, arrangement, by=ground.house.drafter, at=NOON)
    return briefing


def test_dates_leave_two_weeks_notice_and_skip_weekends(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get(f"/briefings/{ground.briefing(ground.tour())}/dates"))

    assert "Weekdays from 8 December 2026 to 19 January 2027" in said
    assert "No presenter is known for this briefing" in said
    assert "Tuesday 8 December 2026, 10:00 to 12:00" in said
    assert "Saturday" not in said and "Sunday" not in said


def test_a_presenter_who_is_elsewhere_that_day_stands_against_it(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    arrange(ground, tour, "group-north-west")
    wales = arrange(ground, tour, "group-wales", LATER + timedelta(days=20), place="Cardiff")

    said = words_on(client.get(f"/briefings/{wales}/dates"))

    assert "8 dates that are not possible, and why" in said
    assert f"Wednesday 9 December 2026, 14:00 : {TEAM} is in Civic Hall, Leeds (North West liaison group) that day." in said
    assert "Only one presenter is known" in said


def test_nobody_travels_to_an_online_briefing(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    arrange(ground, tour, "group-scotland", place="", link="https://meet.example.com/1")
    wales = arrange(ground, tour, "group-wales", LATER + timedelta(days=20), place="Cardiff")

    said = words_on(client.get(f"/briefings/{wales}/dates"))

    assert "7 dates that are not possible, and why" in said
    assert f"{TEAM} is in an online meeting (Scotland liaison group) at 10:00, which leaves less than 90 minutes to travel" in said


def test_beside_an_online_briefing_a_body_of_no_region_can_be_visited_on_that_day(ground: Ground, client: FlaskClient) -> None:
    tour, group = ground.tour(), Group("lgp", "Local Government Panel (LGP)", "")
    arrange(ground, tour, "group-scotland", place="", link="https://meet.example.com/1")
    with ground.database.transaction() as session:
        additions.add(session, tour, group, by=ground.house.drafter, at=NOON)
    panel = arrange(ground, tour, "lgp", LATER + timedelta(days=20), place="London")

    said = words_on(client.get(f"/briefings/{panel}/dates"))

    assert "1 date that is not possible" in said and "which leaves less than 90 minutes to travel" in said
    assert f"14:00 to 16:00 {TEAM} is also in an online meeting (Scotland liaison group) at 10:00 that day Choose" in said


def test_a_date_that_is_chosen_fills_the_form(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.briefing(ground.tour())
    page = client.get(f"/briefings/{briefing}/dates").get_data(as_text=True)
    assert f"/briefings/{briefing}/arrangement?day=2026-12-08&amp;hour=14:00" in page

    form = client.get(f"/briefings/{briefing}/arrangement?day=2026-12-08&hour=14:00").get_data(as_text=True)

    assert 'value="08"' in form and 'value="12"' in form and 'value="2026"' in form and 'value="14:00"' in form
    assert client.get(f"/briefings/{briefing}/arrangement?day=nonsense&hour=25:99").status_code == 200


def test_what_holds_the_groups_authorities_stands_against_a_date(ground: Ground, client: FlaskClient) -> None:
    days = (date(2026, 12, 8), date(2027, 1, 20))
    with ground.database.transaction() as session:
        council = Typed("authority", grounds.CARDIFF, "committee", "Full council", *days, source="its calendar")
        rules.add(session, council, by=ground.house.drafter, at=NOON)

    said = words_on(client.get(f"/briefings/{ground.briefing(ground.tour())}/dates"))

    assert "1 of 22 authorities: Full council (Cardiff)" in said
    assert "Friday 25 December 2026, 10:00 : No authority of the group is free that day. 22 of 22 authorities: Christmas Day." in said


def test_a_date_chosen_by_hand_says_what_stands_against_it(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    arrange(ground, tour, "group-north-west")
    wales = arrange(ground, tour, "group-wales", LATER + timedelta(hours=4), place="Cardiff")

    said = words_on(client.get(f"/briefings/{wales}"))

    assert f"What is against this date {TEAM} is in Civic Hall, Leeds (North West liaison group) that day" in said
    arrange(ground, tour, "group-wales", datetime(2026, 12, 26, 10, tzinfo=UTC), place="Cardiff")
    assert "22 of 22 authorities: weekend" in words_on(client.get(f"/briefings/{wales}"))
    arrange(ground, tour, "group-wales", LATER + timedelta(days=1), place="Cardiff")
    assert "What stands against" not in words_on(client.get(f"/briefings/{wales}"))


def test_a_body_without_authorities_is_offered_no_bank_holiday(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    with ground.database.transaction() as session:
        panel = additions.add(session, tour, Group("lgp", "Local Government Panel (LGP)", ""), by=ground.house.drafter, at=NOON)

    said = words_on(client.get(f"/briefings/{panel}/dates"))

    assert "Thursday 10 December 2026" in said and "25 December" not in said and "that cannot be" not in said


@pytest.mark.parametrize(("day", "said"), [(25, "Christmas Day"), (26, "Weekend"), (29, "")])
def test_of_a_date_by_hand_for_a_body_without_authorities_it_is_said_where_it_is_no_working_day(
    ground: Ground, client: FlaskClient, day: int, said: str
) -> None:
    tour, group = ground.tour(), Group("lgp", "Local Government Panel (LGP)", "")
    with ground.database.transaction() as session:
        additions.add(session, tour, group, by=ground.house.drafter, at=NOON)
    panel = arrange(ground, tour, "lgp", datetime(2026, 12, day, 10, tzinfo=UTC), place="London")

    page = words_on(client.get(f"/briefings/{panel}"))

    assert ("What is against this date" in page, f"What is against this date {said}" in page) == (bool(said), bool(said))


def test_an_observer_is_offered_no_dates(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    briefing = ground.briefing(ground.tour())
    sign_in("observer", None)

    assert client.get(f"/briefings/{briefing}/dates").status_code == 403
    assert "Suggest dates" not in words_on(client.get(f"/briefings/{briefing}"))


def test_a_tour_is_reported_by_region_on_a_page_and_as_a_file(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{grounds.CARDIFF}:practitioner"]})
    with ground.database.reading() as session:
        tour = tours.get(session, briefing).tour_id
    ground.touch(grounds.BARNET, "practitioner", "briefed", "attendance:before")
    client.post(f"/briefings/{ground.briefing(tour, 'group-scotland')}/declining", data={"reason": "Own event"})

    said = words_on(client.get(f"/tours/{tour}/report"))
    lines = client.get(f"/tours/{tour}/report.csv").get_data(as_text=True).splitlines()

    assert "1 of 350 authorities came to 1 briefing" in said
    assert "face to face now, at these briefings or elsewhere, such as at a visit, and were not before the tour was opened" in said
    assert "Wales liaison group 1 of 1 1 of 22 1 0 0 0 1" in said and "Declined: Own event." in said
    assert "All 1 of 11 1 of 350 1 0 0 0 1" in said and "Questions raised" not in said
    assert len(lines) == 12 and lines[0].endswith("Briefed since the tour was opened,Which they are")
    assert any(line.startswith("Wales,Wales liaison group,1,0,0,0,,,22,1,1,0,0,0,0,0,1") for line in lines)


def test_the_report_and_the_tour_say_who_sent_apologies_and_what_was_asked(ground: Ground, client: FlaskClient) -> None:
    briefing, by = ground.held(), ground.house.drafter
    with ground.database.transaction() as session:
        sorry = Line(Attendee("practitioner", authority_code=grounds.CARDIFF), APOLOGIES)
        sign_ins.enter(session, briefing, [sorry], by=by, at=NOON)
        questions.raise_one(session, briefing, question="Who is <told> first?", authority_code=grounds.CARDIFF, by=by, at=NOON)
        tour = tours.get(session, briefing).tour_id

    page = client.get(f"/tours/{tour}/report")

    assert "1 apology, 1 question raised" in words_on(page) and "1 question raised, 1 still open" in words_on(page)
    assert "Cardiff: Who is &lt;told&gt; first?" in page.get_data(as_text=True)
    assert "no outcome yet" in words_on(page)
    assert "apologies 1" in words_on(client.get(f"/tours/{tour}"))
