"""The register agrees with the known counts, and finds a council by what people call it."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from audiences import authorities
from audiences.authorities import WrongRegister
from audiences.pilot import make_register
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, NotYours
from tests.audiences.posts import NOON, OBSERVER, OFFICER, real

NAMES = authorities.names(authorities.read())
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

    make_register.main(sources)

    assert (tmp_path / "authorities.csv").read_bytes() == authorities.TABLE.read_bytes()


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


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Adur", "E07000223"),
        ("ADUR  district council", "E07000223"),
        ("London Borough of Barnet", "E09000003"),
        ("Bournemouth, Christchurch & Poole", "E06000058"),
        ("King’s Lynn and West Norfolk", "E07000146"),
        ("Kings Lynn & West Norfolk Borough Council", "E07000146"),
        ("Dundee City", "S12000042"),
        ("Dundee", "S12000042"),
        ("Derby", "E06000015"),
        ("Derbyshire", "E10000007"),
    ],
)
def test_a_council_is_found_as_people_write_it(written: str, code: str) -> None:
    assert NAMES.find(written) == {code}


@pytest.mark.parametrize("written", ["", " ", "Borsetshire", "Council", "Adurr", "Northamptonshire"])
def test_a_name_that_is_not_there_is_not_guessed(written: str) -> None:
    assert NAMES.find(written) == frozenset()


def test_no_variant_of_a_name_leads_to_the_wrong_council() -> None:
    with real("authorities/mysociety_lookup_gss_to_registry.csv").open() as stream:
        codes = {row["local-authority-code"]: row["gss-code"] for row in csv.DictReader(stream)}
    with real("authorities/name_variants.csv").open() as stream:
        variants = [(row["la-name"], codes.get(row["local-authority-code"], "")) for row in csv.DictReader(stream)]
    today = [(name, next(iter(NAMES.find(code)))) for name, code in variants if NAMES.find(code)]

    answers = Counter(_judge(NAMES.find(name), code) for name, code in today)

    print(dict(answers), "of", len(today))
    assert answers["wrong"] == 0
    assert answers["right"] / len(today) > 0.9


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


def _judge(found: frozenset[str], code: str) -> str:
    if found == {code}:
        return "right"
    if not found:
        return "not found"
    return "asked" if code in found else "wrong"
