"""What erasing a reader does to their letters: nothing more goes to them, the others go, every count adds up and every proof stands."""

from datetime import timedelta

import pytest

from audiences import people
from campaigns.agreement import gate, releases
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import decisions, deliveries, recovery
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests import snapshots
from tests.audiences.posts import NOON, OFFICER
from tests.audiences.test_erasures import erase
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_sender import adds_up, rows
from tests.campaigns.stories import READERS, Story

LATER = NOON + timedelta(hours=1)


def know(database: Database, *readers: Addressee) -> None:
    """Let the readers of a story be people of the register of people."""
    with database.transaction() as session:
        people.insert(
            session,
            [
                {"id": one.person_id, "name": one.name, "role": one.role, "place": "x", "address": one.address, "source": "test"}
                for one in readers
            ],
            at=NOON,
        )


@pytest.fixture
@snapshots.beginning
def story(database: Database) -> Story:
    """A release that is going out, to three people who are known."""
    know(database, *READERS)
    return stories.sending_release(stories.house(database))


@pytest.mark.long
def test_everything_personal_about_an_erased_reader_is_null_and_nobody_else_s_is(story: Story) -> None:
    erase(story.database, READERS[0].person_id)

    with story.database.reading() as session:
        first, second = (session.get_one(Particulars, (story.release, place)) for place in (0, 1))
        person = people.get(session, READERS[0].person_id)
        (entry,) = log.history(session, person.id)
    assert (first.address, first.fields, first.salt) == (None, None, None)
    assert second.address and second.fields and second.salt
    assert (person.name, person.role, person.place, person.active, person.is_erased) == (people.ERASED, "senior_manager", "x", False, True)
    assert READERS[0].address not in person.address
    assert (entry.kind, entry.by, entry.payload) == ("Erased", OFFICER.name, {"passages": 0})


def test_a_letter_not_yet_sent_is_removed_and_the_others_go(story: Story) -> None:
    erase(story.database, READERS[0].person_id)

    transport = posting.sent(story)

    assert [envelope.recipient for envelope in transport.sent] == [READERS[1].address, READERS[2].address]
    assert [state for state, _ in rows(story)] == ["removed", "accepted", "accepted"] and adds_up(story)
    with story.database.reading() as session:
        assert session.get_one(deliveries.Delivery, (story.release, 0)).reply == "erased"
        assert deliveries.is_done(session, releases.get(session, story.release))


def test_a_release_that_has_not_begun_goes_to_the_others(database: Database) -> None:
    know(database, READERS[1])
    story = stories.agreed_release(stories.house(database))
    erase(database, READERS[1].person_id)

    story.schedule()
    stories.begin(story)
    posting.send(story, transport := RecordingTransport())

    assert len(transport.sent) == 2 and story.tally()["removed"] == 1 and adds_up(story)


def test_a_letter_given_back_before_its_reader_was_erased_is_not_sent(story: Story) -> None:
    claim = posting.claimed(story)
    posting.sender(story.database, transport := RecordingTransport(), stopping=lambda: True).send(claim)
    erase(story.database, READERS[0].person_id)

    posting.send(story, transport)

    assert [envelope.recipient for envelope in transport.sent] == [READERS[1].address, READERS[2].address]
    assert story.tally()["removed"] == 1 and adds_up(story)


def test_nobody_is_erased_while_a_letter_to_them_is_being_sent(story: Story) -> None:
    claim = posting.claimed(story)

    with pytest.raises(NotAllowedNow, match="in a minute"):
        erase(story.database, READERS[0].person_id)
    said = {0: Outcome("accepted", "dot", f"250 OK for {READERS[0].address}")}
    with story.database.transaction() as session:
        recovery.replay(session, posting.in_hand(story, claim, dots=[0], heard=said), fell=False, at=NOON)
    erase(story.database, READERS[0].person_id)

    with story.database.reading() as session:
        row = session.get_one(deliveries.Delivery, (story.release, 0))
        assert (row.state, row.reply) == ("accepted", "erased")


def test_an_unclear_letter_to_somebody_erased_is_not_sent_again(story: Story) -> None:
    with story.database.transaction() as session:
        session.get_one(deliveries.Delivery, (story.release, 0)).state = "unknown"
    erase(story.database, READERS[0].person_id)
    with story.database.transaction() as session:
        decisions.decide(session, story.release, 0, verdict="send again", by=OFFICER, at=NOON)

    posting.send(story, transport := RecordingTransport())

    assert len(transport.sent) == 2 and story.tally()["removed"] == 1


def test_the_gate_still_opens_once_everybody_is_erased(story: Story) -> None:
    for reader in READERS:
        erase(story.database, reader.person_id)

    with story.database.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON).said.readers == 3
    assert story.tally()["removed"] == 3 and adds_up(story)
