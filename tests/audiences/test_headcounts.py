"""The people of an audience, a page at a time, and those of it who would get no letter."""

import pytest

from audiences import definitions, headcounts, people, preferences, rules, selections
from audiences.rules import Condition
from campaigns.foundation.database import Database
from tests.audiences.posts import NOON, OFFICER

ADUR, BARNET, ARUN = "E07000223", "E09000003", "E07000224"
ROLES = "senior_manager", "practitioner"  # not in the order of lists


def hold(database: Database, *posts: tuple[str, str, str]) -> None:
    """People by role, place and the beginning of their address."""
    with database.transaction() as session:
        for role, place, who in posts:
            people.add(session, name="Post", role=role, place=place, address=f"{who}@example.org.uk", by=OFFICER, at=NOON)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pages_show_the_whole_in_its_order_however_many_hold_one_post(founded: Database, size: int) -> None:
    rule = rules.all_of(Condition(asks="authority", of=(BARNET, ARUN, ADUR)))
    held = [(role, place, f"{who}-{role}-{place}") for who in "zab" for place in (ARUN, BARNET, ADUR) for role in ROLES]
    hold(founded, *held)

    with founded.reading() as session:
        whole = selections.find(session, rule, variant="v")
        pages = [headcounts.members_of(session, rule, number, size=size, variant="v") for number in range(1, -(-len(held) // size) + 1)]

    assert len(whole) == len(held) and {page.total for page in pages} == {len(held)}
    assert [reader for page in pages for reader in page.people] == whole
    assert all(len(page.people) == size for page in pages[:-1])


def test_whoever_belongs_to_no_nation_is_counted_under_none(desk: Database) -> None:
    hold(desk, ("union_contact", "gmb", "gmb"), ("union_contact", "wales-tuc", "wales"))

    with desk.reading() as session:
        unions = headcounts.count(session, "unions")

    assert unions.nations == {"no one nation": 1, "Wales": 1}
    assert unions.regions == {("", "no one nation"): 1, ("Wales", "Wales"): 1}


def test_of_those_who_asked_us_to_stop_only_an_audience_s_own_are_said_to_be_left_out_of_it(desk: Database) -> None:
    hold(desk, ("practitioner", ADUR, "mine"), ("practitioner", BARNET, "writes"), ("senior_manager", ADUR, "theirs"))
    with desk.transaction() as session:
        for one in people.at_place(session, ADUR):
            preferences.stop(session, one.id, by="the reader", at=NOON)

    with desk.reading() as session:
        found = headcounts.left_out(session, "practitioners")
        assert len(definitions.resolve(session, ["practitioners"])) == 1

    assert [out.addressee.address for out in found.left_out] == ["mine@example.org.uk"]
    assert found.addressees == [], "whoever gets a letter is not looked at"
