"""Any of three brokers carries hints, none keeps anything that matters, and installations on one broker do not hear each other."""

import logging
import secrets
import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Retries

from campaigns.foundation.settings import BadSettings
from tests.processes import patience
from tests.processes.services import AMQP_URL, REDIS_URL, answers
from workers import actors, brokers, main
from workers.tools import Tools

pytestmark = pytest.mark.long  # `make test` stays within five minutes


@pytest.fixture(params=[None, AMQP_URL, REDIS_URL], ids=["memory", "rabbitmq", "redis"])
def url(request: pytest.FixtureRequest) -> str | None:
    if request.param and not answers(request.param):
        pytest.skip(f"nothing answers at {request.param}")
    return str(request.param) if request.param else None


@pytest.fixture
def queue(url: str | None) -> Iterator[str]:
    name = brokers.queue("desk", f"sqlite:///{secrets.token_hex(8)}.db")
    yield name
    if url:
        brokers.forget(url, [name])


def test_a_hint_is_heard_by_its_number(url: str | None, queue: str, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, done = [], threading.Event()

    def hear(entry_id: int, _: Tools) -> None:
        heard.append(entry_id)
        done.set()

    monkeypatch.setattr(actors, "hear", hear)
    broker = brokers.connect(url)
    lane = actors.enlist(broker, tools, name=queue)
    worker = Worker(broker, worker_threads=1)
    worker.start()

    lane.send(42)
    done.wait(patience.WITHIN)
    worker.stop()
    broker.close()

    assert heard == [42]


def test_a_hint_that_fails_is_not_tried_again_by_the_broker(
    url: str | None, queue: str, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []

    def hear(entry_id: int, _: Tools) -> None:
        heard.append(entry_id)
        raise RuntimeError("it stays untold, and our own clock tells it again")

    monkeypatch.setattr(actors, "hear", hear)
    broker = brokers.connect(url)
    lane = actors.enlist(broker, tools, name=queue)
    worker = Worker(broker, worker_threads=1)
    worker.start()

    lane.send(1)
    lane.send(2)
    patience.until(lambda: len(heard) >= 2, "both hints are heard")
    assert not any(isinstance(one, Retries) for one in broker.middleware)  # it would wait for fifteen seconds before it tries again
    worker.stop()
    broker.close()

    assert heard == [1, 2]


def test_a_queue_that_was_deleted_is_made_anew_at_the_first_look(queue: str, url: str | None, tools: Tools) -> None:
    if not (url or "").startswith("amqp"):
        pytest.skip("the others have no queues that can be missing")
    broker = brokers.connect(url)
    actors.enlist(broker, tools, name=queue)
    next(broker.consume(queue, timeout=100))
    brokers.forget(str(url), [queue])

    assert next(broker.consume(queue, timeout=100)) is None  # listening, where a missing queue would raise
    broker.close()


def test_a_hint_is_heard_soon_after_its_queue_was_deleted(
    queue: str, url: str | None, tools: Tools, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not (url or "").startswith("amqp"):
        pytest.skip("the others have no queues that can be missing")
    heard: list[int] = []
    monkeypatch.setattr(actors, "hear", lambda entry_id, _: heard.append(entry_id))
    broker = brokers.connect(url)
    lane = actors.enlist(broker, tools, name=queue)
    worker = brokers.hearer(broker, threads=1)
    worker.start()
    lane.send(1)
    patience.until(lambda: heard == [1], "it listens")

    with caplog.at_level(logging.INFO):
        brokers.forget(str(url), [queue])
        patience.until(lambda: "Restarting consumer in 1.00 seconds." in caplog.text, "it knows that its queue is gone")
    patience.until(lambda: [lane.send(2)] and 2 in heard, "it listens again", every=0.2)  # a hint for a queue that is not there is lost
    worker.stop()
    broker.close()


def test_without_a_url_hints_stay_in_memory() -> None:
    assert isinstance(brokers.connect(None), StubBroker)


def test_a_broker_of_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(BadSettings, match="kafka"):
        brokers.connect("kafka://localhost")


@pytest.mark.parametrize("url", ["redis://:a-secret@localhost:99999/0", "amqp://me:a-secret@localhost:99999/"])
def test_a_broker_s_url_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadSettings, match="is to be like `amqp://") as refused:
        brokers.check(url)
    assert "a-secret" not in str(refused.value)


def test_installations_that_share_a_broker_do_not_share_a_queue() -> None:
    names = {brokers.queue(lane, url) for lane in actors.LANES for url in ("sqlite:///one.db", "sqlite:///two.db")}

    assert len(names) == 4


def test_a_broker_that_is_not_there_raises_what_the_relay_waits_out(tools: Tools) -> None:
    for url in ("amqp://guest:guest@127.0.0.1:1/?connection_attempts=1&retry_delay=0&socket_timeout=0.2", "redis://127.0.0.1:1/0"):
        lane = actors.enlist(brokers.connect(url), tools, name="countersign-nowhere")
        with pytest.raises(brokers.down(url)):
            lane.send(1)


def test_of_a_connection_that_rabbitmq_closed_because_nobody_spoke_on_it_nothing_is_told(
    tools: Tools, caplog: pytest.LogCaptureFixture
) -> None:
    if not answers(AMQP_URL):
        pytest.skip(f"nothing answers at {AMQP_URL}")
    CliRunner().invoke(main.main, ["run", "--help"])
    name = brokers.queue("desk", f"sqlite:///{secrets.token_hex(8)}.db")
    broker = brokers.connect(f"{AMQP_URL}?heartbeat=1")
    lane = actors.enlist(broker, tools, name=name)
    lane.send(1)
    threading.Event().wait(5)

    lane.send(2)
    broker.close()
    brokers.forget(AMQP_URL, [name])

    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == []
