"""The pilot's bodies are those of the paper, and every enforcing authority has one regional group."""

from collections import Counter
from pathlib import Path

import pytest

from audiences import authorities, organisations
from audiences.organisations import WrongOrganisations
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from tests.audiences.posts import NOON, OFFICER


def test_annex_1_has_fourteen_signed_and_one_considering() -> None:
    pilot = [body for body in organisations.read() if body.kind == organisations.PILOT]

    assert Counter(body.status for body in pilot) == {"signed": 14, "considering": 1}
    assert Counter(body.lead for body in pilot) == {"lacors": 4, "hse": 11}
    assert [body.name for body in pilot if body.status == "considering"] == ["B&Q"]


def test_account_managers_of_la_led_partnerships_have_their_home_authority(desk: Database) -> None:
    with desk.reading() as session:
        homes = {body.code: body.home_authority for body in organisations.of_kind(session, organisations.PILOT)}
        names = {code: authorities.get(session, home).name for code, home in homes.items() if home}

    assert names == {"hbos": "Calderdale", "tesco": "Dundee City", "asda": "Wakefield", "b-and-q": "Eastleigh"}


def test_every_enforcing_authority_is_in_exactly_one_regional_group(desk: Database) -> None:
    with desk.reading() as session:
        groups = organisations.groups(session)
        members = Counter(authority.code for group in groups for authority in organisations.members(session, group.code))
        every = organisations.groups(session, opted_in=True)
        assert organisations.members_each(session) == {
            group.code: {member.code for member in organisations.members(session, group.code)} for group in every
        }
        enforcing = {authority.code for authority in authorities.every(session)}

    assert members == Counter(enforcing)
    assert len(groups) == 11


def test_northern_ireland_meets_only_when_asked_for(desk: Database) -> None:
    with desk.reading() as session:
        plain = [group.code for group in organisations.groups(session)]
        opted = [group.code for group in organisations.groups(session, opted_in=True)]
        members = organisations.members(session, "group-northern-ireland")

    assert opted == [*plain, "group-northern-ireland"]
    assert len(members) == 11


def test_a_county_meets_in_no_group_and_a_district_in_one(desk: Database) -> None:
    with desk.reading() as session:
        group = organisations.group_of(session, "E07000223")
        assert group is not None and group.name == "South East liaison group"
        assert organisations.group_of(session, "E10000011") is None


def test_annex_3_stakeholders_are_all_there(desk: Database) -> None:
    with desk.reading() as session:
        kinds = {kind: len(organisations.of_kind(session, kind)) for kind in organisations.KINDS}
        names = {body.name for kind in organisations.KINDS for body in organisations.of_kind(session, kind)}
        with pytest.raises(NotFound):
            organisations.get(session, "nobody")

    assert all(kinds.values())
    assert {"Construction Division", "Commercial and Consumer Services, Transport and Utilities Sector (CACTUS)"} <= names


def test_loading_twice_changes_nothing(founded: Database) -> None:
    with founded.transaction() as session:
        assert not organisations.load(session, by=OFFICER, at=NOON)


def test_a_body_that_changed_is_brought_back_to_the_table(founded: Database) -> None:
    with founded.transaction() as session:
        organisations.get(session, "b-and-q").status = "signed"
    with founded.transaction() as session:
        assert organisations.load(session, by=OFFICER, at=NOON)
        assert organisations.get(session, "b-and-q").status == "considering"


def test_a_table_that_disagrees_with_annex_1_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(organisations.TABLE.read_text().replace("considering", "signed"))

    with pytest.raises(WrongOrganisations, match="14 signed"):
        organisations.read(wrong)


def test_a_table_without_a_region_s_group_is_refused(database: Database, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join(line for line in organisations.TABLE.read_text().splitlines() if "group-wales" not in line))

    with database.transaction() as session, pytest.raises(WrongOrganisations, match="has no regional group"):
        authorities.load(session, by=OFFICER, at=NOON)
        organisations.load(session, by=OFFICER, at=NOON, table=wrong)
