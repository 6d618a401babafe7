"""Which broker carries the hints: in memory by default, RabbitMQ or Redis by URL.

Nothing durable is asked of any of them: the database is the truth, a message is an id, and the clock finds again whatever a broker loses.
"""

import hashlib
from typing import TYPE_CHECKING

from dramatiq import Broker, Worker
from dramatiq import worker as dramatiq_worker
from dramatiq.broker import Consumer
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import q_name
from dramatiq.errors import DramatiqError
from dramatiq.middleware import Middleware, TimeLimit

from campaigns.foundation import late
from campaigns.foundation.settings import BadSettings

if TYPE_CHECKING:
    import pika.exceptions as pika_exceptions
    import redis
    from dramatiq.brokers import rabbitmq
    from dramatiq.brokers import redis as redis_broker
else:  # of each kind of broker only what speaks to it is read, and it need not be installed
    pika_exceptions, rabbitmq = late.module("pika.exceptions"), late.module("dramatiq.brokers.rabbitmq")
    redis, redis_broker = late.module("redis"), late.module("dramatiq.brokers.redis")

LISTENS_AGAIN = 1.0  # seconds after the broker was lost; Dramatiq's own three would be most of the time where it is lost every five


def connect(url: str | None) -> Broker:
    """A broker for the URL; refuses one whose extra is not installed, or of an unknown kind."""
    middleware: list[Middleware] = [TimeLimit()]  # no retries: what fails stays untold, and our clock tells it again
    if url is None:
        return StubBroker(middleware=middleware)
    try:
        match _kind(url):
            case "amqp":
                return _rabbit(url, middleware)
            case "redis" | "rediss":
                return redis_broker.RedisBroker(url=url, middleware=middleware, maintenance_chance=100_000, heartbeat_timeout=10_000)  # type: ignore[no-untyped-call]
    except ImportError as missing:
        raise BadSettings(f"COUNTERSIGN_BROKER_URL: {_kind(url)}:// needs the extra 'rabbitmq' or 'redis'") from missing
    except ValueError:  # as a port that is none; what was set is not repeated, as a password may stand in it
        raise BadSettings("COUNTERSIGN_BROKER_URL is to be like `amqp://user:password@host:5672/` or `redis://host:6379/0`") from None
    raise BadSettings(f"COUNTERSIGN_BROKER_URL: {_kind(url)}:// is not a broker we know")


def hearer(broker: Broker, *, threads: int) -> Worker:
    """What hears a broker's hints, with so many threads, and listens again soon after it lost the broker."""
    dramatiq_worker.CONSUMER_RESTART_DELAY_SECS = LISTENS_AGAIN
    return Worker(broker, worker_threads=threads)


def down(url: str | None) -> tuple[type[Exception], ...]:
    """What the broker at a URL raises when it does not answer. Dramatiq wraps RabbitMQ's faults where it sends, not where it connects, and
    Redis's nowhere. Of one whose extra is not installed nothing can come.
    """
    try:
        match _kind(url):
            case "amqp":
                return DramatiqError, OSError, pika_exceptions.AMQPError
            case "redis" | "rediss":
                return DramatiqError, OSError, redis.RedisError
    except ImportError:  # whoever connects is told
        pass
    return DramatiqError, OSError


def _kind(url: str | None) -> str:
    """The scheme of a broker's URL; empty for the one in memory."""
    return (url or "").partition(":")[0]


def _rabbit(url: str, middleware: list[Middleware]) -> Broker:
    class Rabbit(rabbitmq.RabbitmqBroker):
        """Makes a queue that was deleted anew as soon as it is listened to again. Dramatiq first listens in vain, and makes it six seconds later:
        where queues are deleted every five, nothing would be heard for ever.
        """

        def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
            self.queues_pending.add(q_name(queue_name))
            return super().consume(queue_name, prefetch, timeout)

    return Rabbit(url=url, confirm_delivery=True, middleware=middleware)


def check(url: str | None) -> None:
    """Raise one of what `down` names when the broker does not answer."""
    broker = connect(url)
    try:
        if isinstance(broker, StubBroker):
            return
        if url and url.startswith("redis"):
            broker.client.ping()  # type: ignore[attr-defined]
        else:
            _ = broker.connection  # type: ignore[attr-defined]  # RabbitMQ's opens when it is asked for
    finally:
        broker.close()


def queue(lane: str, database_url: str) -> str:
    """A lane's queue. Hints are numbers in one database, so that installations on one broker must not hear each other's."""
    return f"countersign-{hashlib.sha256(database_url.encode()).hexdigest()[:8]}-{lane}"


def forget(url: str, queues: list[str]) -> None:
    """Take the queues of an installation that is gone off its broker."""
    broker = connect(url)
    for name in queues:
        if url.startswith("amqp"):
            for part in (name, f"{name}.DQ", f"{name}.XQ"):
                broker.channel.queue_delete(part)  # type: ignore[attr-defined]
        else:
            broker.flush(name)
    broker.close()
