"""Audiences are rules; resolved, everybody gets one letter, always in the same order, and who is left out is told with the reason."""

import pytest
from pydantic import ValidationError

from audiences import authorities, definitions, founding, headcounts, people, preferences, rules, selections
from audiences.pilot import demo
from audiences.rules import Rule
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotFound, NotYours, Refused
from tests.audiences.posts import NOON, OBSERVER, OFFICER

FIVE = ["senior-managers", "elected-members", "practitioners", "unions", "regional-groups"]
ALL = [*FIVE, "professional-bodies", "account-managers"]


def add(database: Database, role: str, place: str, address: str, name: str = "Post") -> None:
    """One more person."""
    with database.transaction() as session:
        people.add(session, name=name, role=role, place=place, address=address, by=OFFICER, at=NOON)


def test_a_fresh_installation_has_the_five_audiences_first(founded: Database) -> None:
    with founded.reading() as session:
        assert [audience.key for audience in definitions.every(session)] == ALL
        assert [count.people for count in headcounts.counts(session)] == [0] * 7
        assert definitions.resolve(session, ALL) == []


def test_founding_again_changes_nothing(founded: Database) -> None:
    with founded.transaction() as session:
        before = len(log.latest(session, 1000))
        founding.found(session, by=OFFICER, at=NOON)
        assert len(log.latest(session, 1000)) == before


def test_the_demo_s_people_fill_every_audience(peopled: Database) -> None:
    with peopled.reading() as session:
        counts = {count.key: count for count in headcounts.counts(session)}
        readers = definitions.resolve(session, ALL)

    assert [counts[key].people for key in ALL] == [350, 350, 350, 10, 11, 5, 15]
    assert len(readers) == sum(count.people for count in counts.values())
    assert counts["practitioners"].nations == {"England": 296, "Scotland": 32, "Wales": 22}
    assert (counts["practitioners"].authorities, counts["practitioners"].denominator) == (350, 350)
    assert (counts["unions"].authorities, counts["unions"].denominator) == (0, 0)


def test_an_addressee_carries_what_stands_in_the_letter(peopled: Database) -> None:
    with peopled.reading() as session:
        by_address = {reader.address: reader for reader in definitions.resolve(session, ALL)}

    adur = by_address["practitioner@adur-worthing.gov.uk.e07000223.test"]
    assert (adur.organisation, adur.nation, adur.region, adur.authority_code) == (
        "Adur District Council",
        "England",
        "South East",
        "E07000223",
    )
    tesco = by_address["account-manager@tesco.test"]
    assert (tesco.organisation, tesco.nation, tesco.authority_code, tesco.variant) == ("Tesco", "Scotland", None, "account-managers")
    assert by_address["union-contact@gmb.test"].nation == ""


def test_the_same_question_has_the_same_answer_in_the_same_order(peopled: Database) -> None:
    with peopled.reading() as session:
        assert definitions.resolve(session, FIVE) == definitions.resolve(session, FIVE)


def test_one_letter_per_person_and_the_first_audience_named_wins(peopled: Database) -> None:
    with peopled.transaction() as session:
        key = definitions.define(session, name="Everybody in Wales", rule=rules.ticked(nations=("Wales",)), by=OFFICER, at=NOON)

    with peopled.reading() as session:
        wales_first = definitions.sift(session, [key, "practitioners"])
        wales_last = definitions.sift(session, ["practitioners", key, key])

    assert len(wales_first.addressees) == len(wales_last.addressees) == 350 + 22 * 2 + 2
    assert {left.reason for left in wales_first.left_out} == {"the reader already gets the letter to everybody in wales"}
    assert {left.reason for left in wales_last.left_out} == {"the reader already gets the letter to practitioners"}
    assert len(wales_first.left_out) == 22


def test_one_letter_per_address_whoever_holds_it(founded: Database) -> None:
    add(founded, "senior_manager", "E07000223", "shared@adur.gov.uk", "Head")
    add(founded, "practitioner", "E07000223", "shared@adur.gov.uk", "Inspector")
    add(founded, "practitioner", "E07000229", "shared@adur.gov.uk", "Inspector for two councils")

    with founded.reading() as session:
        sifted = definitions.sift(session, ["practitioners", "senior-managers"])

    assert [reader.name for reader in sifted.addressees] == ["Inspector"]
    assert [left.reason for left in sifted.left_out] == ["another reader with this address gets the letter to practitioners"] * 2


def test_whoever_asked_us_to_stop_or_left_gets_nothing(peopled: Database) -> None:
    with peopled.transaction() as session:
        manager, member, practitioner = people.at_place(session, "E07000223")
        preferences.stop(session, manager.id, by="the reader", at=NOON)
        people.leave(session, member.id, by=OFFICER, at=NOON)

    with peopled.reading() as session:
        sifted = definitions.sift(session, FIVE)

    assert [(left.addressee.person_id, left.reason) for left in sifted.left_out] == [(manager.id, "the reader asked us to stop")]
    adur = [reader.person_id for reader in sifted.addressees if reader.authority_code == "E07000223"]
    assert adur == [practitioner.id]


