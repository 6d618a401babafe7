"""An officer enters who was at a briefing, and prints the sheet to be signed."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from audiences import organisations
from campaigns.briefings import additions, arranging, attendance, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from tests.web.grounds import ADUR, CARDIFF, Ground
from tests.web.visitors import NOON, words_on

SWANSEA = "W06000011"


def shown_on(page: str) -> str:
    """What the sheet says that it was ticked with."""
    return page.split('name="shown"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def test_ticks_count_as_briefed_and_the_gaps_are_named(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()

    answer = client.post(
        f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner", f"{CARDIFF}:elected_member"]}, follow_redirects=True
    )

    said = words_on(answer)
    assert "Saved: 2 ticks, from 1 authority." in said
    assert "Somebody from 1 of 22 authorities came." in said
    assert "Swansea" in said.partition("Nobody came from")[2]
    assert "Cardiff" not in said.partition("Nobody came from")[2]


def test_saving_again_corrects_the_sheet(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]})

    page = client.get(f"/briefings/{briefing}/attendance").get_data(as_text=True)
    same = client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]}, follow_redirects=True)
    none = client.post(f"/briefings/{briefing}/attendance", data={"shown": shown_on(page)}, follow_redirects=True)

    assert page.count("checked") == 1
    assert "Nothing changed." in words_on(same)
    assert "Saved: 0 ticks" in words_on(none)
    with ground.database.reading() as session:
        assert attendance.present(session, briefing) == set()


def test_two_who_tick_one_sheet_at_once_take_nothing_of_each_other_s_back(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    by_hand = {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner"), (SWANSEA, "practitioner")], **by_hand)
    shown = shown_on(client.get(f"/briefings/{briefing}/attendance").get_data(as_text=True))
    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner"), (CARDIFF, "elected_member")], **by_hand)

    ticks = [f"{SWANSEA}:practitioner", f"{SWANSEA}:elected_member"]  # of what was shown, Cardiff's is taken off
    said = words_on(client.post(f"/briefings/{briefing}/attendance", data={"ticks": ticks, "shown": shown}, follow_redirects=True))

    assert "Saved: 2 ticks, from 2 authorities." in said
    assert "Somebody else changed the list while you had it open. What they entered is kept too." in said
    with ground.database.reading() as session:
        assert attendance.present(session, briefing) == {(CARDIFF, "elected_member"), (SWANSEA, "elected_member")}


def test_whoever_came_from_another_group_stays_on_the_list_when_the_sheet_is_saved(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(ADUR, "practitioner")], by=ground.house.drafter, at=NOON)
    shown = shown_on(client.get(f"/briefings/{briefing}/attendance").get_data(as_text=True))

    said = words_on(
        client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"], "shown": shown}, follow_redirects=True)
    )

    assert "Saved: 1 tick, from 1 authority." in said and "Somebody else" not in said
    assert "Somebody from 1 of 22 authorities came." in said
    with ground.database.reading() as session:
        assert attendance.present(session, briefing) == {(ADUR, "practitioner"), (CARDIFF, "practitioner")}


@pytest.mark.parametrize("tick", [f"{ADUR}:practitioner", f"{CARDIFF}:union_contact", "nonsense", "", "=cmd|'x'!A1:practitioner"])
def test_a_tick_that_is_not_on_the_sheet_is_refused(ground: Ground, client: FlaskClient, tick: str) -> None:
    briefing = ground.held()

    answer = client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner", tick]})

    assert "Choose from the list" in words_on(answer)
    with ground.database.reading() as session:
        assert attendance.present(session, briefing) == set()


def test_nobody_attended_what_was_not_held(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.briefing(ground.tour())

    assert "Mark the briefing as held first" in words_on(client.get(f"/briefings/{briefing}/attendance"))
    answer = client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]})
    assert "Mark the briefing as held before you enter who was there." in words_on(answer)


def test_every_tick_box_says_what_it_is_for(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    said = words_on(client.get(f"/briefings/{briefing}/attendance"))
    assert "Cardiff, senior manager" in said
    assert "Cardiff, practitioner" in said


def test_the_sheet_to_sign_lists_every_authority_of_the_group(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    with ground.database.reading() as session:
        names = [member.name for member in organisations.members(session, "group-wales")]

    said = words_on(client.get(f"/briefings/{briefing}/sign-in-sheet"))

    assert len(names) == 22
    assert all(name in said for name in names)
    assert "County Hall" in said


def test_the_next_step_is_to_say_that_the_list_is_complete(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    with ground.database.reading() as session:
        tour = tours.get(session, briefing).tour_id
    client.post(f"/briefings/{briefing}/attendance", data={"ticks": [f"{CARDIFF}:practitioner"]})

    open_list = [words_on(client.get(address)) for address in (f"/tours/{tour}", f"/briefings/{briefing}")]
    client.post(f"/briefings/{briefing}/who-was-there/complete")
    complete = [words_on(client.get(address)) for address in (f"/tours/{tour}", f"/briefings/{briefing}")]

    assert "the list of who was there is not complete yet" in open_list[0] and "say that the list is complete" in open_list[1]
    assert "10 groups without a date" in complete[0] and "Nothing: the briefing was held" in complete[1]


def test_a_briefing_that_has_begun_is_not_said_to_be_past(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    begun = Arrangement(NOON - timedelta(minutes=20), "County Hall")
    with ground.database.transaction() as session:
        arranging.arrange(session, ground.briefing(tour), begun, by=ground.house.drafter, at=NOON)

    assert "Wales liaison group: the time of the briefing has come. Mark it as held" in words_on(client.get(f"/tours/{tour}"))


def test_a_tour_counts_those_of_each_group_s_own_authorities_that_came_and_of_another_body_its_people(
    ground: Ground, client: FlaskClient
) -> None:
    briefing = ground.held()
    with ground.database.transaction() as session:
        by_hand = {"by": ground.house.drafter, "at": NOON}
        attendance.record(session, briefing, [(ADUR, "practitioner"), (CARDIFF, "practitioner")], **by_hand)
        tour = tours.get(session, briefing).tour_id
        body = additions.add(session, tour, Group("lgp", "Local Government Panel", ""), **by_hand)
        tours.get(session, body).sqlmodel_update({"state": "held", "starts_at": NOON - timedelta(days=1)})
        row = {"body_code": "lgp", "role": "committee_member", "name": "A councillor", "how": "paper"}
        session.add(attendance.Attendance(briefing_id=body, digest="a", by="x", at=NOON, **row))

    page = words_on(client.get(f"/tours/{tour}"))

    assert "1 of 22 authorities" in page and "2 of 22" not in page
    assert "1 person" in page.partition("Local Government Panel")[2] and "of 0 authorities" not in page
    for address in (f"/briefings/{body}", f"/briefings/{body}/who-was-there"):
        page = words_on(client.get(address))
        assert "1 person" in page and "0 authorities" not in page and "every authority" not in page
