"""An officer looks at audiences: the five by name first, their rules and numbers; and makes one of their own."""

import pytest
from flask.testing import FlaskClient

from audiences import preferences
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON, SignIn, words_on


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """A founded installation with three practitioners, and an officer signed in."""
    for code in (ADUR, BARNET, CARDIFF):
        ground.person(code, address=f"officer@{code.lower()}.test", name=f"Officer {code}")
    return ground


def test_the_five_audiences_come_first_by_name(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/audiences"))

    five = ["Senior managers", "Elected members", "Practitioners", "Unions", "Regional groups"]
    places = [said.index(name, said.index("The five audiences")) for name in [*five, "Professional bodies", "Account managers"]]
    assert places == sorted(places)
    assert "Practitioners 3 347 of 350 authorities" in said
    assert "Unions 0 10 of 10 bodies" in said
    assert "Regional groups 0 11 of 11 bodies" in said


def test_an_audience_says_its_rule_its_numbers_and_its_people(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/audiences/practitioners"))

    assert "Practitioners at authorities that enforce health and safety." in said
    assert "2 England" in said and "1 Wales" in said
    assert "347 of 350 authorities without an address" in said
    assert f"Officer {ADUR}" in said
    assert "1 to 3 of 3 people" in said
    assert "Versions Version Who is in it By Since 1 Practitioners at authorities that enforce health and safety. HSE drafter" in said


def test_an_audience_can_be_narrowed_to_a_region(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/audiences/practitioners?region=Wales")).partition("Who is in it")[2]
    assert f"Officer {CARDIFF}" in said
    assert f"Officer {ADUR}" not in said
    assert "No people" in words_on(client.get("/audiences/practitioners?region=Atlantis"))


def test_who_asked_us_to_stop_is_shown_as_left_out(ground: Ground, client: FlaskClient) -> None:
    person = ground.person(address="stopped@adur.test", name="Somebody else")
    with ground.database.transaction() as session:
        preferences.stop(session, person, by="the reader", at=NOON)

    said = words_on(client.get("/audiences/practitioners"))

    assert "1 person would get no letter" in said
    assert "stopped@adur.test (no letter: the reader asked us to stop)" in said


def test_an_audience_says_which_messages_are_for_it(ground: Ground, client: FlaskClient) -> None:
    ground.agreed()
    assert "1 message to this audience What LOPP is" in words_on(client.get("/audiences/practitioners"))
    assert "to this audience" not in words_on(client.get("/audiences/unions"))


def test_an_audience_can_be_downloaded(ground: Ground, client: FlaskClient) -> None:
    ground.person(address="formula@adur.test", name="=HYPERLINK(1)")

    answer = client.get("/audiences/practitioners/audience.csv")

    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert len(text.splitlines()) == 5
    assert "'=HYPERLINK(1)" in text


def test_an_observer_is_offered_no_audience_to_make(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)
    assert "Make an audience" not in words_on(client.get("/audiences"))
