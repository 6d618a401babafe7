"""An import is all or nothing, reports every refused row with its line, and done twice changes nothing."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlmodel import select

from audiences import importing, imports, people, reorganisations
from audiences.imports import NEW, REFUSED, RENAMED, REPEATED, SAME
from audiences.staging import Stager
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotYours, Refused
from campaigns.foundation.log import LogEntry
from tests.audiences.bringing import FILE, HEADER, apply, bring_in, held
from tests.audiences.posts import NOON, OBSERVER, OFFICER, real

pytestmark = pytest.mark.long  # `make test` stays within five minutes


def test_a_file_of_people_is_imported_whole(founded: Database) -> None:
    report = bring_in(founded, FILE)

    assert (report.saved, report.counts[NEW], report.refused) == (True, 4, [])
    with founded.reading() as session:
        [person] = people.at_place(session, "E08000038")
        assert (person.name, person.role, person.source) == ("Portfolio Holder, Housing", "elected_member", "import")
        assert people.at_place(session, "gmb")[0].body_code == "gmb"


def test_importing_the_same_file_twice_changes_nothing(founded: Database) -> None:
    bring_in(founded, FILE)
    report = bring_in(founded, FILE)

    assert (report.saved, report.counts[NEW], report.counts[RENAMED], report.counts[SAME]) == (True, 0, 0, 4)
    with founded.reading() as session:
        told = session.exec(select(LogEntry).where(LogEntry.kind == "PeopleImported")).all()
        assert [entry.payload for entry in told] == [{"added": 4, "changed": 0}]


def test_one_refused_row_keeps_everything_out(founded: Database) -> None:
    report = bring_in(founded, FILE + b"Nobody,king,Borsetshire,nobody@nowhere\n")

    assert not report.saved and held(founded) == 0
    [row] = report.refused
    assert row[0] == 6
    assert "a role from the list" in row[1] and "not an e-mail address" in row[1]


def test_staging_a_file_adds_nobody_and_says_what_would_be(founded: Database) -> None:
    import_id = Stager(founded).stage(FILE, name="people.csv", by=OFFICER, at=NOON)

    with founded.reading() as session:
        assert imports.get(session, import_id).counts[NEW] == 4
    assert held(founded) == 0


def test_nobody_is_brought_in_at_a_council_that_came_to_an_end_after_the_file_was_read(founded: Database) -> None:
    stager = Stager(founded, test_domains_allowed=True)
    import_id = stager.stage(FILE, name="people.csv", by=OFFICER, at=NOON)
    with founded.transaction() as session:
        reorganisations.end(session, "E08000038", on=NOON.date() - timedelta(days=1), successors=["E08000037"], by=OFFICER, at=NOON)

    with founded.transaction() as session, pytest.raises(Refused, match="came to an end after this file was read"):
        importing.apply(session, import_id, by=OFFICER, at=NOON)
    stager.judge(import_id)
    apply(founded, import_id, leave_out_refused=True)

    with founded.reading() as session:
        assert people.at_place(session, "E08000038") == [] and people.at_place(session, "gmb")


def test_a_new_name_at_the_same_address_and_role_is_a_change(founded: Database) -> None:
    bring_in(founded, FILE)
    report = bring_in(founded, FILE.replace(b"Safety Rep", b"Regional Safety Rep"))

    assert (report.counts[NEW], report.counts[RENAMED], report.counts[SAME]) == (0, 1, 3)
    with founded.reading() as session:
        assert people.at_place(session, "gmb")[0].name == "Regional Safety Rep"


def test_an_observer_imports_nothing(founded: Database) -> None:
    with pytest.raises(NotYours):
        Stager(founded).stage(FILE, name="people.csv", by=OBSERVER, at=NOON)
    import_id = Stager(founded).stage(FILE, name="people.csv", by=OFFICER, at=NOON)
    with founded.transaction() as session, pytest.raises(NotYours):
        importing.apply(session, import_id, by=OBSERVER, at=NOON)
    with founded.transaction() as session, pytest.raises(NotYours):
        importing.undo(session, import_id, by=OBSERVER, at=NOON)


@pytest.mark.parametrize(
    "header",
    [
        "Name;ROLE;Local Authority;E-Mail",
        "full_name;Role ;council;EMAIL-Address ",
        "Post;role;GSS code;e mail",
        '"name";"role";organisation;Email',
    ],
)
def test_column_names_are_known_in_their_usual_spellings(desk: Database, header: str) -> None:
    report = bring_in(desk, f"\ufeff{header}\r\nHead;Senior-Manager;E07000223;a@adur.gov.uk\r\n")

    assert (report.counts[NEW], report.refused) == (1, [])


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("name,role,authority\na,b,c\n", "No column is chosen for: e-mail"),
        ("one,two\n", "No column is chosen for: name, role, authority or body, e-mail"),
        ("name,role,authority,email,e-mail\n", "Two columns are chosen for: e-mail"),
    ],
)
def test_a_file_without_the_columns_waits_for_an_officer_to_name_them(desk: Database, raw: str, sentence: str) -> None:
    import_id = bring_in(desk, raw).import_id

    with desk.transaction() as session, pytest.raises(Refused, match=sentence):
        importing.apply(session, import_id, leave_out_refused=True, by=OFFICER, at=NOON)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('"a\r\nBcc: b@c.test",practitioner,Adur,a@adur.gov.uk', "line breaks"),
        ("=?utf-8?q?a?=,practitioner,Adur,a@adur.gov.uk", "mail header"),
        ('a,practitioner,Adur,"a@adur.gov.uk\nb@c.test"', "not an e-mail address"),
        ("a,practitioner,Adur", "Enter an e-mail address"),
        (",practitioner,Adur,a@adur.gov.uk", "Enter a name"),
        ("a,king,Adur,a@adur.gov.uk", "Give a role from the list"),
        ("a,practitioner,,a@adur.gov.uk", "Give the code or the full name"),
        ("a,practitioner,Tesco,a@adur.gov.uk", "There is no practitioner at Tesco"),
        (b"a,practitioner,Adur,a@b@adur.gov.uk".decode(), "not an e-mail address"),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_with_its_line(desk: Database, row: str, reason: str) -> None:
    report = bring_in(desk, HEADER + "\n" + row + "\n")

    assert [line for line, _ in report.refused] == [3]
    assert reason in report.refused[0][1]
    assert held(desk) == 0


def test_a_row_that_names_two_places_is_refused(desk: Database) -> None:
    report = bring_in(desk, "name,role,authority,body,email\nRep,union contact,,GMB,r@gmb.test\nRep,union contact,Adur,GMB,s@gmb.test\n")

    assert report.refused == [(3, "The row names two different places")]


def test_a_row_repeated_is_counted_and_one_that_disagrees_is_refused(founded: Database) -> None:
    row = "Head,senior manager,Adur,a@adur.gov.uk\n"

    assert bring_in(founded, HEADER + row + row).counts[REPEATED] == 1
    report = bring_in(founded, HEADER + row + row.replace("Head", "Other"))
    assert report.refused == [(3, "Line 2 gives the same address and role another name")]


def test_somebody_who_left_comes_back_by_import(founded: Database) -> None:
    bring_in(founded, FILE)
    with founded.transaction() as session:
        people.leave(session, people.at_place(session, "gmb")[0].id, by=OFFICER, at=NOON)

    assert bring_in(founded, FILE).counts[NEW] == 1
    with founded.reading() as session:
        assert people.at_place(session, "gmb")[0].active


def test_test_domains_are_refused_in_production(desk: Database) -> None:
    raw = (HEADER + "a,practitioner,Adur,a@adur.test\n").encode()
    import_id = Stager(desk, test_domains_allowed=False).stage(raw, name="people.csv", by=OFFICER, at=NOON)

    assert len(apply(desk, import_id).refused) == 1


def test_five_thousand_rows_are_imported_and_again_unchanged(desk: Database) -> None:
    raw = HEADER + "".join(f"Post {number},practitioner,Adur,post{number}@adur.gov.uk\n" for number in range(5_000))

    assert bring_in(desk, raw).counts[NEW] == 5_000
    assert bring_in(desk, raw).counts[SAME] == 5_000


def test_hostile_strings_are_refused_row_by_row(desk: Database) -> None:
    hostile = [text for text in json.loads(real("hostile/blns.json").read_text()) if "\x00" not in text]
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([text, "practitioner", text, text] for text in hostile)

    report = bring_in(desk, (HEADER + stream.getvalue()).encode("utf-8", "replace"))

    assert report.counts[REFUSED] == len(hostile) > 400
    assert held(desk) == 0
