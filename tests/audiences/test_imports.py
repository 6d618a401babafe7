"""An import on its way: names asked about, columns chosen, rows left out; applied once, undone once, and forgotten in time."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select, update

from audiences import erasures, importing, imports, judging, people, staging
from audiences.importing import ImportUndone
from audiences.imports import ASKED, NEW, ImportRow
from audiences.people import Person
from audiences.staging import Stager
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, Refused
from tests.audiences.bringing import FILE, HEADER, apply, bring_in, held
from tests.audiences.posts import NOON, OFFICER

pytestmark = pytest.mark.long  # `make test` stays within five minutes


def test_a_name_that_is_not_plain_is_asked_about_once_and_answered(founded: Database) -> None:
    raw = HEADER + "A,practitioner,Newcastle,a@adur.gov.uk\nB,practitioner,Newcastle,b@adur.gov.uk\nC,practitioner,Camelot,c@adur.gov.uk\n"
    report = bring_in(founded, raw)

    assert (report.saved, report.counts[ASKED]) == (False, 3)
    with founded.transaction() as session:
        assert imports.asked(session, report.import_id) == [("Newcastle", 2), ("Camelot", 1)]
        candidates = judging.register_of(session).candidates("Newcastle")
        assert {place.name for place in candidates} >= {"Newcastle upon Tyne", "Newcastle-under-Lyme"}
        chosen = candidates[0].code
        staging.answer(session, report.import_id, {"Newcastle": chosen, "Camelot": judging.LEAVE_OUT}, by=OFFICER)
    Stager(founded, test_domains_allowed=True).judge(report.import_id)

    assert apply(founded, report.import_id).saved
    with founded.reading() as session:
        assert [person.address for person in people.at_place(session, chosen)] == ["a@adur.gov.uk", "b@adur.gov.uk"]


def test_an_answer_must_be_a_place(desk: Database) -> None:
    import_id = bring_in(desk, HEADER + "A,practitioner,Camelot,a@adur.gov.uk\n").import_id

    with desk.transaction() as session, pytest.raises(Refused, match="not the code of a place"):
        staging.answer(session, import_id, {"Camelot": "X1"}, by=OFFICER)


def test_a_misspelt_name_is_taken_and_said_so(desk: Database) -> None:
    report = bring_in(desk, HEADER + "A,practitioner,Barnsly Council,a@adur.gov.uk\n")

    assert report.saved
    with desk.reading() as session:
        assert imports.taken(session, report.import_id) == [("Barnsly Council", "spelling", "E08000038", 1)]


def test_the_rest_is_imported_only_when_the_refused_are_to_be_left_out(founded: Database) -> None:
    raw = FILE + b"Nobody,king,Adur,nobody@nowhere\n"

    first, none = bring_in(founded, raw), bring_in(founded, HEADER + "Nobody,king,Adur,nobody@nowhere\nOther,queen,Adur,x@nowhere\n")
    with founded.reading() as session:
        said = [
            importing.why_not(session, imports.get(session, one.import_id), leave_out_refused=leave_out)
            for one in (first, none)
            for leave_out in (False, True)
        ]
    cannot = "of this file cannot be used. Correct the file, or choose to leave"
    assert said == [f"1 row {cannot} it out.", "", f"2 rows {cannot} them out.", "No row of this file can be used."]
    with founded.transaction() as session, pytest.raises(Refused, match="1 row of this file cannot be used"):
        importing.apply(session, first.import_id, by=OFFICER, at=NOON)
    assert bring_in(founded, raw, leave_out_refused=True).counts[NEW] == 4
    assert held(founded) == 4


def test_an_import_is_applied_once(founded: Database) -> None:
    import_id = bring_in(founded, FILE).import_id

    with founded.transaction() as session, pytest.raises(NotAllowedNow, match="applied already"):
        importing.apply(session, import_id, by=OFFICER, at=NOON)


def test_what_is_still_being_read_is_not_applied_and_what_was_not_applied_is_not_undone(desk: Database) -> None:
    import_id = Stager(desk).stage(FILE, name="people.csv", by=OFFICER, at=NOON)

    with desk.transaction() as session:
        with pytest.raises(NotAllowedNow, match="nothing to undo"):
            importing.undo(session, import_id, by=OFFICER, at=NOON)
        imports.get(session, import_id).state = imports.STAGING
        with pytest.raises(NotAllowedNow, match="still being read"):
            importing.apply(session, import_id, by=OFFICER, at=NOON)
    assert held(desk) == 0


def test_an_import_is_undone_where_nobody_has_touched_it_since(founded: Database) -> None:
    bring_in(founded, FILE)
    more = (
        FILE.replace(b"Safety Rep", b"Regional Safety Rep").replace(b"Inspector", b"Chief Inspector").replace(b"Housing", b"Homes")
        + b"Left,practitioner,Adur,left@adur.gov.uk\nNew,practitioner,Adur,new@adur.gov.uk\nMet,practitioner,Adur,met@adur.gov.uk\n"
    )
    import_id = bring_in(founded, more).import_id
    with founded.transaction() as session:
        for name in ("met@adur", "inspector@barnet"):
            session.exec(update(Person).where(Person.address == f"{name}.gov.uk").values(name="Somebody met"))
        for name in ("left@adur", "holder@barnsley"):
            session.exec(update(Person).where(Person.address == f"{name}.gov.uk").values(until=NOON - timedelta(days=1)))
        assert importing.undo(session, import_id, by=OFFICER, at=NOON) == (1, 1)

    with founded.transaction() as session:
        assert log.read(log.history(session, import_id)[-1]) == ImportUndone(ended=1, changed=1)
        said = dict(session.exec(select(Person.address, Person.name)).all())
        assert (said["inspector@barnet.gov.uk"], said["holder@barnsley.gov.uk"]) == ("Somebody met", "Portfolio Holder, Homes")
        assert people.at_place(session, "gmb")[0].name == "Safety Rep"
        assert "new@adur.gov.uk" not in [one.address for one in people.at_place(session, "E07000223")]
        assert "met@adur.gov.uk" in [one.address for one in people.at_place(session, "E07000223")]
        with pytest.raises(NotAllowedNow, match="undone already"):
            importing.undo(session, import_id, by=OFFICER, at=NOON)


@pytest.mark.parametrize("first", [0, 1])
def test_whom_another_file_names_too_stays_until_that_is_undone_as_well(founded: Database, first: int) -> None:
    bring_in(founded, HEADER + "Old,practitioner,Adur,renamed@adur.gov.uk\n")
    rows = HEADER + "New,practitioner,Adur,new@adur.gov.uk\nNewer,practitioner,Adur,renamed@adur.gov.uk\n"
    both = [bring_in(founded, rows).import_id for _ in range(2)]

    said = []
    for import_id in (both[first], both[1 - first]):
        with founded.transaction() as session:
            importing.undo(session, import_id, by=OFFICER, at=NOON)
            said.append({one.name for one in people.at_place(session, "E07000223")})

    assert said == [{"New", "Newer"}, {"Old"}]


def test_undoing_four_times_as_many_rows_is_four_times_the_work(desk: Database) -> None:
    few, many = (work_of_undoing(desk, rows, f"of{rows}") for rows in (100, 400))

    assert many < 6 * few  # reading every row for each person would be sixteen times


def work_of_undoing(database: Database, rows: int, word: str) -> int:
    """Hundreds of SQLite's own steps."""
    lines = "".join(f"Officer {row},practitioner,Adur,{word}{row}@adur.gov.uk\n" for row in range(rows))
    import_id, steps = bring_in(database, HEADER + lines).import_id, list[int]()
    with database.transaction() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        connection.set_progress_handler(lambda: steps.append(1), 100)
        assert importing.undo(session, import_id, by=OFFICER, at=NOON) == (rows, 0)
        connection.set_progress_handler(None, 0)
    return len(steps)


