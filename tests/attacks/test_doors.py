"""Attacks on the doors: sending called by hand, forged hints on the brokers, forged forms, and other people's sessions."""

import time
from uuid import uuid4

import dramatiq
import pytest
from dramatiq import Message
from dramatiq.brokers.stub import StubBroker
from sqlmodel import col, select

from campaigns.agreement.schedules import SendingBegan
from campaigns.delivery.deliveries import Chunk, ChunkPlanned, Delivery
from campaigns.foundation import log
from campaigns.foundation.log import Untold
from tests import armed
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, READERS, Story
from tests.processes.services import AMQP_URL, REDIS_URL, answers
from workers import actors, brokers
from workers import tools as workshop
from workers.tools import Tools


def forged_facts(story: Story) -> list[int]:
    """A fact that a release is going, and one that a chunk of it waits, with the rows to go with them."""
    with story.database.transaction() as session:
        chunk = Chunk(release_id=story.release, not_before=NOON)
        session.add(chunk)
        session.flush()
        session.add_all(
            Delivery(release_id=story.release, position=place, chunk_id=chunk.id, due_at=NOON, at=NOON) for place in range(len(READERS))
        )
        planned = log.record(session, ChunkPlanned(chunk=chunk.id), subject=story.release, by="nobody", at=NOON)
        began = log.record(session, SendingBegan(), subject=story.release, by="nobody", at=NOON)
        chunk.entry_id = planned.id
        return [log.number(planned), log.number(began)]


def test_a24_sending_is_called_by_hand(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    forged_facts(story)
    (chunk,) = posting.chunks(story)

    assert posting.claim(story, chunk=chunk) is None  # it is not sending, so there is nothing to claim
    held(story, "the sender called by hand for a half-signed release", "LACoRS has not signed")


BROKERS = [None, REDIS_URL, AMQP_URL]


@pytest.mark.parametrize("url", BROKERS, ids=["memory", "redis", "rabbitmq"])
def test_a25_a26_forged_hints_on_the_broker(attack: Scene, held: Held, url: str | None) -> None:
    """Hints at an unsigned release, at nothing, again and again; and messages that carry content, an address, or "approved"."""
    if url and not answers(url):
        pytest.skip(f"no broker answers at {url}")
    story = stories.half_signed_release(attack.house)
    facts, queue = forged_facts(story), f"countersign-attack-{uuid4().hex[:8]}"
    broker = brokers.connect(url)
    tools = Tools(
        attack.relay.settings, attack.house.database, workshop.connect(attack.relay.settings, Clock()), Clock(), arming=armed.ALWAYS
    )
    lane = actors.enlist(broker, tools, name=queue)
    try:
        for fact in [*facts, *facts, 10**9, -1]:
            lane.send(fact)
        for extra in ({"approved": True}, {"address": "else@evil.test"}, {"body": "Other words"}):
            broker.enqueue(Message(queue_name=queue, actor_name=queue, args=(facts[0],), kwargs=extra, options={}))
        worker = dramatiq.Worker(broker, worker_timeout=10, worker_threads=1)
        worker.start()
        broker.join(queue) if isinstance(broker, StubBroker) else _drained(attack, facts)
        worker.stop()
    finally:
        broker.close() if url is None else brokers.forget(url, [queue])

    assert attack.relay.letters(story) == 0
    held(
        story,
        f"forged hints and forged arguments on {'a broker in memory' if url is None else url.partition(':')[0]}",
        "LACoRS has not signed",
    )


def _drained(attack: Scene, facts: list[int]) -> None:
    """Until the forged facts were heard, which their rows say."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with attack.house.database.reading() as session:
            if not session.exec(select(Untold).where(col(Untold.entry_id).in_(facts))).all():
                return
        time.sleep(0.05)
    raise AssertionError("the broker never delivered the forged hints")
