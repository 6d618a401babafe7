"""A guessed address gets no letter and counts as nobody until an officer confirms it."""

from typing import Any

import pytest
from sqlmodel import col, func, select

from audiences import contacts, definitions, guesses, headcounts, importing, people, rules, selections
from audiences.authorities import Authority
from audiences.people import REACHABLE, Person
from campaigns.agreement.addressees import Addressee
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from tests.audiences.bringing import HEADER, bring_in
from tests.audiences.posts import NOON, OBSERVER, OFFICER
from tests.campaigns.stories import DAY
from tests.workers.facts import facts

ADUR = "E07000223"


def make(database: Database) -> list[Person]:
    """Guess, as an officer does; gives what waits."""
    with database.transaction() as session:
        guesses.make(session, by=OFFICER, at=NOON)
        return guesses.waiting(session)


def test_a_guess_is_made_where_nobody_is_known_and_counts_as_nobody(desk: Database) -> None:
    bring_in(desk, HEADER + "Head,practitioner,Adur,head@adur.gov.uk\nHead,senior_manager,Arun,head@arun.gov.uk\n")
    made = make(desk)

    assert len(made) == 349  # of 350 that enforce
    assert ADUR not in {one.place for one in made}
    with desk.reading() as session:
        assert session.exec(select(func.count()).select_from(Person).where(REACHABLE)).one() == 2
        assert headcounts.count(session, "practitioners").people == 1
    assert len(make(desk)) == 349 and len(facts(desk, guesses.AddressesGuessed)) == 1


def test_a_guess_is_of_the_domain_letters_go_to_and_none_is_made_where_there_is_none_or_the_council_ended(desk: Database) -> None:
    changed: dict[str, dict[str, Any]] = {
        "Adur": {"domain": "www.adur.gov.uk", "name": "Adur, " + "by the sea " * 8},
        "Arun": {"domain": ""},
        "Ashfield": {"end_date": NOON.date()},
    }
    with desk.transaction() as session:
        codes = {one.name: one.code for one in session.exec(select(Authority).where(col(Authority.name).in_(changed)))}
        for name, code in codes.items():
            session.get_one(Authority, code).sqlmodel_update(changed[name])

    made = {one.place: one for one in make(desk)}

    assert [name for name, code in codes.items() if code in made] == ["Adur"]
    assert made[ADUR].address == "environmental.health@adur.gov.uk" and len(made[ADUR].name) == contacts.LONGEST_NAME


def test_a_guess_gets_no_letter_whoever_names_it_until_it_is_confirmed(desk: Database) -> None:
    one, *_ = make(desk)
    reader = Addressee(one.id, one.address, "practitioners", one.name, one.role, "Somewhere", "England", "South East", one.place)
    with desk.transaction() as session:
        [left_out] = definitions.sifted(session, [reader]).left_out
        assert left_out.reason == "the address is guessed, and nobody has confirmed it"

        guesses.confirm(session, one.id, by=OFFICER, at=NOON)

        assert definitions.sifted(session, [reader]).addressees == [reader]
        with pytest.raises(NotAllowedNow):
            guesses.confirm(session, one.id, by=OFFICER, at=NOON)
        with pytest.raises(NotAllowedNow):
            guesses.drop(session, one.id, by=OFFICER, at=NOON)


def test_a_guess_that_was_dropped_is_not_made_again(desk: Database) -> None:
    one, *_ = make(desk)
    with desk.transaction() as session:
        guesses.drop(session, one.id, by=OFFICER, at=NOON)
        with pytest.raises(NotAllowedNow):
            guesses.confirm(session, one.id, by=OFFICER, at=NOON)

    assert one.place not in {other.place for other in make(desk)}


def test_a_file_that_names_a_guessed_address_confirms_it(desk: Database) -> None:
    one, *_ = make(desk)
    report = bring_in(desk, HEADER + f'"{one.name}",practitioner,{one.place},{one.address}\n')

    assert report.saved
    with desk.reading() as session:
        assert people.get(session, one.id).confirmed


def test_a_file_taken_back_leaves_a_guess_what_it_was_unless_an_officer_or_another_file_says_it_is_right(desk: Database) -> None:
    alone, twice, by_hand, *_ = make(desk)
    rows = {one.id: f'"{one.name}",{one.role},{one.place},{one.address}\n' for one in (alone, twice, by_hand)}
    with desk.transaction() as session:
        guesses.confirm(session, by_hand.id, by=OFFICER, at=NOON - DAY)
    first = bring_in(desk, HEADER + "".join(rows.values()))
    second = bring_in(desk, HEADER + rows[twice.id])

    with desk.transaction() as session:
        told = [len(log.of_kinds(session, one, guesses.GuessConfirmed.__name__)) for one in rows]
        importing.undo(session, first.import_id, by=OFFICER, at=NOON)
        confirmed = [people.get(session, one, lock=True).confirmed for one in rows]

        importing.undo(session, second.import_id, by=OFFICER, at=NOON)
        in_the_end = [people.get(session, one, lock=True).confirmed for one in rows]

    assert (told, confirmed, in_the_end) == ([1, 1, 1], [False, True, True], [False, False, True])


def test_an_observer_guesses_and_confirms_nothing(desk: Database) -> None:
    one, *_ = make(desk)
    with desk.transaction() as session:
        for step in (guesses.confirm, guesses.drop):
            with pytest.raises(NotYours):
                step(session, one.id, by=OBSERVER, at=NOON)
        with pytest.raises(NotYours):
            guesses.make(session, by=OBSERVER, at=NOON)


def test_no_rule_finds_a_guess(desk: Database) -> None:
    make(desk)
    with desk.reading() as session:
        assert selections.find(session, rules.ticked(roles=["practitioner"]), variant="x") == []
