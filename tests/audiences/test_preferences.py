"""A reader's wish holds for the address and takes effect in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import definitions, erasures, founding, incoming_post, people, preferences
from audiences.pilot import demo
from audiences.preferences import Preference, PreferenceRecorded
from campaigns.delivery import removals
from campaigns.delivery.removals import Removal
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.audiences.posts import CAMPAIGN, NOON, OFFICER

LATER = NOON + timedelta(hours=1)
OTHER = UUID(int=8)


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


def test_a_wish_told_after_letters_came_back_outlasts_the_address_put_right(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        removals.add(session, person.address, reason=removals.GONE, by=OFFICER.name, at=NOON)
        assert incoming_post.may_lift(session, person.address)
        assert preferences.stop(session, person.id, by="the reader", at=LATER)
        assert not preferences.stop(session, person.id, by="the reader", at=LATER)

    with peopled.transaction() as session:
        with pytest.raises(NotAllowedNow):
            incoming_post.lift(session, person.id, by=OFFICER, at=LATER)
        assert removals.among(session, [person.address]) == {person.address: preferences.REASON}
        assert preferences.start(session, person.id, by="the reader", at=LATER)
        assert removals.among(session, [person.address]) == {}


def test_a_wish_that_was_lost_on_a_bounce_is_still_not_lifted(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        preferences.stop(session, person.id, by="the reader", at=NOON)
        session.exec(sa.update(Removal).values(reason=removals.GONE))  # as it was kept before

    with peopled.transaction() as session:
        assert not incoming_post.may_lift(session, person.address)
        assert preferences.stop(session, person.id, by="the reader", at=LATER)
        assert removals.among(session, [person.address]) == {person.address: preferences.REASON}


def test_a_reader_may_want_nothing_about_one_campaign(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        assert preferences.stop(session, person.id, about=CAMPAIGN, by="the reader", at=NOON)
        assert not preferences.stop(session, person.id, about=CAMPAIGN, by="the reader", at=LATER)

    with peopled.reading() as session:
        assert removals.among(session, [person.address]) == removals.among(session, [person.address], campaign_id=OTHER) == {}
        assert removals.among(session, [person.address], campaign_id=CAMPAIGN) == {person.address: preferences.REASON_ABOUT_ONE}
        assert removals.topics(session, person.address) == [CAMPAIGN]
        assert preferences.standing(session, person.address) == "start"
        assert preferences.standing(session, person.address, about=CAMPAIGN) == "stop"
        assert log.read(log.history(session, person.id)[0]) == PreferenceRecorded(choice="stop", topic=str(CAMPAIGN))


def test_stopping_everything_outweighs_a_topic_and_letters_again_lift_both(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        preferences.stop(session, person.id, about=CAMPAIGN, by="the reader", at=NOON)
        preferences.stop(session, person.id, by="the reader", at=NOON)
        assert removals.among(session, [person.address], campaign_id=CAMPAIGN) == {person.address: preferences.REASON}
        assert preferences.start(session, person.id, by="the reader", at=LATER)

    with peopled.reading() as session:
        assert removals.among(session, [person.address], campaign_id=CAMPAIGN) == {}
        assert preferences.standing(session, person.address) == preferences.standing(session, person.address, about=CAMPAIGN) == "start"


def test_a_topic_refused_outlives_erasure_as_a_digest(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        address = person.address
        preferences.stop(session, person.id, about=CAMPAIGN, by="the reader", at=NOON)
        erasures.erase(session, person.id, by=OFFICER, at=LATER)

    with peopled.reading() as session:
        assert list(removals.among(session, [address], campaign_id=CAMPAIGN)) == [address]
        assert preferences.standing(session, address, about=CAMPAIGN) == "stop"
        assert {row.address[:7] for row in session.exec(select(Removal))} == {"sha256:"}


def test_whoever_is_erased_takes_nobody_else_s_wish_along_and_each_reads_their_own(peopled: Database) -> None:
    with peopled.transaction() as session:
        first, second = (people.at_place(session, code)[0] for code in ("E07000223", "E09000003"))
        for minutes, person in enumerate((first, second)):
            preferences.stop(session, person.id, by="the reader", at=NOON + timedelta(minutes=minutes))
        assert [row["at"] for row in preferences.about(session, [], second.address)] == [NOON + timedelta(minutes=1)]
        erasures.erase(session, first.id, by=OFFICER, at=LATER)

        assert [row.person_id for row in session.exec(select(Preference))] == [second.id]


def test_who_refused_a_topic_is_left_out_of_its_letters_alone(peopled: Database) -> None:
    with peopled.transaction() as session:
        person = people.at_place(session, "E07000223")[0]
        preferences.stop(session, person.id, about=CAMPAIGN, by="the reader", at=NOON)

    with peopled.reading() as session:
        keys = [audience.key for audience in definitions.every(session)]
        (left,) = definitions.sift(session, keys, campaign_id=CAMPAIGN).left_out
        assert (left.addressee.person_id, left.reason) == (person.id, preferences.REASON_ABOUT_ONE)
        assert definitions.sift(session, keys, campaign_id=OTHER).left_out == definitions.sift(session, keys).left_out == []


def test_one_wish_told_by_many_at_once_is_recorded_once(on_postgres: Database) -> None:
    with on_postgres.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
        demo.load(session, by=OFFICER, at=NOON)
        person = people.at_place(session, "E07000223")[0]

    def tell(_: int) -> bool:
        with on_postgres.transaction() as session:
            return preferences.stop(session, person.id, by="the reader", at=NOON)

    with ThreadPoolExecutor(8) as tellers:
        told = list(tellers.map(tell, range(64)))

    assert told.count(True) == 1
    with on_postgres.reading() as session:
        assert [entry.kind for entry in log.history(session, person.id)] == ["PreferenceRecorded"]
        assert len(session.exec(select(Removal)).all()) == 1
