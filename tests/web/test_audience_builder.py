"""An officer says line by line whom they mean, sees how many that is, and saves it; without JavaScript, and without losing a line."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from audiences import definitions, footprints, rules
from audiences.rules import Condition, Rule
from campaigns.reach.touches import WRITTEN
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON, seen_on, words_on

pytestmark = pytest.mark.long

PRACTITIONERS: dict[str, Any] = {"asks": "role", "of": ["practitioner"]}
WALES: dict[str, Any] = {"asks": "nation", "of": ["Wales"]}


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """Three practitioners, a Tesco in Cardiff and in Adur, a campaign; and an officer signed in."""
    for code in (ADUR, BARNET, CARDIFF):
        ground.person(code, address=f"officer@{code.lower()}.test", name=f"Officer {code}")
    with ground.database.transaction() as session:
        footprints.put(session, "tesco", {ADUR: 1, CARDIFF: 2}, by=ground.house.drafter, at=NOON)
    ground.touch(ADUR, "practitioner", WRITTEN, "letter:1")
    return ground


def form(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    sent: dict[str, Any] = {"name": "Mine", "enforcing_only": "y", "line": [str(at) for at in range(len(lines))]}
    for at, line in enumerate(lines):
        sent |= {f"{name}-{at}": value for name, value in line.items()}
    return sent | fields


def kept(ground: Ground) -> Rule:
    """What was saved."""
    with ground.database.reading() as session:
        return definitions.rule_of(definitions.get(session, "mine"))


def test_a_new_audience_begins_with_lists_to_tick(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/audiences/new").get_data(as_text=True)

    assert [page.count(f'name="asks-{at}" value="{asks}"') for at, asks in enumerate(("role", "nation", "region", "kind"))] == [1] * 4
    assert "checked" in page and page.count('type="checkbox"') > 30
    assert 'hx-post="/audiences/count"' in page and "Update the count" in page


def test_a_name_that_is_missing_is_said_with_whatever_is_wrong_with_the_lines(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.post("/audiences/new", data=form({"asks": "authority", "typed": "Atlantis"}, name="")))

    assert "Enter a name for the audience" in said and "Atlantis" in said.partition("There is a problem")[2][:300]
    assert "Enter a name" not in words_on(client.post("/audiences/new", data=form(PRACTITIONERS, name="", do="count")))


def test_the_example_of_the_plan_is_built_counted_and_saved(ground: Ground, client: FlaskClient) -> None:
    campaign = f"campaign:{ground.campaign}"
    not_yet = {"asks": "touched", "not": "y", "grade": "written", "of": [campaign]}
    lines = [PRACTITIONERS, {"asks": "site", "of": ["tesco"]}, not_yet]

    looked = words_on(client.post("/audiences/new", data=form(*lines, do="count")))
    assert "and are not yet contacted by LOPP" in looked
    assert "whose area holds a site of Tesco, not yet contacted by LOPP. 1 person 1 Wales 1 of 1 authority has somebody in it" in looked
    assert "Any contact counts as contacted: a letter, an article, a call, a visit or a briefing." in looked
    assert f"Officer {CARDIFF}" in looked and f"Officer {ADUR}" not in looked

    said = words_on(client.post("/audiences/new", data=form(*lines), follow_redirects=True))
    assert "Mine can be written to now." in said and "1 in all" in said and "Audience, version 1 Mine" in said
    site = Condition(asks="site", of=("tesco",))
    assert kept(ground) == rules.all_of(Condition(asks="role", of=("practitioner",)), site, rules.not_yet("written", campaign))


def test_sectors_and_who_enforces_can_be_ticked(ground: Ground, client: FlaskClient) -> None:
    lines = [
        {"asks": "sector", "of": ["retail"]},
        {"asks": "regime", "of": ["both"], "not": "y"},
        {"asks": "site_regime", "join": "or", "of": ["both"]},
    ]

    page = words_on(client.post("/audiences/new", data=form(*lines, do="count")))

    assert "whose organisation’s sector is retail" in page
    assert "not under both HSE and local authorities or whose area holds a site of an organisation with premises under both" in page
    assert "bakeries and shops" in page


def test_lines_are_joined_by_and_or_and_or_else(ground: Ground, client: FlaskClient) -> None:
    lines = [
        PRACTITIONERS,
        WALES,
        {"asks": "region", "of": ["London"], "join": "or"},
        {"asks": "role", "of": ["union_contact"], "join": "or else"},
        {"asks": "kind"},
        {"asks": "nation", "of": ["Scotland", "Wales"], "not": "y", "join": "and"},
    ]

    client.post("/audiences/new", data=form(*lines))

    role, wales, london, union, elsewhere = (
        Condition(asks="role", of=("practitioner",)),
        Condition(asks="nation", of=("Wales",)),
        Condition(asks="region", of=("London",)),
        Condition(asks="role", of=("union_contact",)),
        Condition(asks="nation", of=("Scotland", "Wales"), is_not=True),
    )
    assert kept(ground) == Rule(alternatives=(((role,), (wales, london)), ((union,), (elsewhere,))))


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_an_empty_line_asks_nothing_wherever_it_stands(ground: Ground, client: FlaskClient, empty: int) -> None:
    lines = [PRACTITIONERS, WALES | {"join": "or"}, {"asks": "role", "of": ["union_contact"], "join": "or else"}]
    lines[empty] = {**lines[empty], "of": []}

    client.post("/audiences/new", data=form(*lines))

    asked = [[[one.of[0] for one in clause] for clause in alternative] for alternative in kept(ground).alternatives]
    assert asked == [[[["Wales"]], [["union_contact"]]], [[["practitioner"]], [["union_contact"]]], [[["practitioner", "Wales"]]]][empty]


def test_a_line_is_added_and_removed_and_no_other_is_lost(ground: Ground, client: FlaskClient) -> None:
    added = client.post("/audiences/new", data=form(PRACTITIONERS, WALES, do="add", add="touched")).get_data(as_text=True)
    assert 'name="asks-2" value="touched"' in added and f'value="campaign:{ground.campaign}"' in added
    assert re.search(r'value="practitioner"\s+checked', added) and re.search(r'value="Wales"\s+checked', added)

    removed = client.post("/audiences/new", data=form(PRACTITIONERS, WALES, do="remove 0")).get_data(as_text=True)
    assert 'name="asks-0" value="nation"' in removed and 'name="asks-1"' not in removed
    with ground.database.reading() as session:
        assert len(definitions.every(session)) == 7


def test_authorities_are_typed_by_name_or_code(ground: Ground, client: FlaskClient) -> None:
    typed = {"asks": "authority", "typed": f"Adur\n\n{BARNET}\nCardiff County Borough"}
    client.post("/audiences/new", data=form(typed))
    assert {value for one in kept(ground).conditions for value in one.of} == {ADUR, BARNET, CARDIFF}
    assert "Adur Barnet Cardiff" in words_on(client.get("/audiences/mine/rule"))

    wrong = words_on(client.post("/audiences/new", data=form({"asks": "authority", "typed": "Atlantis"}, name="Other")))
    assert "We know no authority called “Atlantis”" in wrong and "There is a problem" in wrong


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for the audience"),
        ({"name": "x" * 61}, "must be 60 characters or fewer"),
        ({"name": "!!!"}, "with letters in it"),
        ({"name": "A\r\nBcc: someone"}, "Enter a name of up to 60 characters"),
        ({"name": "Practitioners"}, "There is already an audience called Practitioners."),
        ({"name": "Stakeholders"}, "Choose another name"),
        ({"name": "Mine\x00"}, "invisible character"),
        ({"of-0": ["emperor"]}, "Choose from the list"),
        ({"asks-0": "touched", "of-0": [], "grade-0": "won", "typed-0": ""}, ""),
        ({"asks-0": "party"}, "A line did not arrive in full"),
        ({"asks-0": "nation", "of-0": ["Atlantis"]}, "Choose from the list"),
        ({"do": "add", "add": "party"}, "Choose from the list what the line is to ask"),
    ],
)
def test_an_audience_that_cannot_be_says_why(ground: Ground, client: FlaskClient, changes: dict[str, Any], sentence: str) -> None:
    answer = client.post("/audiences/new", data=form(PRACTITIONERS) | changes)

    assert answer.status_code < 500
    assert sentence in words_on(answer)
    with ground.database.reading() as session:
        assert len(definitions.every(session)) == (7 if sentence else 8)


def test_a_grade_nobody_gives_and_too_many_lines_are_refused(ground: Ground, client: FlaskClient) -> None:
    wrong = {"asks": "touched", "grade": "opened", "of": [f"campaign:{ground.campaign}"]}
    assert "may ask up to 20 things" in words_on(client.post("/audiences/new", data=form(wrong)))
    assert "may ask up to 20 things" in words_on(client.post("/audiences/new", data=form(*[WALES] * 21)))
    assert "up to 40 lines" in words_on(client.post("/audiences/new", data=form(*[{"asks": "kind"}] * 40, do="add", add="role")))


def test_changing_the_lines_makes_a_version_and_the_form_shows_the_old_ones(ground: Ground, client: FlaskClient) -> None:
    opened = client.get("/audiences/practitioners/rule")
    page, seen = opened.get_data(as_text=True), {"seen": seen_on(opened), "enforcing_only": ""}
    assert page.count("checked") == 2 and "This makes version 2." in page

    lines = [PRACTITIONERS, {"asks": "region", "of": ["London"]}]
    said = words_on(client.post("/audiences/practitioners/rule", data=form(*lines) | seen, follow_redirects=True))

    assert "The rule is changed." in said
    assert "Practitioners at authorities in London, whether or not they enforce health and safety." in said
    assert "Audience, version 2" in said and "Versions Version Who is in it By Since 2 Practitioners at authorities in London" in said
    table = client.get("/audiences/practitioners/versions.csv").get_data(as_text=True)
    assert len(table.splitlines()) == 3 and '"Tuesday 24 November 2026, 12:00"' in table
    assert "Nothing changed." in words_on(client.post("/audiences/practitioners/rule", data=form(*lines) | seen, follow_redirects=True))


def test_the_count_answers_by_itself_and_saves_nothing(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.post("/audiences/count", data=form(PRACTITIONERS, WALES)))
    assert said.startswith("Practitioners at authorities in Wales that enforce health and safety. 1 person")
    assert "Not counted yet. We know no authority called “X”" in words_on(
        client.post("/audiences/count", data=form({"asks": "authority", "typed": "X"}))
    )


def test_enter_presses_a_button_that_loses_nothing(ground: Ground, client: FlaskClient) -> None:
    page = client.get("/audiences/new").get_data(as_text=True)
    first = re.search(r"<button[^>]*>", page[page.index('class="cs-lines"') :])
    assert first is not None and 'value="count"' in first[0]
