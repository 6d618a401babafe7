"""An officer records a call or HELA's relay for several authorities, is asked about names that fit none or several, and takes it back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from audiences import coverage, reports
from audiences.reports import BY_HAND, Report
from campaigns.planning import campaign_plans
from tests.campaigns import stories
from tests.web import many
from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.visitors import SignIn, words_on
from web import recording


def record(ground: Ground, client: FlaskClient, **changes: Any) -> str:
    typed = {
        "campaign": str(ground.campaign),
        "what": "call:confirmed",
        "authorities": "Adur\r\n\r\nlondon borough of barnet\r\n",
        "area": "",
        "role": "practitioner",
        "message": "",
        "on": ["20", "11", "2026"],
        "evidence": "Note of the call",
    }
    return words_on(client.post("/coverage/record", data=typed | changes, follow_redirects=True))


def recorded(ground: Ground) -> list[Report]:
    with ground.database.reading() as session:
        return reports.of_campaign(session, ground.campaign)


def test_a_call_to_two_authorities_is_recorded_on_one_page(ground: Ground, client: FlaskClient) -> None:
    message, draft = stories.sending_release(ground.house).message, stories.drafted(ground.house)

    assert str(draft) not in client.get("/coverage/record").get_data(as_text=True)  # nobody out there can have heard of it
    came_from = client.get(f"/coverage/record?campaign={ground.campaign}").get_data(as_text=True)
    assert came_from.count(f'href="/coverage?campaign={ground.campaign}"') == 2
    said = record(ground, client, message=str(message))

    assert "Recorded for 2 authorities" in said
    assert "20 November 2026 Confirmed: confirmed on the telephone Adur, Barnet Practitioner Note of the call" in said
    with ground.database.reading() as session:
        grid = coverage.grid(session, ground.campaign)
        assert {row.authority.code for row in grid.rows if row.grade == "confirmed"} == {ADUR, BARNET}
    assert recorded(ground)[0].message_id == message
    assert "Confirmed" in words_on(client.get("/coverage?region=London&all=1"))


@pytest.mark.parametrize(("area", "number"), [("all:", 350), ("nation:Wales", 23), ("group:group-wales", 23), ("nation:Atlantis", None)])
def test_hela_passes_it_on_to_a_whole_area_at_once(ground: Ground, client: FlaskClient, area: str, number: int | None) -> None:
    said = record(ground, client, what="relay:written", area=area, role="", authorities="Adur")

    assert f"Recorded for {number} authorities" in said if number else "Choose one from the list" in said
    assert not number or ", Cardiff, " in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"authorities": "Adur\nNowhere"}, "Line 2: no authority was called Nowhere then"),
        ({"authorities": ""}, "Say which authorities"),
        ({"what": "article:written"}, "record it for the whole authority"),
        ({"what": "article:briefed"}, "Choose what happened"),
        ({"what": ""}, "Choose what happened"),
        ({"on": ["", "", ""]}, "Enter the day it happened"),
        ({"on": ["11", "5", "2025"]}, "The campaign was set up here on 12 May 2026. Enter a day at most a year before that"),
        ({"on": ["25", "11", "2026"]}, "This day has not come yet"),
        ({"evidence": "=cmd|x someone@adur.test"}, "Leave out names and addresses"),
        ({"role": "emperor"}, "Choose one from the list"),
        ({"message": str(UUID(int=3))}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_is_said_on_the_form_and_nothing_is_kept(
    ground: Ground, client: FlaskClient, changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in record(ground, client, **changes)
    assert recorded(ground) == []


def test_all_that_is_wrong_with_it_is_told_at_once(ground: Ground, client: FlaskClient) -> None:
    said = record(ground, client, authorities="Adur\nNowhere\nElsewhere", on=["", "", ""], evidence="")

    for sentence in ("Line 2: no authority", "Line 3: no authority", "Enter the day it happened", "Enter what shows it"):
        assert sentence in said
    said = record(
        ground, client, authorities="", what="article:written", on=["25", "11", "2026"], evidence="Ann, ann@adur.test", campaign=""
    )
    for sentence in ("Say which authorities", "This day has not come yet", "say their post", "An article is read by nobody in particular"):
        assert sentence in said
    assert "Say which authorities" not in record(ground, client, authorities="Nowhere")


def test_a_name_that_fits_several_is_asked_about(ground: Ground, client: FlaskClient) -> None:
    said = record(ground, client, authorities="Newcastle")

    assert "Line 1: Newcastle may be Newcastle-under-Lyme (E07000195) or Newcastle upon Tyne (E08000021). Write the code" in said


def test_councils_are_those_of_the_day_it_happened(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        campaign_plans.get(session, ground.campaign).begun_at = datetime(2023, 1, 1, tzinfo=UTC)
    assert "Recorded for 1 authority" in record(ground, client, authorities="Allerdale", on=["1", "3", "2023"])
    assert "Line 1: Allerdale may be Calderdale (E08000033). Write the code" in record(ground, client, authorities="Allerdale")


def test_authorities_that_do_not_count_are_named_with_who_took_over(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        campaign_plans.get(session, ground.campaign).begun_at = datetime(2023, 1, 1, tzinfo=UTC)

    said = record(ground, client, authorities="Adur\nKent\nBelfast\nAllerdale", on=["1", "3", "2023"])

    why = "1 of 4, as Belfast and Kent do not enforce health and safety; Allerdale came to an end on 31 March 2023 and is now Cumberland"
    assert f"Recorded for 4 authorities. Counts in coverage today: {why}." in said
    assert f"{why} · Take back" in said


def test_what_was_wrong_is_taken_back_with_a_reason(ground: Ground, client: FlaskClient) -> None:
    record(ground, client)
    address = f"/coverage/recorded/{recorded(ground)[0].id}"

    page = words_on(client.get(address))
    without = words_on(client.post(address, data={"reason": ""}))
    said = words_on(client.post(address, data={"reason": "Another council"}, follow_redirects=True))
    again = words_on(client.post(address, data={"reason": "Another council"}))

    assert "Adur, Barnet" in page and "Enter why it is taken back" in without
    assert "Taken back: it no longer counts" in said and "24 November 2026: Another council" in said
    assert "has taken this back already" in again


def test_the_form_comes_filled_in_from_where_one_was(ground: Ground, client: FlaskClient) -> None:
    page = client.get(f"/coverage/record?campaign={ground.campaign}&authority={ADUR}&authority={BARNET}").get_data(as_text=True)

    assert f"{ADUR}\n{BARNET}</textarea>" in page


def test_what_was_recorded_can_be_downloaded_without_a_formula(ground: Ground, client: FlaskClient) -> None:
    record(ground, client, evidence="=1+1", message=str(stories.sending_release(ground.house).message))

    text = client.get("/coverage/recorded.csv").get_data(as_text=True)

    assert "20 November 2026,call,confirmed,2,practitioner,What LOPP is,'=1+1," in text


def test_the_file_asks_no_more_often_the_more_was_recorded(ground: Ground, client: FlaskClient) -> None:
    record(ground, client)
    [one] = recorded(ground)
    few = many.asked(ground.database, client, "/coverage/recorded.csv").total()
    with ground.database.transaction() as session:
        for number in range(120):
            many.copy(session, one, id=uuid4(), digest=str(number))

    assert many.asked(ground.database, client, "/coverage/recorded.csv").total() == few


def test_every_choice_is_one_that_can_be_recorded() -> None:
    assert set(recording.WHAT) == {(channel, grade) for channel, grades in BY_HAND.items() for grade in grades}


def test_an_observer_reads_what_was_recorded(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    record(ground, client)
    sign_in("observer", None)

    said = words_on(client.get("/coverage/recorded"))
    assert "Note of the call" in said and "Adur, Barnet" in said and "Take back" not in said and "Record something" not in said
    assert '"Adur, Barnet"' in client.get("/coverage/recorded.csv").get_data(as_text=True)


def test_before_the_first_campaign_the_page_says_so(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("officer", "hse")

    assert "There is no campaign yet" in words_on(client.get("/coverage/record"))
    assert client.get("/coverage/recorded").status_code == 404
    assert client.get("/coverage/recorded?campaign=x").status_code == 404
