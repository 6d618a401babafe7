"""What pages offer is what the steps allow: who may let a release go, stop it, and let it go on."""

from dataclasses import replace

import pytest

from campaigns.agreement import permits, releases, schedules
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two signatories a party."""
    return stories.house(sqlite)


def test_an_officer_of_a_party_that_was_named_lets_it_go_and_nobody_who_only_looks(house: House) -> None:
    story = stories.agreed_release(house, stories.words(let_go_by=["hse"]))
    looks = replace(house.drafter, duty="observer")

    with house.database.reading() as session:
        release = releases.get(session, story.release)
        assert [permits.may_let_go(session, release, by) for by in (house.drafter, house.lacors, looks)] == [True, False, False]


def test_what_is_going_is_stopped_by_either_party_once_and_what_has_ended_by_none(house: House) -> None:
    story = stories.sending_release(house)
    looks = replace(house.drafter, duty="observer")

    def may(by: Officer) -> tuple[bool, bool]:
        with house.database.reading() as session:
            release = releases.get(session, story.release)
            return permits.may_stop(release, by), permits.may_resume(session, release, by)

    assert [may(by) for by in (house.hse, house.lacors, looks)] == [(True, False), (True, False), (False, False)]
    with house.database.transaction() as session:
        schedules.stop(session, story.release, by=house.hse, at=NOON)
    assert [may(by) for by in (house.hse, house.lacors, looks)] == [(False, True), (True, False), (False, False)]
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=house.lacors, at=NOON)
    assert {may(by) for by in (house.hse, house.lacors, looks)} == {(False, False)}
