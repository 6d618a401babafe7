"""What the database itself says of a machine: whose word was given for which asking, and whose claims are counted."""

from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from campaigns.delivery import arming
from campaigns.delivery.arming import UNKNOWN, Arming
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours
from campaigns.foundation.places import Place
from tests.campaigns import stories
from tests.campaigns.stories import MINUTE, NOON, House

FIRST, SECOND = (Place(f"place {number}", f"machine {number}", "the database") for number in (1, 2))


@pytest.fixture
def house(sqlite: Database) -> House:
    """Both parties, and no machine yet."""
    return stories.house(sqlite)


def asked(session: Session) -> UUID:
    """A machine asks whether it may send."""
    epoch = uuid4()
    arming.ask(session, epoch, SECOND, reason=UNKNOWN, at=NOON)
    return epoch


def test_only_the_first_machine_of_an_installation_is_let_send_without_a_word(house: House) -> None:
    stories.submitted(house, stories.drafted(house))  # which no worker has begun
    with house.database.transaction() as session:
        assert arming.found(session, first := uuid4(), FIRST, at=NOON)
        assert not arming.found(session, uuid4(), SECOND, at=NOON)
        assert [row.epoch for row in arming.armed(session)] == [first]


def test_a_word_given_for_one_asking_does_not_count_for_the_next(house: House) -> None:
    with house.database.transaction() as session:
        before = asked(session)
        assert not arming.confirm(session, before, by=house.hse, at=NOON)
        epoch = asked(session)

        assert not arming.confirm(session, epoch, by=house.lacors, at=NOON)
        assert [party.code for party in arming.missing(session, session.get_one(Arming, epoch))] == ["hse"]
        with pytest.raises(NotAllowedNow, match="answered already, or is asked anew"):
            arming.confirm(session, before, by=house.lacors, at=NOON)
        with pytest.raises(NotFound):
            arming.confirm(session, uuid4(), by=house.hse, at=NOON)


def test_a_signatory_of_another_body_has_no_word_in_it(house: House) -> None:
    with house.database.transaction() as session:
        stranger = officers.add(session, name="TUC", party="tuc", duty="signatory", by="test", at=NOON)
        with pytest.raises(NotYours, match="signatory of each party"):
            arming.confirm(session, asked(session), by=stranger, at=NOON)


def test_claims_are_counted_of_the_very_machine_that_may_send_and_of_none_that_waits_or_was_refused(house: House) -> None:
    with house.database.transaction() as session:
        arming.found(session, first := uuid4(), FIRST, at=NOON)
        epoch = asked(session)
        assert arming.count_claim(session, epoch) is None
        for officer in (house.hse, house.lacors):
            arming.confirm(session, epoch, by=officer, at=NOON)
        assert arming.count_claim(session, epoch) == arming.mark(session)
        arming.refuse(session, epoch, by=house.hse, at=NOON + MINUTE)
        assert arming.count_claim(session, epoch) is None
        session.flush()
        session.expire_all()
        assert [session.get_one(Arming, one).claims for one in (first, epoch)] == [0, 1]
