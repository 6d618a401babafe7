"""A person holds a role at a place; what a mail header or a relay would not take is refused, each field by name."""

import json

import pytest

from audiences import contacts, people
from audiences.roles import Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotYours, Refused
from tests.audiences.posts import NOON, OBSERVER, OFFICER, real

ADUR = Place("E07000223", "Adur", None)
TESCO = Place("tesco", "Tesco", "pilot organisation")


def fields(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    """Which fields a refusal names."""
    return [problem.field for problem in refusal.value.problems]


def test_a_person_added_by_hand_holds_a_role_at_an_authority(founded: Database) -> None:
    with founded.transaction() as session:
        who = people.add(
            session, name=" Head of  EH ", role="Senior managers", place="E07000223", address="Head@Adur.gov.uk", by=OFFICER, at=NOON
        )

    with founded.reading() as session:
        person = people.get(session, who)
        assert (person.role, person.authority_code, person.body_code, person.address) == (
            "senior_manager",
            "E07000223",
            None,
            "head@adur.gov.uk",
        )
        assert [entry.kind for entry in log.history(session, who)] == ["PersonAdded"]
        assert [found.id for found in people.at_place(session, "E07000223")] == [who]


def test_the_same_person_is_not_added_twice(desk: Database) -> None:
    with desk.transaction() as session:
        people.add(session, name="Rep", role="union_contact", place="gmb", address="rep@gmb.org.uk", by=OFFICER, at=NOON)
        with pytest.raises(Refused, match="already a union contact at GMB"):
            people.add(session, name="Rep", role="union_contact", place="gmb", address="REP@gmb.org.uk", by=OFFICER, at=NOON)


def test_an_observer_adds_nobody(desk: Database) -> None:
    with desk.transaction() as session, pytest.raises(NotYours):
        people.add(session, name="Rep", role="union_contact", place="gmb", address="rep@gmb.org.uk", by=OBSERVER, at=NOON)


def test_somebody_who_left_is_kept_and_cannot_leave_again(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        people.leave(session, person.id, by=OFFICER, at=NOON)
        with pytest.raises(NotAllowedNow):
            people.leave(session, person.id, by=OFFICER, at=NOON)

    with peopled.reading() as session:
        assert not people.get(session, person.id).active
        assert len(people.at_place(session, "E07000223")) == 2


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        contacts.check("", "king", None, "nowhere", test_domains_allowed=True)

    assert fields(refusal) == ["name", "role", "place", "address"]


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: x@y.test", "a\nb", "a\x00b", "a\u202eb", "a\u200bb", "=?utf-8?q?a=0d=0aBcc?=", "x" * 121, "   "]
)
def test_a_name_that_could_bend_a_header_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        contacts.check(name, "practitioner", ADUR, "a@adur.gov.uk", test_domains_allowed=False)

    assert fields(refusal) == ["name"]


@pytest.mark.parametrize("name", ["Zoë Ó Briain's post", "O’Neill & Sons <team>", "=1+1", "((name))", "{{ 7*7 }}"])
def test_a_name_that_only_looks_odd_is_kept_as_it_is(name: str) -> None:
    assert contacts.check(name, "practitioner", ADUR, "a@adur.gov.uk", test_domains_allowed=False).name == name


@pytest.mark.parametrize(("role", "place"), [("union_contact", ADUR), ("practitioner", TESCO), ("group_secretary", TESCO)])
def test_a_role_is_held_only_where_there_is_such_a_role(role: str, place: Place) -> None:
    with pytest.raises(Invalid, match="There is no"):
        contacts.check("Post", role, place, "a@adur.gov.uk", test_domains_allowed=False)


def test_test_domains_are_refused_where_real_letters_go() -> None:
    assert contacts.usable_address("a@adur.gov.uk.e07000223.test", test_domains_allowed=True) == "a@adur.gov.uk.e07000223.test"
    with pytest.raises(Refused):
        contacts.usable_address("a@adur.gov.uk.e07000223.test", test_domains_allowed=False)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.gov.uk\r\nRCPT TO:<x@y.test>",
        "a b@c.gov.uk",
        "é@b.gov.uk",
        "a@b",
        "a@[127.0.0.1]",
        "<a@b.gov.uk>",
        "=?q?a?=@",
        "a=?x@b.gov.uk",
    ],
)
def test_an_address_no_relay_should_see_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        contacts.usable_address(address, test_domains_allowed=True)


def test_addresses_a_public_body_must_take_are_taken_and_others_refused() -> None:
    cases = json.loads(real("email_addresses/notify.json").read_text())

    taken = [address for address in cases["valid"] if _usable(address)]
    wrongly = [address for address in cases["invalid"] if _usable(address)]

    print(
        f"taken {len(taken)} of {len(cases['valid'])}; refused {len(cases['invalid']) - len(wrongly)} of {len(cases['invalid'])}: {wrongly}"
    )
    assert not set(cases["valid"]) - set(taken)
    assert not wrongly


def _usable(address: str) -> bool:
    try:
        contacts.usable_address(address, test_domains_allowed=False)
    except Refused:
        return False
    return True