def test_counties_and_northern_ireland_are_written_to_only_when_asked_for(founded: Database) -> None:
    add(founded, "practitioner", "E10000011", "post@eastsussex.gov.uk")
    add(founded, "practitioner", "N09000003", "post@belfastcity.gov.uk")
    add(founded, "group_secretary", "group-northern-ireland", "secretary@nigroup.org.uk")
    with founded.transaction() as session:
        key = definitions.define(session, name="All", rule=rules.ticked(enforcing_only=False), by=OFFICER, at=NOON)

    with founded.reading() as session:
        assert definitions.resolve(session, ALL) == []
        assert len(definitions.resolve(session, [key])) == 3


@pytest.mark.parametrize(
    ("rule", "people_found"),
    [
        (rules.ticked(roles=("practitioner",), nations=("Scotland", "Wales")), 54),
        (rules.ticked(regions=("London",)), 33 * 3 + 1),
        (rules.ticked(kinds=("London borough",), roles=("practitioner",)), 32),
        (rules.ticked(kinds=("union",)), 10),
        (rules.ticked(roles=("elected_member",), regions=("London",), nations=("Wales",)), 0),
    ],
)
def test_a_rule_finds_by_role_nation_region_and_kind(peopled: Database, rule: Rule, people_found: int) -> None:
    with peopled.reading() as session:
        assert len(selections.find(session, rule, variant="v")) == people_found
        assert headcounts.of_rule(session, rule).people == people_found


def test_pages_of_an_audience_add_up_to_the_whole(peopled: Database) -> None:
    with peopled.reading() as session:
        pages = [headcounts.members(session, "practitioners", number) for number in range(1, 8)]
        beyond = headcounts.members(session, "practitioners", 99)
        whole = definitions.resolve(session, ["practitioners"])

    assert [reader for page in pages for reader in page.people] == whole
    assert (beyond.number, beyond.total) == (7, 350)


def test_a_rule_with_an_unknown_role_or_word_is_refused() -> None:
    with pytest.raises(ValidationError):
        rules.ticked(roles=("king",))
    with pytest.raises(ValidationError):
        Rule.model_validate({"role": "practitioner"})


def test_defining_is_for_writers_under_a_name_of_its_own(founded: Database) -> None:
    with founded.transaction() as session:
        with pytest.raises(Refused, match=r"already an audience called Unions\."):
            definitions.define(session, name="UNIONS!", rule=Rule(), by=OFFICER, at=NOON)
        for name in ("—", "", "n" * 61, "Two\nlines"):
            with pytest.raises(Invalid):
                definitions.define(session, name=name, rule=Rule(), by=OFFICER, at=NOON)
        longest = definitions.define(session, name=f" {'n' * 60} ", rule=Rule(), by=OFFICER, at=NOON)
        assert definitions.get(session, longest).name == "n" * 60
        with pytest.raises(NotYours):
            definitions.define(session, name="Mine", rule=Rule(), by=OBSERVER, at=NOON)
        with pytest.raises(NotFound):
            definitions.resolve(session, ["nobody"])
        with pytest.raises(NotFound):
            definitions.redefine(session, "nobody", rule=Rule(), by=OFFICER, at=NOON)
        with pytest.raises(NotFound):
            definitions.get(session, "unions\x00")


def test_redefining_is_recorded_only_when_the_rule_differs(founded: Database) -> None:
    rule = rules.ticked(roles=("practitioner",), nations=("Wales",))
    with founded.transaction() as session:
        assert definitions.redefine(session, "practitioners", rule=rule, by=OFFICER, at=NOON)
        assert not definitions.redefine(session, "practitioners", rule=rule, by=OFFICER, at=NOON)
        audience = definitions.get(session, "practitioners")
        assert [entry.kind for entry in log.history(session, audience.id)] == ["AudienceDefined"] * 2

    with founded.reading() as session:
        assert headcounts.count(session, "practitioners").denominator == 22


def test_five_thousand_people_are_resolved_each_once(founded: Database) -> None:
    with founded.transaction() as session:
        assert demo.crowd(session, 5000, by=OFFICER, at=NOON) == 5000
        assert demo.crowd(session, 5000, by=OFFICER, at=NOON) == 0

    with founded.reading() as session:
        readers = definitions.resolve(session, ALL)

    assert len({reader.address for reader in readers}) == 5000
    assert {reader.authority_code for reader in readers} == {authority.code for authority in authorities.read() if authority.enforces}
