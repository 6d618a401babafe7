"""A newer list of councils is read whatever its columns are called, shown as a difference, and applied whole or not at all."""

from datetime import date

import pytest

from audiences import authorities, founding, names, organisations, people, register_changes, register_differences, register_files
from audiences.authorities import Authority
from audiences.register_differences import Difference
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotYours, Refused, Stale
from tests.audiences.posts import NOON, OBSERVER, OFFICER, real

pytestmark = pytest.mark.long  # `make test` stays within five minutes

DAY = date(2026, 5, 12)
HEADERS = ["LAD25CD,LAD25NM", "GSS code;Local authority", "ons_code\tname", "gss,Council", "UTLA23CD,UTLA23NM", "Area code,Area name"]


def compare(database: Database, text: str) -> Difference:
    with database.reading() as session:
        return register_differences.compare(session, register_files.read(text.encode()), day=DAY)


def apply(database: Database, text: str, **more: object) -> Difference:
    with database.transaction() as session:
        return register_changes.apply(session, register_files.read(text.encode()), day=DAY, by=OFFICER, at=NOON, **more)  # type: ignore[arg-type]


def get(database: Database, code: str) -> Authority:
    with database.reading() as session:
        return authorities.get(session, code)


@pytest.mark.parametrize("header", HEADERS)
def test_a_list_is_read_whatever_its_columns_are_called(desk: Database, header: str) -> None:
    mark = next(mark for mark in "\t;," if mark in header)

    found = compare(desk, f"{header}\nE07000223{mark}Adur District Council\nS12000046{mark}Glasgow City\n")

    assert (found.accepted, found.changes, found.asked, found.refused) == (2, 0, [], [])


def test_every_difference_is_shown_and_then_applied(desk: Database) -> None:
    text = (
        "gss-code,official-name,url,region,end-date,replaced-by\n"
        "E06000067,Northamptonshire Council,https://www.northants.gov.uk/,East Midlands,,\n"
        "E06000061,North Northamptonshire Council,,,2026-03-31,E06000067\n"
        "E07000223,Shoreham Borough Council,,,,\n"
        "E08000099,Barnsley Metropolitan Borough Council,,,,\n"
        "E09000003,London Borough of Barnet,https://new.barnet.gov.uk,,,\n"
    )

    seen = compare(desk, text)
    assert [change.sentence for change in [*seen.new, *seen.ended, *seen.renamed, *seen.recoded, *seen.moved]] == [
        "Northamptonshire Council is new",
        "North Northamptonshire Council came to an end on 2026-03-31",
        "Adur is called Shoreham Borough Council now",
        "Barnsley is known by E08000099 too",
        "Barnet is at new.barnet.gov.uk, not barnet.gov.uk",
    ]
    assert get(desk, "E07000223").name == "Adur" and seen.missing == []

    assert apply(desk, text, seen=seen.seal).saved
    with desk.transaction() as session:
        assert [one.code for one in authorities.successors(session, "E10000021")] == ["E06000067", "E06000062"]
        assert organisations.group_of(session, "E06000067").code == "group-east-midlands"  # type: ignore[union-attr]
        finder = names.of(session)
        assert (finder.match("E08000099").code, finder.match("Shoreham").code) == ("E08000038", "E07000223")
        assert len(authorities.every(session)) == 350
        assert [entry.payload for entry in log.history(session, authorities.REGISTER) if entry.kind == "RegisterAmended"] == [
            {"new": 1, "renamed": 1, "ended": 1, "recoded": 1}
        ]
        founding.found(session, by=OFFICER, at=NOON)  # an upgrade does not undo what an officer said
        assert authorities.get(session, "E07000223").official_name == "Shoreham Borough Council"
    again = compare(desk, text)
    assert (again.changes, again.accepted, again.asked) == (0, 5, [])


