"""The register agrees with the known counts, and finds a council by what people call it."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from audiences import authorities, names
from audiences.authorities import WrongRegister
from audiences.pilot import make_register
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, NotYours
from tests.audiences.posts import NOON, OBSERVER, OFFICER, real

NAMES = names.over(authorities.read())
REGISTER = {authority.code: authority for authority in authorities.read()}


def test_the_register_has_382_councils_and_350_of_them_enforce() -> None:
    assert len(REGISTER) == 382
    assert sum(authority.enforces for authority in REGISTER.values()) == 350


def test_counties_and_northern_ireland_do_not_enforce() -> None:
    others = Counter((authority.nation, authority.kind) for authority in REGISTER.values() if not authority.enforces)

    assert others == {("England", "County"): 21, ("Northern Ireland", "NI district"): 11}


def test_the_breakdown_is_the_known_truth() -> None:
    expected = json.loads(real("authorities/EXPECTED_COUNTS.json").read_text())["breakdown_today"]

    assert Counter(f"{authority.nation} / {authority.kind}" for authority in REGISTER.values()) == expected


def test_our_script_makes_our_table_from_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = real("authorities/mysociety_uk_local_authorities.csv").parent
    monkeypatch.setattr(make_register, "TABLE", tmp_path / "authorities.csv")
    monkeypatch.setattr(make_register, "PAST", tmp_path / "past_authorities.csv")

    make_register.main(sources)

    assert (tmp_path / "authorities.csv").read_bytes() == authorities.TABLE.read_bytes()
    assert (tmp_path / "past_authorities.csv").read_bytes() == authorities.PAST.read_bytes()


def test_every_council_has_a_place_on_the_map_and_a_web_domain() -> None:
    for authority in REGISTER.values():
        assert 49 < authority.latitude < 61 and -9 < authority.longitude < 2, authority.name
        assert "." in authority.domain and "/" not in authority.domain, authority.name


def test_382_councils_have_only_379_domains() -> None:
    assert len({authority.domain for authority in REGISTER.values()}) == 379


def test_recoded_councils_are_known_by_both_codes() -> None:
    assert NAMES.find("E08000016") == NAMES.find("e08000038 ") == {"E08000038"}
    assert NAMES.find("E08000019") == {"E08000039"}
    assert NAMES.find("S12000046") == {"S12000049"}


def test_loading_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        first = authorities.load(session, by=OFFICER, at=NOON)
        again = authorities.load(session, by=OFFICER, at=NOON)
        history = log.history(session, authorities.REGISTER)

    assert (first, again) == (True, False)
    assert [entry.payload for entry in history] == [{"authorities": 382, "enforcing": 350}]


def test_a_changed_council_is_brought_back_to_the_table(founded: Database) -> None:
    with founded.transaction() as session:
        authorities.get(session, "E07000223").name = "Elsewhere"
    with founded.transaction() as session:
        assert authorities.load(session, by=OFFICER, at=NOON)

    with founded.reading() as session:
        assert authorities.get(session, "E07000223").name == "Adur"


def test_a_table_with_a_council_missing_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    short.write_text("\n".join(authorities.TABLE.read_text().splitlines()[:-1]))

    with pytest.raises(WrongRegister, match="21, not 22"):
        authorities.read(short)


def test_a_table_with_a_code_twice_is_refused(tmp_path: Path) -> None:
    double = tmp_path / "double.csv"
    double.write_text(authorities.TABLE.read_text().replace("E06000001,", "E06000002,", 1))

    with pytest.raises(WrongRegister, match="twice"):
        authorities.read(double)


def test_an_observer_does_not_load_the_register(database: Database) -> None:
    with database.transaction() as session, pytest.raises(NotYours):
        authorities.load(session, by=OBSERVER, at=NOON)


def test_pages_list_those_that_enforce_unless_asked_for_all(founded: Database) -> None:
    with founded.reading() as session:
        assert len(authorities.every(session)) == 350
        assert len(authorities.every(session, enforcing_only=False)) == 382
        assert len(authorities.regions(session)) == 12
        assert len(authorities.kinds(session)) == 9
        for code in ("E99999999", "", "E07000223\x00"):
            with pytest.raises(NotFound):
                authorities.get(session, code)


def test_the_pilots_day_is_known_too_and_who_came_after(founded: Database) -> None:
    with founded.reading() as session:
        then = authorities.every(session, enforcing_only=False, on=authorities.PILOT)
        assert Counter(one.nation for one in then) == {"England": 388, "Northern Ireland": 26, "Scotland": 32, "Wales": 22}
        assert len(authorities.every(session, on=authorities.PILOT)) == 408
        assert len(authorities.every(session)) == 350 and len(authorities.past(session)) == 117
        assert [one.code for one in authorities.successors(session, "E07000190")] == ["E06000066"]  # by way of Somerset West and Taunton
        assert [one.name for one in authorities.successors(session, "E10000021")] == ["North Northamptonshire", "West Northamptonshire"]
        assert [one.name for one in authorities.successors(session, "E07000223")] == ["Adur"]


def test_the_lists_of_today_and_of_2006_agree_with_the_known_counts() -> None:
    expected = json.loads(real("authorities/EXPECTED_COUNTS.json").read_text())
    everyone = [*REGISTER.values(), *authorities.read_past()]

    assert Counter(one.nation for one in everyone if one.in_force(authorities.PILOT)) == expected["y2006"]
    with real("authorities/govuk_local_authorities.csv").open(encoding="utf-8-sig") as stream:
        listed = [row["gss"] for row in csv.DictReader(stream)]
    with real("authorities/mysociety_uk_local_authorities.csv").open(encoding="utf-8-sig") as stream:
        principal = [row for row in csv.DictReader(stream) if row["local-authority-type-name"] not in make_register.NOT_PRINCIPAL]
    listed += [row["gss-code"] for row in principal if not row["end-date"]]
    found = [NAMES.find(code) for code in listed]
    assert all(len(codes) == 1 for codes in found) and Counter(code for codes in found for code in codes) == dict.fromkeys(REGISTER, 2)
    assert {old: next(iter(NAMES.find(old))) for old in expected["stale_codes_in_govuk_file"]} == expected["stale_codes_in_govuk_file"]
