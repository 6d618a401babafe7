"""The stakeholder map: who cannot be written to yet, role by role and body by body, and every number leads to its list."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from audiences import authorities, people, preferences, rules, sentences, stakeholders
from campaigns.planning.campaign_plans import Campaign
from tests.web.grounds import ADUR, CARDIFF, Ground
from tests.web.visitors import NOON, words_on

MAP = "/audiences/stakeholders"


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """Two practitioners, one contact at a union, and an officer signed in."""
    for code in (ADUR, CARDIFF):
        ground.person(code, address=f"officer@{code.lower()}.test", name=f"Officer {code}")
    ground.person("tuc", "union_contact", "safety@tuc.test")
    return ground


def test_the_map_counts_gaps_by_role_and_region_and_every_number_is_a_link(ground: Ground, client: FlaskClient) -> None:
    page = client.get(MAP)
    said, html = words_on(page), page.get_data(as_text=True)

    assert "5 of 7 audiences with nobody to write to" in said
    assert "21 authorities of Wales without practitioners of 22" in said
    assert "Unions 9 of 10" in said and "Committees 2 of 2" in said and "Regional groups 11 of 11" in said
    assert "reached" not in said
    links = set(re.findall(r'href="(/audiences/stakeholders/authorities\?[^"]+)"', html))
    assert len(links) == 3 * 11
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_one_authority_is_not_called_authorities(ground: Ground, client: FlaskClient) -> None:
    with ground.database.reading() as session:
        welsh = [one.code for one in authorities.every(session) if one.nation == "Wales" and one.code != CARDIFF]
    for code in welsh[1:]:
        ground.person(code, address=f"officer@{code.lower()}.test")

    said = words_on(client.get(MAP))

    assert "1 authority of Wales without practitioners of 22" in said
    assert "22 authorities of Wales without elected members of 22" in said


def test_a_number_leads_to_its_authorities_and_their_file(ground: Ground, client: FlaskClient) -> None:
    wales = f"{MAP}/authorities?role=practitioner&region=Wales"
    said = words_on(client.get(wales))
    assert "Authorities without practitioners" in said and "1 to 21 of 21 authorities" in said and "Cardiff" not in said

    table = client.get(wales.replace("authorities?", "authorities.csv?")).get_data(as_text=True)
    assert len(table.splitlines()) == 22
    assert "1 to 50 of 348 authorities" in words_on(client.get(f"{MAP}/authorities?role=practitioner"))
    assert client.get(f"{MAP}/authorities?role=emperor").status_code == 404


def test_bodies_the_plan_names_come_first_and_go_once_they_have_a_contact(ground: Ground, client: FlaskClient) -> None:
    def named() -> str:
        return words_on(client.get(MAP)).partition("Named in the plan, but without a contact")[2].partition("Audiences with nobody")[0]

    assert "Construction Division HSE directorate the communications plan (HELA paper, Annex 3)" in named()
    assert "(CACTUS) HSE directorate" in named() and "GMB union" in named()
    assert "Named in Trades Union Congress" not in named() and "Annex 3) Trades Union Congress" not in named() and "Greggs" not in named()

    with ground.database.transaction() as session:
        session.exec(sa.update(Campaign).values(objective="What greggs and councils agree."))
    ground.person("construction", "directorate_contact", "division@hse.test")

    assert "Greggs pilot organisation the objective of LOPP" in named()
    assert "Construction Division" not in named()


def test_a_committee_has_members_who_can_be_written_to(ground: Ground, client: FlaskClient) -> None:
    ground.person("lgp", "committee_member", "chair@lgp.test", name="Chair")

    page = words_on(client.get("/organisations/lgp"))
    assert "Committee member" in page and "chair@lgp.test" in page
    with ground.database.reading() as session:
        assert "lgp" not in {one.code for one in stakeholders.read(session).named}
    assert sentences.of(rules.ticked(roles=["committee_member"], enforcing_only=False), {}) == "Committee members."


def test_somebody_who_may_not_be_written_to_is_no_contact(ground: Ground, client: FlaskClient) -> None:
    person = ground.person("gmb", "union_contact", "safety@gmb.test")
    with ground.database.transaction() as session:
        assert "gmb" not in {one.code for one in stakeholders.read(session).named}
        preferences.stop(session, person, by="the reader", at=NOON)

    with ground.database.reading() as session:
        assert "gmb" in {one.code for one in stakeholders.read(session).named}


def test_an_audience_whose_every_address_is_stopped_has_nobody_to_write_to(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        for code in (ADUR, CARDIFF):
            (officer,) = people.at_place(session, code)
            preferences.stop(session, officer.id, by="the reader", at=NOON)

    assert "Practitioners : 2 people are in it, and none of them may be written to" in words_on(client.get(MAP))


def test_the_map_is_a_file_too(ground: Ground, client: FlaskClient) -> None:
    answer = client.get(f"{MAP}/stakeholders.csv")

    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert "Authorities without,practitioner,Wales,21,22" in text
    assert "Bodies,union,,9,10" in text and 'Body,GMB,"the communications plan (HELA paper, Annex 3)",nobody,' in text
