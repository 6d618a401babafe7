"""An officer reads coverage: the line with its denominator, cell by cell with the evidence, and the gaps."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from audiences import coverage, reports
from audiences.coverage_views import View
from audiences.reports import Told
from campaigns.foundation.database import Database
from campaigns.planning import campaign_plans
from tests.campaigns import stories
from tests.campaigns.stories import HOUR
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON, SignIn, words_on


@pytest.fixture
def ground(sqlite: Database, sign_in: SignIn) -> Ground:
    """Adur was written to and briefed, Barnet written to, Cardiff nothing though somebody is known there; an observer looks."""
    ground = grounds.found(sqlite)
    ground.person(CARDIFF, address="officer@cardiff.test")
    ground.touch(ADUR, "practitioner", "written", "letter:1")
    ground.touch(ADUR, "practitioner", "briefed", "attendance:1")
    ground.touch(BARNET, "senior_manager", "written", "letter:2")
    sign_in("observer", None)
    return ground


def test_the_line_says_each_grade_and_the_denominator(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/coverage"))
    assert "Contacted 2 · at least confirmed 1 · briefed 1 of 350 authorities that enforce health and safety" in said
    assert "As at Tuesday 24 November 2026, 12:00" in said
    assert "Not yet confirmed: 349 Not yet briefed: 349" in said  # the rest of the 350
    assert "Practitioners 1 1 1 349 , Practitioners not yet" in said


def test_an_authority_has_all_of_it_only_where_each_role_has(ground: Ground, client: FlaskClient) -> None:
    for role in ("senior_manager", "elected_member"):
        ground.touch(ADUR, role, "confirmed", f"read:{role}")

    assert "In every role: at least confirmed 1 · briefed 0." in words_on(client.get("/coverage"))
    assert "In every role" not in words_on(client.get("/coverage?role=practitioner"))
    assert "In every role" not in words_on(client.get("/"))


def test_every_cell_has_a_word_and_its_evidence(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/coverage?region=South+East&all=1"))
    row = said.partition("Adur South East")[2].partition("Arun")[0]
    assert row.startswith(" Nobody to write to Nobody to write to Briefed")
    assert "written to, Tuesday 24 November 2026, 12:00: letter accepted by our relay, or counted as sent by an officer" in row
    assert "briefed, Tuesday 24 November 2026, 12:00: on the attendance sheet" in row
    assert "Not yet" in words_on(client.get("/coverage?nation=Wales")).partition("Cardiff Wales")[2].partition("Carmarthenshire")[0]


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("nation=Wales", "Contacted 0 · at least confirmed 0 · briefed 0 of 22 authorities"),
        ("region=London", "Contacted 1 · at least confirmed 0 · briefed 0 of 33 authorities"),
        ("kind=London+borough", "Contacted 1 · at least confirmed 0 · briefed 0 of 32 authorities"),
        ("role=senior_manager", "Contacted 1 · at least confirmed 0 · briefed 0 of 350 authorities"),
        ("opted_in=1", "briefed 1 of 382 authorities, counties and Northern Ireland too"),
        ("nation=Atlantis&region=x&kind=x&role=emperor&sort=x", "briefed 1 of 350 authorities that enforce"),
        ("nation=Wales&region=London", "briefed 0 of 0 authorities"),
    ],
)
def test_what_is_looked_at_can_be_narrowed(ground: Ground, client: FlaskClient, asked: str, line: str) -> None:
    assert line in words_on(client.get(f"/coverage?{asked}"))


def test_rows_can_be_sorted_both_ways(ground: Ground, client: FlaskClient) -> None:
    least = words_on(client.get("/coverage?sort=practitioner"))
    most = words_on(client.get("/coverage?sort=practitioner&down=1"))
    by_name = words_on(client.get("/coverage?down=1"))

    assert "Adur South East" not in least
    assert most.index("Adur South East") < most.index("Cardiff Wales")
    assert by_name.index("York ") < by_name.index("Wyre ")


def test_the_gap_list_names_every_authority_without_evidence(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/coverage/not-yet?nation=Wales"))

    assert (
        "22 of 22 authorities that enforce health and safety (Wales) with no evidence yet: not written to, nor confirmed, nor briefed"
        in said
    )
    assert "Cardiff Wales Welsh unitary authority Not yet 1 person" in said
    assert said.count("nobody to write to") == 21
    assert "Barnet" not in words_on(client.get("/coverage/not-yet?region=London"))


def test_grid_and_gaps_can_be_downloaded(ground: Ground, client: FlaskClient) -> None:
    grid = client.get("/coverage/coverage.csv").get_data(as_text=True)
    gaps = client.get("/coverage/not-yet.csv").get_data(as_text=True)

    for name in ("coverage", "map", "not-yet"):
        for asked, day in (("", "2026-11-24"), ("?on=20+11+2026", "2026-11-20")):
            said = client.get(f"/coverage/{name}.csv{asked}").headers["Content-Disposition"]
            assert said == f'attachment; filename="{name}-{day}.csv"'
    assert len(grid.splitlines()) == 351
    assert "written to, Tuesday 24 November 2026, 12:00: letter accepted by our relay, or counted as sent by an officer" in grid
    assert len(gaps.splitlines()) == 349
    assert ADUR not in gaps


def test_choices_stay_from_page_to_page(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/coverage?sort=region&opted_in=1").get_data(as_text=True)
    assert "sort=region" in page and "opted_in=1" in page and "page=2" in page


def test_before_the_first_campaign_the_page_says_so(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("officer", "hse")
    assert "There is no campaign yet" in words_on(client.get("/coverage"))
    assert client.get("/coverage/not-yet").status_code == 404


@pytest.mark.parametrize("campaign", ["x", str(UUID(int=9)), "%00"])
def test_a_campaign_that_is_not_there_is_not_found(ground: Ground, client: FlaskClient, campaign: str) -> None:
    assert client.get(f"/coverage?campaign={campaign}").status_code in {400, 404}


def test_a_page_says_written_to_only_where_something_was_written(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        codes = [row.authority.code for row in coverage.grid(session, ground.campaign, View(nation="Wales")).rows]
        told = Told("call", "confirmed", tuple(codes), NOON.date(), "Notes of the calls", role="practitioner")
        reports.record(session, ground.campaign, told, by=ground.house.drafter, at=NOON)

    for path in ("/coverage?nation=Wales", "/coverage/not-yet?nation=Wales&grade=confirmed"):
        said = words_on(client.get(path)).replace("Written to: by letter", "").replace("nobody to write to", "")
        assert "written to" not in said.lower()
    said = words_on(client.get("/coverage?nation=Wales"))
    assert "Contacted 22 · at least confirmed 22 · briefed 0 of 22 authorities" in said
    assert "There is evidence for every authority here. At 0 of them, nobody has confirmed or shown more yet." in said
    assert "Role Contacted At least confirmed Briefed" in said
    assert "LOPP contacted 24 · at least confirmed 23 · briefed 1" in words_on(client.get("/"))


def test_a_day_that_cannot_be_read_is_said_first_and_no_numbers_stand_beside_it(ground: Ground, client: FlaskClient) -> None:
    for path in ("/coverage", "/coverage/not-yet"):
        page = client.get(f"{path}?on=soon&grade=briefed").get_data(as_text=True)
        assert "<title>Error: " in " ".join(page.split()).replace("<title> ", "<title>")
        assert page.index("There is a problem") < page.index("<h1")
        assert '<a href="#on">This is not a real date. Enter it like 12 5 2026</a>' in page
        assert "350" not in page and "cs-reach" not in page
        assert 'value="soon"' in page and 'name="grade" value="briefed"' in page
    for path in ("coverage", "map", "not-yet", "over-time", "channels"):
        assert client.get(f"/coverage/{path}.csv?on=soon").status_code == 422, path


def test_only_messages_that_went_can_be_looked_at(ground: Ground, client: FlaskClient) -> None:
    gone, draft = stories.sending_release(ground.house).message, stories.drafted(ground.house)

    page = client.get("/coverage").get_data(as_text=True)

    assert f'value="{gone}"' in page
    assert f'value="{draft}"' not in page


def test_a_campaign_just_begun_hides_nothing_of_the_one_before(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        by = ground.house.drafter
        fresh = campaign_plans.begin(session, name="Next year", objective="That everybody knows.", by=by, at=NOON + HOUR)

    assert "Contacted 2 · " in words_on(client.get("/coverage"))
    assert "Contacted 0 · " in words_on(client.get(f"/coverage?campaign={fresh}"))
    assert all(f",{word}," in client.get("/coverage/coverage.csv").get_data(as_text=True) for word in ("Adur", "Barnet"))
    with ground.database.transaction() as session:
        told = Told("call", "confirmed", (CARDIFF,), NOON.date(), "Call note 12")
        reports.record(session, fresh, told, by=ground.house.drafter, at=NOON)
    assert "Contacted 1 · " in words_on(client.get("/coverage"))