def test_columns_are_chosen_by_an_officer(founded: Database) -> None:
    import_id = bring_in(founded, "A;B;C\nAdur;Jo;jo@adur.gov.uk\n").import_id
    with founded.transaction() as session:
        assert imports.get(session, import_id).mapping == {"address": [2]}
        staging.choose_columns(session, import_id, {"name": [1], "place": [0], "address": [2]}, "practitioner", by=OFFICER)
    Stager(founded).judge(import_id)

    assert apply(founded, import_id).counts[NEW] == 1


def test_a_file_nobody_applies_is_deleted_after_a_day_and_what_was_forgotten_is_not_undone(founded: Database) -> None:
    waiting = bring_in(founded, FILE + b"Nobody,king,Adur,nobody@nowhere\n").import_id
    applied = bring_in(founded, FILE).import_id
    with founded.transaction() as session:
        assert not imports.is_any_abandoned(session, at=NOON + timedelta(hours=23))
        assert imports.is_any_abandoned(session, at=NOON + timedelta(hours=25))
        imports.delete_abandoned(session, at=NOON + timedelta(hours=25))
        with pytest.raises(NotFound):
            imports.get(session, waiting)
        assert imports.rows(session, applied)[0].address == "head@adur.gov.uk"
        imports.forget(session, [applied])

        assert {(row.address, row.name, str(row.cells)) for row in imports.rows(session, applied)} == {("", "", "[]")}
        with pytest.raises(NotAllowedNow, match="not kept any more"):
            importing.undo(session, applied, by=OFFICER, at=NOON)


