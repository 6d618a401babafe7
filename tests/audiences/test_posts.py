"""Posts pass from one to another and are kept; councils end; bodies and groups are as officers say."""

from datetime import date, timedelta

import pytest

from audiences import (
    authorities,
    footprint_files,
    footprints,
    founding,
    headcounts,
    organisation_changes,
    organisations,
    people,
    reorganisations,
    roles,
    rules,
    selections,
)
from audiences.organisation_changes import Facts
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours, Refused
from tests.audiences.posts import NOON, OBSERVER, OFFICER

LATER = NOON + timedelta(days=30)
DUNDEE = "S12000042"
SIGNED = Facts(status="signed", sector="retail", lead="lacors", enforcing_authority="both", home_authority="E07000086")


def add(database: Database, role: str, place: str) -> object:
    with database.transaction() as session:
        return people.add(session, name="First holder", role=role, place=place, address="one@post.gov.uk", by=OFFICER, at=NOON)


def test_a_post_that_passes_keeps_who_held_it_and_is_told_of_once(founded: Database) -> None:
    first = add(founded, "account_manager", "tesco")

    with founded.transaction() as session:
        second = people.succeed(session, first, name="Second holder", address="two@post.gov.uk", by=OFFICER, at=LATER)  # type: ignore[arg-type]

    with founded.reading() as session:
        held = [(one.name, one.since, one.until) for one in people.holders(session, "account_manager", "tesco")]
        assert held == [("Second holder", LATER, None), ("First holder", NOON, LATER)]
        assert [one.address for one in selections.find(session, rules.ticked(roles=["account_manager"]), variant="x")] == [
            "two@post.gov.uk"
        ]
        assert [(entry.kind, entry.payload) for entry in log.history(session, second)] == [
            ("PostPassed", {"role": "account_manager", "place": "tesco"})
        ]


def test_a_post_passes_to_somebody_else_at_its_own_mailbox_and_not_to_who_holds_it(founded: Database) -> None:
    first, passing = add(founded, "practitioner", "E07000223"), {"address": "One@post.gov.uk", "by": OFFICER, "at": LATER}
    with founded.transaction() as session, pytest.raises(Refused, match="First holder holds this post already"):
        people.succeed(session, first, name=" First holder", **passing)  # type: ignore[arg-type]

    with founded.transaction() as session:
        second = people.succeed(session, first, name="Second holder", **passing)  # type: ignore[arg-type]

    with founded.reading() as session:
        assert [(one.id, one.name, one.until) for one in people.holders(session, "practitioner", "E07000223")] == [
            (second, "Second holder", None),
            (first, "First holder", LATER),
        ]
        assert [one.name for one in selections.find(session, rules.ticked(roles=["practitioner"]), variant="x")] == ["Second holder"]


def test_a_post_cannot_pass_twice_nor_to_nobody_nor_by_an_observer(desk: Database) -> None:
    first = add(desk, "shadow_account_manager", "asda")
    passing = {"name": "Second holder", "address": "two@post.gov.uk", "at": LATER}

    for by, more, refusal in ((OBSERVER, {}, NotYours), (OFFICER, {"address": "nobody"}, Invalid), (OFFICER, {"name": ""}, Invalid)):
        with desk.transaction() as session, pytest.raises(refusal):
            people.succeed(session, first, **{**passing, **more}, by=by)  # type: ignore[arg-type]
    with desk.transaction() as session:
        people.succeed(session, first, **passing, by=OFFICER)  # type: ignore[arg-type]
    with desk.transaction() as session, pytest.raises(NotAllowedNow):
        people.succeed(session, first, **passing, by=OFFICER)  # type: ignore[arg-type]


