"""The map says what the table says: a hexagon an authority, a link and its words, and a legend that adds up to the denominator."""

import re
from collections import Counter

import pytest
from flask.testing import FlaskClient

from audiences import map_layout
from campaigns.foundation.database import Database
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import SignIn, words_on

CELL = re.compile(r'<a class="cs-map__link" href="/authorities/(\w+)"><title>([^<]*)</title><use [^>]*cs-hexagon--([a-z-]+)"')
KEY = re.compile(r"cs-keys__sample.*?cs-hexagon--([a-z-]+).*?<strong>([\d,]+)</strong>", re.DOTALL)


@pytest.fixture
def ground(sqlite: Database, sign_in: SignIn) -> Ground:
    """Adur briefed, Barnet written to and no more, Cardiff with somebody and nothing; an observer looks."""
    ground = grounds.found(sqlite)
    ground.person(CARDIFF, address="officer@cardiff.test")
    ground.touch(ADUR, "practitioner", "written", "letter:1")
    ground.touch(ADUR, "practitioner", "briefed", "attendance:1")
    ground.touch(BARNET, "senior_manager", "written", "letter:2")
    ground.touch(BARNET, "senior_manager", "unreturned", "letter:2:quiet")
    sign_in("observer", None)
    return ground


def seen(client: FlaskClient, asked: str = "") -> tuple[dict[str, tuple[str, str]], dict[str, int]]:
    """The hexagons by code, and the legend."""
    page = client.get(f"/coverage{asked}").get_data(as_text=True)
    legend = {step: int(number) for step, number in KEY.findall(page)}
    return {code: (step, said) for code, said, step in CELL.findall(page)}, legend


def test_each_authority_is_a_link_with_its_grade_in_words(ground: Ground, client: FlaskClient) -> None:
    cells, _ = seen(client)

    assert len(cells) == 350
    assert cells[ADUR] == (
        "briefed",
        "Adur, South East: briefed, 24 November 2026; senior manager nobody to write to, elected member nobody to write to, practitioner briefed",
    )
    assert cells[BARNET][0] == "written" and "Barnet, London: not returned, 24 November 2026" in cells[BARNET][1]
    assert cells[CARDIFF][0] == "not-yet" and "Cardiff, Wales: not yet" in cells[CARDIFF][1]
    assert cells["E07000224"] == ("nobody", "Arun, South East: nobody to write to")


@pytest.mark.parametrize("asked", ["", "?region=London", "?role=senior_manager", "?channel=briefing", "?opted_in=1", "?on=1+5+2026"])
def test_the_legend_counts_what_is_drawn_and_adds_up(ground: Ground, client: FlaskClient, asked: str) -> None:
    cells, legend = seen(client, asked)

    assert Counter(step for step, _ in cells.values()) == Counter({step: n for step, n in legend.items() if step != "outside"}) - (
        Counter({"nobody": 21}) if "opted_in" in asked else Counter()
    )
    assert len(cells) + legend["outside"] == 361


def test_letters_and_a_pattern_say_it_without_colour(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/coverage").get_data(as_text=True)

    assert page.count('fill="url(#cs-nobody)"') == 347 + 1  # and once in the legend
    assert [page.count(f'aria-hidden="true">{mark}</text></a>') for mark in "WCBU"] == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("outline", "name"), [("county:E10000011", "East Sussex"), ("group:group-wales", "Wales"), ("county:x", None), ("x", None)]
)
def test_a_county_or_a_regional_group_is_outlined(ground: Ground, client: FlaskClient, outline: str, name: str | None) -> None:
    page = client.get(f"/coverage?outline={outline}")

    assert ('class="cs-map__outline"' in page.get_data(as_text=True)) == (name is not None)
    assert name is None or f"Heavy line: {name}" in words_on(page)


def test_counties_have_no_hexagon_and_the_page_says_so(ground: Ground, client: FlaskClient) -> None:
    assert "21 authorities have no hexagon" in words_on(client.get("/coverage?opted_in=1"))
    assert "no hexagon" not in words_on(client.get("/coverage"))


def test_the_map_has_its_file(ground: Ground, client: FlaskClient) -> None:
    rows = client.get("/coverage/map.csv?region=South+East").get_data(as_text=True).splitlines()

    assert len(rows) == 1 + len(map_layout.regions()["South East"])
    assert any(row.startswith(f"{ADUR},Adur,England,South East,briefed,") for row in rows)


def test_the_page_carries_no_style_or_script_of_its_own(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/coverage").get_data(as_text=True)

    assert " style=" not in page and "<style" not in page


def test_a_day_gone_by_is_read_as_people_type_it(ground: Ground, client: FlaskClient) -> None:
    before = words_on(client.get("/coverage?on=23/11/2026"))

    assert "Contacted 0 · at least confirmed 0 · briefed 0 of 350 authorities that enforce health and safety on 23 November 2026" in before
    assert "As things stood at the end of 23 November 2026, with the register and the posts of that day" in before
    assert "This is not a real date. Enter it like 12 5 2026" in words_on(client.get("/coverage?on=31+2+2026"))


def test_a_day_that_is_not_over_is_never_said_to_have_ended(ground: Ground, client: FlaskClient) -> None:
    today, tomorrow = (words_on(client.get(f"/coverage?on={day}+11+2026")) for day in (24, 25))

    assert "Contacted 2 · at least confirmed 1 · briefed 1" in today and "As at Tuesday 24 November 2026, 12:00" in today
    assert "That day is in the future" in tomorrow and "Contacted" not in tomorrow
    assert client.get("/coverage/coverage.csv?on=25+11+2026").status_code == 422


def test_the_steps_over_time_are_drawn_and_have_their_file(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/coverage").get_data(as_text=True)
    steps = client.get("/coverage/over-time.csv?region=London").get_data(as_text=True).splitlines()

    assert 'aria-label="Contacted: 2 of 350 on 24 November 2026, from 24 November 2026 on"' in page
    assert page.count('class="cs-chart__steps"') == 4  # written, not returned, confirmed, briefed
    assert steps[1:] == ["2026-11-24,1,0,1,0,0,0,1,1,1,0,0,0"]
    assert "There is no evidence of anything yet" in words_on(client.get("/coverage?on=1+1+2020"))


def test_whoever_goes_by_keyboard_can_skip_the_map(ground: Ground, client: FlaskClient) -> None:
    before, _, after = (
        client.get("/coverage").get_data(as_text=True).partition('<a class="govuk-skip-link" href="#after-map">Skip the map</a>')
    )

    assert not CELL.search(before) and len(CELL.findall(after)) == 350
    assert not CELL.search(after.partition('id="after-map"')[2])
