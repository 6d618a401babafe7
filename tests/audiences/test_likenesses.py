"""Two people are shown as perhaps one when place and role are the same and names or addresses nearly so; never by surname alone."""

import pytest

from audiences import likenesses
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
    assert likenesses.alike(*one, *other) == likenesses.alike(*other, *one) == why


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