def test_a_laps_lead_who_became_account_manager_is_seen_by_their_posts(desk: Database) -> None:
    lead = add(desk, "laps_lead", DUNDEE)
    add(desk, "account_manager", "tesco")
    with desk.transaction() as session:
        people.leave(session, lead, by=OFFICER, at=LATER)  # type: ignore[arg-type]

    with desk.reading() as session:
        posts = [(one.role, one.place, one.active) for one in people.at_address(session, "one@post.gov.uk")]
    assert sorted(posts) == [("account_manager", "tesco", True), ("laps_lead", DUNDEE, False)]
    assert roles.words("laps_lead") == roles.title("laps_lead") == "LAPS lead"
    assert len(roles.AUTHORITY_ROLES) == 3 and "laps_lead" in roles.held_at(None)
    assert roles.held_at(organisations.PILOT) == ["account_manager", "shadow_account_manager", "organisation_contact"]
    assert roles.held_at(organisations.GROUP) == ["group_secretary", "liaison_officer"]


def test_an_organisation_has_a_contact_of_its_own_who_can_be_written_to(founded: Database) -> None:
    """HELA paper, para 10: the agendas of both the regulator and the organisation."""
    add(founded, "organisation_contact", "tesco")
    with founded.transaction() as session, pytest.raises(Refused):
        people.add(session, name="N", role="organisation_contact", place="tuc", address="n@post.gov.uk", by=OFFICER, at=NOON)

    with founded.reading() as session:
        found = selections.find(session, rules.ticked(roles=["organisation_contact"]), variant="x")
    assert [(one.address, one.organisation) for one in found] == [("one@post.gov.uk", "Tesco")]


def test_a_council_ends_and_its_successor_gets_its_sites_and_nobody_its_posts(founded: Database) -> None:
    person = add(founded, "practitioner", "E07000223")
    with founded.transaction() as session:
        footprints.put(session, "tesco", {"E07000223": 2, "E07000224": 3}, by=OFFICER, at=NOON)
        reorganisations.end(session, "E07000223", on=date(2026, 5, 10), successors=["E07000224"], by=OFFICER, at=NOON)
        founding.found(session, by=OFFICER, at=LATER)

    with founded.reading() as session:
        assert footprints.of(session, "tesco") == {"E07000224": 5}
        assert people.get(session, person).until == NOON  # type: ignore[arg-type]
        assert len(authorities.every(session)) == 349 and authorities.get(session, "E07000223").end_date == date(2026, 5, 10)
        assert "E07000223" not in {one.code for one in organisations.members(session, "group-south-east")}
        counted = headcounts.of_rule(session, rules.ticked(roles=["practitioner"]))
        assert (counted.authorities, counted.denominator) == (0, 349)
        assert [place.code for place in people.places(session) if place.code == "E07000223"] == []


def test_a_council_that_ended_by_a_newer_table_of_ours_hands_on_its_sites_too(founded: Database) -> None:
    person = add(founded, "practitioner", "E07000223")
    with founded.transaction() as session:
        footprints.put(session, "tesco", {"E07000223": 2, "E07000225": 1}, by=OFFICER, at=NOON)
        for code, day, later in (("E07000224", 11, "E07000225"), ("E07000223", 10, "E07000224")):
            ended = {"end_date": date(2026, 5, day), "successors": later, "amended": True}
            session.add(authorities.get(session, code).sqlmodel_update(ended))
        founding.found(session, by=OFFICER, at=LATER)

    with founded.reading() as session:
        assert footprints.of(session, "tesco") == {"E07000225": 3}
        assert people.get(session, person).until == LATER  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "on", "successors"),
    [
        ("E07000223", date(2026, 5, 12), []),
        ("E07000223", date(2030, 1, 1), []),
        ("E06000067", date(2026, 1, 1), []),
        ("E06000065", date(2020, 1, 1), []),
        ("E07000223", date(2026, 1, 1), ["E07000223"]),
        ("E07000223", date(2026, 1, 1), ["E07000190"]),
        ("E07000190", date(2026, 1, 1), []),
    ],
)
def test_a_council_does_not_end_in_a_way_that_cannot_be(desk: Database, code: str, on: date, successors: list[str]) -> None:
    with desk.transaction() as session, pytest.raises((Invalid, NotAllowedNow, NotFound)):
        reorganisations.end(session, code, on=on, successors=successors, by=OFFICER, at=NOON)


