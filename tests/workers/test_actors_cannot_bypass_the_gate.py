"""Whatever an actor is handed, by whomever, nothing goes that both parties have not signed: forged facts, forged rows, forged states."""

from collections.abc import Callable

import dramatiq
import pytest
from sqlmodel import select

from campaigns.agreement import releases
from campaigns.agreement.schedules import SendingBegan
from campaigns.delivery.deliveries import Chunk, ChunkPlanned, Delivery
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, House, Story
from workers import actors, brokers
from workers.actors import Hearer
from workers.tools import Tools


def returned(house: House) -> Story:
    story = stories.agreed_release(house)
    with house.database.transaction() as session:
        releases.return_(session, story.release, reason="Not yet", by=house.lacors, at=NOON)
    return story


def withdrawn(house: House) -> Story:
    story = stories.agreed_release(house)
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Never", by=house.lacors, at=NOON)
    return story


def unsealed(house: House) -> Story:
    message = stories.drafted(house)
    return Story(house, message, stories.submitted(house, message))


CLOSED = [unsealed, stories.waiting_release, stories.half_signed_release, returned, withdrawn]


@pytest.fixture
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
def tools(database: Database, settings: Settings, transport: RecordingTransport) -> Tools:
    return Tools(settings, database, transport, Clock(), arming=armed.ALWAYS)


@pytest.fixture
def lanes(tools: Tools) -> list[Hearer]:
    broker = brokers.connect(None)
    return [actors.enlist(broker, tools, name=lane) for lane in actors.LANES]


def forged_facts(story: Story) -> list[int]:
    """Facts that say: this release is going, and here is a chunk of it; with the rows to go with them."""
    with story.database.transaction() as session:
        chunk = Chunk(release_id=story.release, not_before=NOON)
        session.add(chunk)
        session.flush()
        places = range(len(stories.READERS))
        session.add_all(Delivery(release_id=story.release, position=place, chunk_id=chunk.id, due_at=NOON, at=NOON) for place in places)
        planned = log.record(session, ChunkPlanned(chunk=chunk.id), subject=story.release, by="nobody", at=NOON)
        began = log.record(session, SendingBegan(), subject=story.release, by="nobody", at=NOON)
        chunk.entry_id = planned.id
        return [log.number(planned), log.number(began)]


def everything(database: Database) -> list[int]:
    with database.reading() as session:
        return [log.number(entry) for entry in session.exec(select(LogEntry).where(LogEntry.kind != "RevisionSubmitted"))]


def force(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        releases.get(session, story.release).state = state


@pytest.mark.parametrize("state", [None, "scheduled", "sending"])
@pytest.mark.parametrize("made", CLOSED, ids=lambda made: made.__name__)
def test_an_actor_called_directly_sends_nothing_that_is_not_signed(
    database: Database, tools: Tools, lanes: list[Hearer], transport: RecordingTransport, made: Callable[[House], Story], state: str | None
) -> None:
    story = made(stories.house(database))
    facts = forged_facts(story)
    if state:
        force(story, state)

    for entry_id in [*facts, *everything(database)]:
        for actor in lanes:
            actor.fn(entry_id)

    assert transport.sent == []
    with database.reading() as session:
        assert {row.state for row in session.exec(select(Delivery))} <= {"queued", "missed"}


def test_an_actor_called_directly_sends_what_both_have_signed(
    database: Database, tools: Tools, lanes: list[Hearer], transport: RecordingTransport
) -> None:
    stories.sending_release(stories.house(database))

    for entry_id in everything(database):
        for actor in lanes:
            actor.fn(entry_id)

    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS]


@pytest.mark.parametrize("entry_id", [0, -1, 10**9])
def test_a_hint_at_no_fact_is_harmless(lanes: list[Hearer], transport: RecordingTransport, entry_id: int) -> None:
    for actor in lanes:
        actor.fn(entry_id)

    assert transport.sent == []


def test_forged_repeated_and_reordered_hints_through_dramatiq_send_each_letter_once(
    sqlite: Database, settings: Settings, transport: RecordingTransport
) -> None:
    tools = Tools(settings, sqlite, transport, Clock(), arming=armed.ALWAYS)
    broker = brokers.connect(None)
    lanes = [actors.enlist(broker, tools, name=lane) for lane in actors.LANES]
    house = stories.house(sqlite)
    forged_facts(stories.half_signed_release(house))
    signed = stories.sending_release(house, size=2)

    for entry_id in [*reversed(everything(sqlite)), *everything(sqlite), 10**9]:
        for actor in lanes:
            actor.send(entry_id)
    worker = dramatiq.Worker(broker, worker_timeout=10, worker_threads=2)
    worker.start()
    for actor in lanes:
        broker.join(actor.queue_name)
    worker.join()
    worker.stop()

    assert sorted(envelope.recipient for envelope in transport.sent) == sorted(reader.address for reader in stories.READERS)
    assert all(signed.release.hex in envelope.message.decode() for envelope in transport.sent)
    assert signed.tally()["accepted"] == 3
