"""Who and what the sender leaves out: removed and erased readers, and any letter that is not, byte for byte, the one signed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from campaigns.agreement import releases
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import deliveries, removals
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import posting, stories
from tests.campaigns.agreement import removals as walls
from tests.campaigns.delivery.test_sender import adds_up, rows
from tests.campaigns.stories import NOON

pytestmark = pytest.mark.long


def test_a_removed_address_is_not_written_to_and_is_counted(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        removals.add(session, stories.READERS[1].address.upper(), reason="asked to stop", by="reader", at=NOON)

    transport = posting.sent(story)

    assert [envelope.recipient for envelope in transport.sent] == [stories.READERS[0].address, stories.READERS[2].address]
    assert story.tally()["removed"] == 1 and adds_up(story)


def test_an_address_that_wants_nothing_about_this_campaign_is_left_out_of_it_alone(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        removals.add(session, stories.READERS[0].address, reason="asked", by="reader", at=NOON, campaign_id=story.house.campaign)
        removals.add(session, stories.READERS[1].address, reason="asked", by="reader", at=NOON, campaign_id=UUID(int=8))

    transport = posting.sent(story)

    assert [envelope.recipient for envelope in transport.sent] == [stories.READERS[1].address, stories.READERS[2].address]
    assert story.tally()["removed"] == 1 and adds_up(story)


def test_when_every_reader_is_removed_the_chunk_is_done(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        for reader in stories.READERS:
            removals.add(session, reader.address, reason="asked to stop", by="reader", at=NOON)

    transport = posting.sent(story)

    assert transport.sent == [] and story.tally()["removed"] == 3
    with database.reading() as session:
        assert deliveries.is_done(session, releases.get(session, story.release))


def test_an_erased_reader_is_removed_not_guessed(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        row = session.get_one(Particulars, (story.release, 0))
        row.sqlmodel_update({"address": None, "fields": None, "salt": None})
        session.add(row)

    transport = posting.sent(story)

    assert len(transport.sent) == 2 and story.tally()["removed"] == 1


EVIL = "evil@evil.test"
PARTICULARS: dict[str, Callable[[Any], Any]] = {
    "address": lambda _: EVIL,
    "fields": lambda fields: fields | {"name": "Somebody else"},
    "fields ": lambda fields: fields | {"address": EVIL},
    "fields  ": lambda fields: {key: value for key, value in fields.items() if key != "name"},
    "fields   ": lambda fields: fields | {"name": 7},
    "salt": lambda salt: bytes(32),
}


@pytest.mark.parametrize("what", PARTICULARS)
def test_a_letter_that_is_not_the_one_signed_closes_the_gate_before_it_is_attempted(database: Database, what: str) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        walls.lifted(session)
        row = session.get_one(Particulars, (story.release, 1))
        row.sqlmodel_update({what.strip(): PARTICULARS[what](getattr(row, what.strip()))})
        session.add(row)

    transport = RecordingTransport()
    with pytest.raises(GateClosed, match="Letter 2"):
        posting.send(story, transport)

    assert [envelope.recipient for envelope in transport.sent] == [stories.READERS[0].address]
    assert [state for state, _ in rows(story)] == ["accepted", "queued", "queued"] and adds_up(story)


@pytest.mark.parametrize("audience", ["practitioners", "nobody"])
def test_a_reader_moved_to_another_letter_closes_the_gate(database: Database, audience: str) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        walls.lifted(session)
        row = session.get_one(SealedLetter, (story.release, 0))
        row.audience = audience
        session.add(row)

    with pytest.raises(GateClosed, match="Letter 1"):
        posting.sent(story)


def test_two_readers_rows_swapped_close_the_gate(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        walls.lifted(session)
        first, second = (session.get_one(Particulars, (story.release, place)) for place in (0, 1))
        swapped = [row.model_dump(include={"address", "fields", "salt"}) for row in (second, first)]
        first.sqlmodel_update(swapped[0])
        second.sqlmodel_update(swapped[1])

    with pytest.raises(GateClosed, match="Letter 1"):
        posting.sent(story)
