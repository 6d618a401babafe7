"""From the gap list one button leads to a draft for exactly the authorities listed."""

import re

import pytest
from flask.testing import FlaskClient

from audiences import definitions
from campaigns.drafting import messages
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import SignIn, words_on


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """Adur has confirmed, Barnet was written to, Cardiff neither, and somebody is known at each; an officer of HSE looks."""
    for code in (ADUR, BARNET, CARDIFF):
        ground.person(code, address=f"officer@{code.lower()}.test")
    ground.touch(ADUR, "practitioner", "confirmed", "read:1")
    ground.touch(BARNET, "practitioner", "written", "letter:2")
    return ground


def button(client: FlaskClient, asked: str) -> dict[str, str]:
    """What the button on the gap list carries."""
    page = client.get(f"/coverage/not-yet{asked}").get_data(as_text=True)
    form = page.partition('action="/coverage/follow-up"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "listed", "readers"),
    [
        ("?grade=confirmed&role=practitioner", 349, {BARNET, CARDIFF}),
        ("?grade=written&role=practitioner", 348, {CARDIFF}),
        ("?grade=confirmed&region=London", 33, {BARNET}),
        ("?grade=briefed&nation=Wales&kind=Welsh+unitary+authority", 22, {CARDIFF}),
        ("", 348, {CARDIFF}),
    ],
)
def test_the_draft_is_for_exactly_those_listed(ground: Ground, client: FlaskClient, asked: str, listed: int, readers: set[str]) -> None:
    fields = button(client, asked)
    page = words_on(client.get(f"/coverage/not-yet{asked}"))
    answer = client.post("/coverage/follow-up", data=fields, follow_redirects=True)

    assert f"Draft a follow-up for these {listed}" in page
    assert (": practitioners" in page) == ("role=" in asked)
    assert f"Drafted for the {listed} authorities" in words_on(answer)
    with ground.database.reading() as session:
        words = messages.current(session, messages.every(session)[0]).read()
        assert {reader.authority_code for reader in definitions.resolve(session, words.audiences)} == readers
    assert len(fields["codes"].split()) == listed


def test_whoever_confirms_after_the_page_was_opened_gets_none(ground: Ground, client: FlaskClient) -> None:
    fields = button(client, "?grade=confirmed&role=practitioner")
    client.post("/coverage/follow-up", data=fields)
    ground.touch(BARNET, "practitioner", "confirmed", "read:2")

    with ground.database.reading() as session:
        words = messages.current(session, messages.every(session)[0]).read()
        assert [reader.authority_code for reader in definitions.resolve(session, words.audiences)] == [CARDIFF]


def test_a_day_gone_by_or_one_channel_offers_no_draft(ground: Ground, client: FlaskClient) -> None:
    for asked in ("?on=1+11+2026", "?channel=call"):
        page = words_on(client.get(f"/coverage/not-yet{asked}"))
        assert "Draft a follow-up for" not in page and "look at all channels, as things stand today" in page
    refused = client.post("/coverage/follow-up", data={"codes": ADUR, "channel": "call"}, follow_redirects=True)
    assert "as things stand today" in words_on(refused)


def test_an_empty_or_invented_list_is_refused_in_words(ground: Ground, client: FlaskClient) -> None:
    for codes in ("", "E99999999", "\x00"):
        assert "Open the page again" in words_on(client.post("/coverage/follow-up", data={"codes": codes}, follow_redirects=True))
    with ground.database.reading() as session:
        assert messages.every(session) == []


@pytest.mark.parametrize("name", ["endpoint", "_method", "_external", "_scheme", ""])
def test_a_refusal_leads_back_to_the_same_list_whatever_else_was_posted(ground: Ground, client: FlaskClient, name: str) -> None:
    refused = client.post("/coverage/follow-up", data={"codes": "", "region": "London", "grade": "confirmed", name: "x"})
    assert refused.status_code == 302
    assert "region=London" in refused.location and "grade=confirmed" in refused.location and "x" not in refused.location.partition("?")[2]


def test_an_observer_is_offered_no_draft(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)

    assert "Draft a follow-up for" not in words_on(client.get("/coverage/not-yet"))


def test_where_nobody_can_be_written_to_the_page_says_so_and_offers_to_add_somebody(ground: Ground, client: FlaskClient) -> None:
    page = words_on(client.get("/coverage/not-yet?grade=written"))

    assert "347 of them have nobody to write to: no letter goes there until somebody is added." in page
    assert "nobody to write to Add somebody at Arun" in page


def test_no_page_of_coverage_says_more_than_there_is_evidence_for(ground: Ground, client: FlaskClient) -> None:
    coverage = ("/coverage", "/coverage?all=1", "/coverage/not-yet?grade=understands", "/coverage/progress")
    for path in (*coverage, f"/authorities/{ADUR}", "/corrections"):
        said = client.get(path).get_data(as_text=True).lower()
        assert "reached" not in said and "opened" not in said.replace("when this page was opened", "")


@pytest.mark.parametrize("address", ["/coverage", "/coverage/not-yet"])
def test_the_button_that_shows_what_was_chosen_comes_after_everything_to_choose(ground: Ground, client: FlaskClient, address: str) -> None:
    form = client.get(address).get_data(as_text=True).partition('<form class="cs-filter"')[2].partition("</form>")[0]

    assert form.rindex("<select") < form.index('type="submit"')
