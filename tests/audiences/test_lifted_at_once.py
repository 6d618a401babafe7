"""A removal that two lift at the same moment, or that one lifts while the reader asks for no more letters."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from audiences import incoming_post, preferences
from audiences.preferences import Preference
from campaigns.delivery import removals
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import LogEntry
from tests import crossings
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.visitors import NOON

ADDRESS = "someone@adur.test"
READER: dict[str, Any] = {"by": "the reader", "at": NOON}


@pytest.fixture
def ground(on_postgres: Database) -> Ground:
    """A founded installation."""
    return grounds.found(on_postgres)


def start(ground: Ground, person: UUID) -> bool:
    with ground.database.transaction() as session:
        return preferences.start(session, person, **READER)


def lift(ground: Ground, person: UUID) -> None:
    with ground.database.transaction() as session:
        incoming_post.lift(session, person, by=ground.house.drafter, at=NOON)


def times(ground: Ground, kind: str) -> int:
    with ground.database.reading() as session:
        return len(session.exec(select(LogEntry).where(LogEntry.kind == kind)).all())


def test_a_reader_who_asks_twice_at_once_for_letters_again_is_recorded_once(ground: Ground) -> None:
    person = ground.person(address=ADDRESS)
    with ground.database.transaction() as session:
        preferences.stop(session, person, **READER)

    with crossings.other(ground.database, partial(start, ground, person)) as begin, ground.database.transaction() as session:
        assert preferences.start(session, person, **READER)
        found = begin()

    assert not found.result() and times(ground, "AddressRestored") == 1
    with ground.database.reading() as session:
        assert sorted(session.exec(select(Preference.choice))) == ["start", "stop"]


def test_what_two_officers_lift_at_once_is_lifted_once_and_the_second_is_told(ground: Ground) -> None:
    person = ground.person(address=ADDRESS)
    with ground.database.transaction() as session:
        removals.add(session, ADDRESS, reason=removals.GONE, by="tests", at=NOON)

    with crossings.other(ground.database, partial(lift, ground, person)) as begin, ground.database.transaction() as session:
        incoming_post.lift(session, person, by=ground.house.lacors, at=NOON)
        found = begin()

    with pytest.raises(NotAllowedNow):
        found.result()
    assert (times(ground, "AddressRestored"), times(ground, "AddressCorrected")) == (1, 1)


def test_a_reader_who_stops_letters_while_an_officer_lifts_what_came_back_gets_none(ground: Ground) -> None:
    person = ground.person(address=ADDRESS)
    with ground.database.transaction() as session:
        removals.add(session, ADDRESS, reason=removals.GONE, by="tests", at=NOON)

    with crossings.other(ground.database, partial(lift, ground, person)) as begin, ground.database.transaction() as session:
        preferences.stop(session, person, **READER)
        found = begin()

    with pytest.raises(NotAllowedNow):
        found.result()
    with ground.database.reading() as session:
        assert removals.among(session, [ADDRESS]) == {ADDRESS: preferences.REASON}
