"""Two people are shown as perhaps one when place and role are the same and names or addresses nearly so; never by surname alone."""

import pytest

from audiences import likenesses, names, spellings
from audiences.likenesses import One
from campaigns.foundation.database import Database
from tests.audiences.bringing import HEADER, bring_in


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("Jane Smith", "jane.smith@a.uk"), ("Jane Smyth", "j.smyth@a.uk"), "nearly the same name"),
        (("Mrs Jane Smith", "jane.smith@a.uk"), ("J Smith", "j.smith@a.uk"), "nearly the same name"),
        (("Cllr Siân Rees", "s.rees@a.uk"), ("Sian Rees", "sian.rees@a.uk"), "nearly the same name"),
        (("EH desk", "environmental.health@a.uk"), ("Duty officer", "environ.mental.health@a.uk"), "nearly the same address"),
        (("Jane Smith", "jane.smith@a.uk"), ("Paul Smith", "paul.smith@a.uk"), ""),
        (("Jane Smith", "jane.smith@a.uk"), ("Jane Jones", "jane.jones@a.uk"), ""),
        (("Smith", "jane.smith@a.uk"), ("Smith", "paul.smith@a.uk"), ""),
        (("Inspector", "inspector1@a.uk"), ("Inspector", "inspector2@a.uk"), ""),
        (("Officer 11", "officer.11@a.uk"), ("Officer 12", "officer.12@a.uk"), ""),
        (("Health desk", "health@a.uk"), ("Wealth desk", "health@b.uk"), ""),
    ],
)
def test_what_is_alike_is_told(one: tuple[str, str], other: tuple[str, str], why: str) -> None:
    first, second = (One(None, None, name, "practitioner", "E07000223", address) for name, address in (one, other))

    assert likenesses.alike(first, second) == likenesses.alike(second, first) == why


def test_people_and_rows_of_a_file_are_compared_at_their_place_and_role(desk: Database) -> None:
    bring_in(desk, HEADER + "Jane Smith,practitioner,Adur,jane.smith@adur.gov.uk\nJane Smyth,senior manager,Adur,jane.smyth@adur.gov.uk\n")
    report = bring_in(desk, HEADER + "Jane Smyth,practitioner,Adur,j.smyth@adur.gov.uk\nx,king,Adur,y\n")

    with desk.reading() as session:
        assert likenesses.among_people(session) == []
        [pair] = likenesses.of_import(session, report.import_id)
    assert (pair.one.line, pair.one.name, pair.other.name, pair.why) == (2, "Jane Smyth", "Jane Smith", "nearly the same name")
    bring_in(desk, HEADER + "Jane Smyth,practitioner,Adur,j.smyth@adur.gov.uk\n")
    with desk.reading() as session:
        assert len(likenesses.among_people(session)) == 1


def test_a_name_is_spelt_once_however_many_it_is_held_against_and_no_further_than_is_shown(
    desk: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(desk, HEADER + "".join(f"Jane Smith{letter},practitioner,Adur,jane.{letter}@adur.gov.uk\n" for letter in "abcdefgh"))
    report = bring_in(desk, HEADER + "".join(f"Jane Smyth{letter},practitioner,Adur,j.{letter}@adur.gov.uk\n" for letter in "abcdefgh"))
    spelt: list[str] = []

    def noted(name: str) -> str:
        spelt.append(name)
        return spellings.spell(name)

    monkeypatch.setattr(names, "spell", noted)

    with desk.reading() as session:
        pairs = likenesses.of_import(session, report.import_id)
        assert next(pairs).one.name == "Jane Smytha" and len(spelt) == 2
        assert len(list(pairs)) > 50
    assert len(spelt) == 8 + 16  # the file's rows, and everybody who is here since
