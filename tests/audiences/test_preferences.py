"""A reader's wish holds for the address and takes effect in the same transaction."""

from datetime import timedelta

from audiences import people, preferences
from campaigns.delivery import removals
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.audiences.posts import NOON, OFFICER

LATER = NOON + timedelta(hours=1)


def test_stopping_removes_the_address_and_is_recorded_once(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        assert preferences.stop(session, person.id, by="the reader", at=NOON)
        assert not preferences.stop(session, person.id, by="the reader", at=LATER)

    with peopled.reading() as session:
        assert removals.among(session, [person.address]) == {person.address: "the reader asked us to stop"}
        assert [entry.kind for entry in log.history(session, person.id)] == ["PreferenceRecorded"]
        assert preferences.standing(session, person.address) == "stop"


def test_a_reader_may_have_letters_again(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        assert not preferences.start(session, person.id, by="the reader", at=NOON)
        preferences.stop(session, person.id, by="the reader", at=NOON)
        assert preferences.start(session, person.id, by="the reader", at=LATER)

    with peopled.reading() as session:
        assert removals.among(session, [person.address]) == {}
        assert preferences.standing(session, person.address) == "start"


def test_an_address_removed_for_another_reason_stays_removed(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        removals.add(session, person.address, reason="the mailbox does not exist", by=OFFICER.name, at=NOON)
        assert not preferences.start(session, person.id, by="the reader", at=LATER)

    with peopled.reading() as session:
        assert removals.among(session, [person.address])