def test_officers_say_where_a_partnership_stands_and_an_upgrade_leaves_it(founded: Database) -> None:
    with founded.transaction() as session:
        assert organisations.get(session, "b-and-q").status == "considering"
        assert organisation_changes.change(session, "b-and-q", SIGNED, by=OFFICER, at=NOON)
        assert not organisation_changes.change(session, "b-and-q", SIGNED, by=OFFICER, at=NOON)
        founding.found(session, by=OFFICER, at=NOON)
        assert organisations.get(session, "b-and-q").enforcing_authority == "both"
        told = [entry.payload for entry in log.history(session, authorities.REGISTER) if entry.kind == "BodyChanged"]
    assert told == [{"body": "b-and-q", "changed": ["status", "enforcing_authority"]}]


def test_a_body_is_added_once_and_an_unfit_one_never(desk: Database) -> None:
    with desk.transaction() as session:
        code = organisation_changes.add(session, name="Union of Wardens", kind=organisations.UNION, by=OFFICER, at=NOON)
        group = organisation_changes.add(session, name="Marches group", kind=organisations.GROUP, nation="Wales", by=OFFICER, at=NOON)
    assert (code, group) == ("union-of-wardens", "marches-group")
    for name, kind in (("Union of Wardens", "union"), ("", "union"), ("x\ny", "union"), ("Club", "club"), ("G", "regional group")):
        with desk.transaction() as session, pytest.raises(Refused):
            organisation_changes.add(session, name=name, kind=kind, by=OFFICER, at=NOON)
    for facts in (Facts(), Facts(status="signed", lead="hse", sector="x" * 101), Facts(status="signed", lead="hse", home_authority="E0")):
        with desk.transaction() as session, pytest.raises(Invalid):
            organisation_changes.change(session, "tesco", facts, by=OFFICER, at=NOON)
    with desk.transaction() as session, pytest.raises(NotAllowedNow):
        organisation_changes.change(session, "tuc", Facts(), by=OFFICER, at=NOON)


def test_an_authority_moves_to_another_group_and_stays_there(desk: Database) -> None:
    with desk.transaction() as session:
        assert organisation_changes.move(session, "E07000223", "group-london", by=OFFICER, at=NOON)
        assert not organisation_changes.move(session, "E07000223", "group-london", by=OFFICER, at=NOON)
        founding.found(session, by=OFFICER, at=NOON)
        assert organisations.group_of(session, "E07000223").code == "group-london"  # type: ignore[union-attr]
        with pytest.raises(Refused):
            organisation_changes.move(session, "E07000223", "tesco", by=OFFICER, at=NOON)
        with pytest.raises(NotAllowedNow):
            organisation_changes.move(session, "E07000190", "group-london", by=OFFICER, at=NOON)


def test_a_footprint_is_read_from_a_file_or_as_typed(desk: Database) -> None:
    with desk.reading() as session:
        numbered = footprint_files.from_file(session, b"Council;Number of sites\nAdur;3\nBournemouth, Christchurch and Poole;1,204\n")
        site_by_site = footprint_files.from_file(session, b"Site,Local authority\nHigh St,Adur\nWest St,Adur DC\n")
        typed = footprint_files.typed(session, "Adur, 3\n\nE06000058\t4\nBournemouth, Christchurch and Poole 2")

    assert (numbered.sites, numbered.refused) == ({"E07000223": 3, "E06000058": 1204}, [])
    assert (site_by_site.sites, site_by_site.refused) == ({"E07000223": 2}, [])
    assert typed.sites == {"E07000223": 3, "E06000058": 4}
    assert [(row.line, row.reason) for row in typed.refused] == [(4, "Bournemouth, Christchurch and Poole stands on line 3 already")]


def test_a_footprint_s_lines_that_cannot_be_used_are_named(desk: Database) -> None:
    with desk.reading() as session:
        reading = footprint_files.typed(session, "Newcastle, 3\nNowhere, 2\nAdur, 0\nAdur\nAdur, 12345678")
        with pytest.raises(Refused, match="must name the columns"):
            footprint_files.from_file(session, b"town,how big\nAdur,3\n")

    assert reading.sites == {}
    assert [row.line for row in reading.refused] == [1, 2, 3, 4, 5]
    assert "may be Newcastle" in reading.refused[0].reason and "is no authority" in reading.refused[1].reason
