"""Coverage is recounted from touches, grade by grade, says its denominator, and never says more than the evidence."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

import audiences
from audiences import coverage, exports, people, progress
from audiences.coverage import View
from campaigns.delivery import removals
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.audiences.posts import CAMPAIGN, NOON, OFFICER

ADUR, CARDIFF, FIFE, SUSSEX = "E07000223", "W06000015", "S12000047", "E10000011"


def touch(database: Database, code: str, role: str, grade: str, evidence: str, *, campaign: UUID = CAMPAIGN) -> None:
    """One piece of evidence."""
    with database.transaction() as session:
        at = NOON + timedelta(minutes=len(evidence))
        channel = "briefing" if grade == "briefed" else "letter"
        touches.put(session, [Fact(campaign, code, role, grade, evidence, at, "Post", channel=channel)])


def test_without_evidence_nobody_was_written_to(peopled: Database) -> None:
    with peopled.reading() as session:
        grid = coverage.grid(session, CAMPAIGN)

    assert grid.totals.sentence() == "written to 0 · confirmed 0 · briefed 0 of 350"
    assert grid.totals.nothing == 350
    assert grid.denominator == "350 authorities that enforce health and safety"


def test_each_grade_is_counted_by_its_own_evidence(peopled: Database) -> None:
    touch(peopled, ADUR, "practitioner", "written", "delivery:1")
    touch(peopled, ADUR, "senior_manager", "written", "delivery:2")
    touch(peopled, ADUR, "practitioner", "confirmed", "confirmation:1")
    touch(peopled, CARDIFF, "elected_member", "briefed", "attendance:1")
    touch(peopled, FIFE, "practitioner", "written", "delivery:3")
    touch(peopled, FIFE, "practitioner", "written", "delivery:4", campaign=UUID(int=8))

    with peopled.reading() as session:
        grid = coverage.grid(session, CAMPAIGN)
    rows = {row.authority.code: row for row in grid.rows}

    assert grid.totals.sentence() == "written to 2 · confirmed 1 · briefed 1 of 350"
    assert rows[ADUR].cells["practitioner"].grade == "confirmed"
    assert rows[ADUR].cells["elected_member"].words == "not yet"
    assert rows[CARDIFF].grade == "briefed" and rows[CARDIFF].grades == {"briefed"}
    assert [row.authority.code for row in grid.written_only] == [FIFE]
    assert grid.totals.nothing == 347
    assert grid.by_role["practitioner"].sentence() == "written to 2 · confirmed 1 · briefed 0 of 350"


def test_an_authority_stands_where_it_does_since_the_first_evidence_of_that_grade(peopled: Database) -> None:
    touch(peopled, ADUR, "practitioner", "written", "d:1")
    touch(peopled, ADUR, "practitioner", "briefed", "attendance:12")
    touch(peopled, ADUR, "senior_manager", "briefed", "attendance:1")
    touch(peopled, CARDIFF, "practitioner", "written", "d:2")
    touch(peopled, CARDIFF, "", "confirmed", "v:1")
    touch(peopled, CARDIFF, "", "briefed", "visit:1")
    touch(peopled, CARDIFF, "practitioner", "briefed", "attendance:2")

    with peopled.reading() as session:
        rows = {row.authority.code: row.since for row in coverage.grid(session, CAMPAIGN).rows}

    assert rows[ADUR] == NOON + timedelta(minutes=len("attendance:1"))
    assert rows[CARDIFF] == NOON + timedelta(minutes=len("visit:1"))
    assert rows[FIFE] is None


def test_a_letter_that_machines_have_told_everything_of_is_still_only_written(peopled: Database) -> None:
    for grade in ("written", "delivered", "unreturned"):
        touch(peopled, ADUR, "practitioner", grade, grade)

    with peopled.reading() as session:
        assert [row.authority.code for row in coverage.grid(session, CAMPAIGN).written_only] == [ADUR]


def test_evidence_heard_twice_counts_once_and_taken_back_not_at_all(peopled: Database) -> None:
    touch(peopled, ADUR, "practitioner", "briefed", "attendance:1")
    touch(peopled, ADUR, "practitioner", "briefed", "attendance:1")
    with peopled.reading() as session:
        assert coverage.grid(session, CAMPAIGN).totals.briefed == 1

    with peopled.transaction() as session:
        touches.take_back(session, ["attendance:1"], at=NOON)
    with peopled.reading() as session:
        assert coverage.grid(session, CAMPAIGN).totals.briefed == 0


def test_what_touched_a_whole_authority_counts_for_it_and_for_no_role(peopled: Database) -> None:
    touch(peopled, ADUR, "", "briefed", "attendance:1")

    with peopled.reading() as session:
        grid = coverage.grid(session, CAMPAIGN)
        one_role = coverage.grid(session, CAMPAIGN, View(role="practitioner"))

    assert grid.totals.briefed == 1
    assert grid.by_role["practitioner"].briefed == one_role.totals.briefed == 0


@pytest.mark.parametrize(
    ("view", "denominator"),
    [
        (View(nation="Wales"), "22 authorities that enforce health and safety (Wales)"),
        (View(region="London"), "33 authorities that enforce health and safety (London)"),
        (View(kind="London borough", region="London"), "32 authorities that enforce health and safety (London borough, London)"),
        (View(opted_in=True), "382 authorities, counties and Northern Ireland too"),
        (View(nation="Northern Ireland"), "0 authorities that enforce health and safety (Northern Ireland)"),
    ],
)
def test_a_view_always_says_of_what_it_counts(desk: Database, view: View, denominator: str) -> None:
    with desk.reading() as session:
        grid = coverage.grid(session, CAMPAIGN, view)

    assert grid.denominator == denominator
    assert grid.totals.denominator == len(grid.rows)


def test_an_authority_that_does_not_enforce_counts_only_when_asked_for(peopled: Database) -> None:
    touch(peopled, SUSSEX, "practitioner", "written", "delivery:1")

    with peopled.reading() as session:
        assert coverage.grid(session, CAMPAIGN).totals.written == 0
        assert coverage.grid(session, CAMPAIGN, View(opted_in=True)).totals.sentence() == "written to 1 · confirmed 0 · briefed 0 of 382"


def test_nobody_to_write_to_is_told_apart_from_not_yet(peopled: Database) -> None:
    with peopled.transaction() as session:
        member = people.at_place(session, ADUR)[1]
        people.leave(session, member.id, by=OFFICER, at=NOON)
    touch(peopled, ADUR, "senior_manager", "written", "delivery:1")

    with peopled.reading() as session:
        whole = coverage.grid(session, CAMPAIGN)
        members = coverage.grid(session, CAMPAIGN, View(role="elected_member"))
    [adur] = [row for row in whole.rows if row.authority.code == ADUR]

    assert (whole.totals.nobody, members.totals.nobody) == (0, 1)
    assert [cell.words for cell in adur.cells.values()] == ["written to", "nobody to write to", "not yet"]


def test_whoever_wants_no_letters_is_nobody_to_write_to_from_that_day_on_and_only_about_that_campaign(peopled: Database) -> None:
    with peopled.transaction() as session:
        manager, member, _ = people.at_place(session, ADUR)
        removals.add(session, manager.address.upper(), reason="asked", by="Reader", at=NOON + timedelta(days=2))
        removals.add(session, member.address, reason="asked", by="Reader", at=NOON + timedelta(days=2), campaign_id=CAMPAIGN)

    assert words_at_adur(peopled, View()) == ["nobody to write to", "nobody to write to", "not yet"]
    assert words_at_adur(peopled, View(), campaign=UUID(int=8)) == ["nobody to write to", "not yet", "not yet"]
    assert words_at_adur(peopled, View(on=(NOON + timedelta(days=1)).date())) == ["not yet", "not yet", "not yet"]
    assert words_at_adur(peopled, View(on=(NOON + timedelta(days=2)).date())) == ["nobody to write to", "nobody to write to", "not yet"]


def words_at_adur(database: Database, view: View, *, campaign: UUID = CAMPAIGN) -> list[str]:
    """What coverage says of Adur, role by role."""
    with database.reading() as session:
        rows = coverage.grid(session, campaign, view).rows
    return [cell.words for row in rows if row.authority.code == ADUR for cell in row.cells.values()]


def test_the_table_as_csv_carries_the_evidence(peopled: Database) -> None:
    touch(peopled, ADUR, "practitioner", "written", "delivery:abc")

    with peopled.reading() as session:
        text = exports.coverage(coverage.grid(session, CAMPAIGN))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert len(rows) == 350
    [adur] = [row for row in rows if row["Code"] == ADUR]
    assert adur["Practitioner"] == "written to"
    assert (
        adur["Practitioner: evidence"]
        == "written to, Tuesday 12 May 2026, 12:12: letter accepted by our relay, or counted as sent by an officer"
    )
    assert adur["Senior manager"] == "not yet"


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@sum", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0"])
def test_no_exported_cell_begins_a_formula(cell: str) -> None:
    text = exports.table(["line", "reason"], [["2", cell]])

    [_, row] = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row[1] == "'" + cell


def test_our_words_never_claim_more_than_there_is_evidence_for() -> None:
    modules = [path.read_text("utf-8") for path in Path(audiences.__path__[0]).glob("*.py")]

    said = [
        word
        for text in modules
        for line in text.splitlines()
        if '"' in line
        for word in line.split()
        if word.strip("\"'.,").lower() == "reached"
    ]
    assert said == ["reached"]  # only the paper's own words, quoted in coverage


def test_briefed_counts_nobody_who_was_not_briefed_face_to_face(peopled: Database) -> None:
    touch(peopled, ADUR, "practitioner", "briefed", "attendance:1")
    touch(peopled, FIFE, "practitioner", "understands", "pulse:1")  # answered the short questions, and was never met

    with peopled.reading() as session:
        totals = coverage.grid(session, CAMPAIGN).totals
        [step] = progress.over_time(session, CAMPAIGN)

    assert totals.at_least() == [("contacted", 2), ("at least confirmed", 2), ("briefed", 1), ("understands", 1)]
    assert step.own["briefed"] == step.least["briefed"] == totals.briefed == 1