def test_who_held_a_post_at_a_council_that_ended_gets_no_letters(desk: Database) -> None:
    with desk.transaction() as session:
        person = people.add(session, name="Head", role="senior_manager", place="E06000061", address="a@n.gov.uk", by=OFFICER, at=NOON)

    apply(desk, "gss,name,end date,successor\nE06000061,North Northamptonshire,31/03/2026,E06000062\n")

    with desk.transaction() as session:
        assert people.get(session, person).until == NOON
        with pytest.raises(Refused, match="came to an end on 31 March 2026; after it came West Northamptonshire"):
            people.add(session, name="Head", role="senior_manager", place="E06000061", address="b@n.gov.uk", by=OFFICER, at=NOON)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2023-04-01,Adur", "is a date"),
        ("1/4/23,Adur", "is a date"),
        ("45017,Adur", "is a number"),
        ("1.2E+08,Adur", "is a number"),
        ("Adur County,E07000223", "is no code of a council"),
        (",Adur", "no code on this line"),
        ("E07000223,", "no name on this line"),
        ("E07000223,12", "is no council's name"),
        ("ZZZ,Adur", "not in the register"),
        ("E07000224,Arun\nE07000224,Another", "Line 2 says something else of E07000224"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_and_nothing_is_applied(desk: Database, line: str, reason: str) -> None:
    text = f"code,name\n{line}\nE07000223,Shoreham\n"

    refused = apply(desk, text)

    assert not refused.saved and len(refused.refused) == 1 and reason in refused.refused[0].reason
    assert get(desk, "E07000223").name == "Adur"


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("E07000223,Adurr", "may be a misspelling of Adur"),
        ("E07000223,Barnet", "The code is Adur’s and the name Barnet’s"),
        ("E10000021,Northamptonshire", "after it: North Northamptonshire and West Northamptonshire"),
        ("E07000190,Taunton Deane", "after it: Somerset"),
        ("E07999999,Barnett", "E07999999 is not in the register; Barnet"),
    ],
)
def test_what_is_not_certain_is_asked_and_left_as_it_is(desk: Database, line: str, question: str) -> None:
    found = apply(desk, f"code,name\n{line}\n")

    assert found.saved and found.changes == 0 and found.accepted == 0
    assert question in found.asked[0].sentence


def test_a_council_the_list_leaves_out_ends_only_when_an_officer_says_so(desk: Database) -> None:
    with desk.reading() as session:
        welsh = [one for one in authorities.every(session) if one.nation == "Wales" and one.name != "Cardiff"]
    text = "code,name\n" + "".join(f"{one.code},{one.name}\n" for one in welsh)

    assert [change.code for change in apply(desk, text).missing] == ["W06000015"]
    assert get(desk, "W06000015").end_date is None

    for mistyped in ("W06000051", ""):
        with pytest.raises(Invalid, match=f"“{mistyped}” is no code of a council that the list leaves out"):
            apply(desk, text, ending=["W06000015", mistyped])
    apply(desk, text, ending=["W06000015"])
    assert get(desk, "W06000015").end_date == date(2026, 5, 11)


def test_what_changed_since_it_was_seen_is_not_applied(desk: Database) -> None:
    text = "code,name\nE07000223,Shoreham\n"
    seen = compare(desk, text).seal
    apply(desk, text)

    with pytest.raises(Stale):
        apply(desk, text, seen=seen)
    with desk.transaction() as session, pytest.raises(NotYours):
        register_changes.apply(session, register_files.read(text.encode()), day=DAY, by=OBSERVER, at=NOON)


def test_what_a_page_carries_is_the_same_list(desk: Database) -> None:
    text = "gss,code,name,url,end date,replaced by\nE06000061,NNT,North Northamptonshire,http://n.gov.uk,1 April 2025,WNT\nE06000062,WNT,West Northamptonshire,,,\n"
    listing = register_files.read(text.encode())

    assert register_files.read(register_files.write(listing)).rows == listing.rows
    assert compare(desk, text).ended[0].values["successors"] == ("E06000062",)


@pytest.mark.parametrize("text", ["", "name,url\nAdur,x", "code,url\nE07000223,x"])
def test_a_list_without_codes_and_names_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        register_files.read(text.encode())


def test_the_lists_of_today_show_no_difference(desk: Database) -> None:
    for name, beside in (("govuk_local_authorities", 0), ("mysociety_uk_local_authorities", 15)):
        raw = real(f"authorities/{name}.csv").read_bytes()
        with desk.reading() as session:
            found = register_differences.compare(session, register_files.read(raw), day=DAY)
        assert (found.changes, found.missing, found.asked, found.refused, len(found.passed_over)) == (0, [], [], [], beside)