def test_whoever_is_erased_is_erased_from_files_on_their_way(founded: Database) -> None:
    bring_in(founded, FILE)
    import_id = bring_in(founded, FILE + b'Other,king,Adur,"x HEAD@adur.gov.uk"\n').import_id
    with founded.transaction() as session:
        head = people.at_place(session, "E07000223")[0]
        erasures.erase(session, head.id, by=OFFICER, at=NOON)

    with founded.transaction() as session:
        everything = json.dumps([row.model_dump(mode="json") for row in session.exec(select(ImportRow))])
        assert "head@adur" not in everything.lower()
        assert imports.count(session, import_id)["left out"] == 2


def test_a_spelling_nobody_asks_about_is_refused_and_not_kept(desk: Database) -> None:
    import_id = bring_in(desk, HEADER + "A,practitioner,Camelot,a@adur.gov.uk\n").import_id

    with pytest.raises(Refused, match="not asked about"), desk.transaction() as session:
        staging.answer(session, import_id, {"Camelot": "E07000223", "x" * 1_000_000: "E07000223"}, by=OFFICER)

    with desk.transaction() as session:
        assert imports.get(session, import_id).answers == {}
        for code in ("E07000223", "E06000001"):  # the first may be thought better of
            staging.answer(session, import_id, {"Camelot": code}, by=OFFICER)
        assert imports.get(session, import_id).answers == {"Camelot": "E06000001"}


def test_an_answer_without_columns_is_refused_and_not_kept(desk: Database) -> None:
    import_id = bring_in(desk, "A;B\nCamelot;a@adur.gov.uk\n").import_id

    with pytest.raises(Refused, match="not asked about"), desk.transaction() as session:
        staging.answer(session, import_id, {"Camelot": "E07000223"}, by=OFFICER)


def test_a_sign_that_does_not_print_is_quoted_by_its_name(desk: Database) -> None:
    report = bring_in(desk, HEADER + "A,practitioner,Adur,a\u202e@adur.gov.uk\n")

    assert report.refused == [(2, "“a[U+202E RIGHT-TO-LEFT OVERRIDE]@adur.gov.uk” is not an e-mail address we can write to")]
