"""What a storm is played on: a release agreed by both parties, a crew of workers, a fault sink, and the harm that can be done to each."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from unittest import mock

import psutil
from sqlalchemy.exc import SQLAlchemyError

from tests.processes import nursery, patience, redis_servers, services, storm_relays, writers
from tests.processes.clusters import Cluster
from tests.processes.nursery import Nursery
from tests.processes.storm_relays import Relay
from workers import actors, brokers, rehearsal
from workers import rehearsal_processes as processes
from workers.rehearsal import Plan, Rehearsal
from workers.rehearsal_stage import Stage

LEASE = 5.0
SHORT = {
    "COUNTERSIGN_LEASE_SECONDS": str(LEASE),
    "COUNTERSIGN_SMTP_TIMEOUT": "1",
    "COUNTERSIGN_TRIES": "0.03 0.06 0.1 0.15",  # minutes: a storm is to end
    "COUNTERSIGN_UNCLEAR_SECONDS": "4",  # the sink takes what it had begun within a second or two
}


@dataclass(frozen=True)
class Cell:
    """What is sent, on what, and the harm done meanwhile: seconds between two of a kind, or None for never; `faults` of the relay: m7 or {}."""

    people: int = 2000
    seed: int = 1
    engine: str = "postgresql"
    broker: str = "rabbitmq"
    workers: int = 3
    quiet_for: float = 35.0  # seconds that the quiet run takes at least, by the relay's pace
    faults: str = "m7"
    kill_every: float | None = 1.0
    wipe_every: float | None = None
    crash_every: float | None = None
    log: str = "yes"  # whether the workers can read what the relay wrote down
    relay: str = "sink"  # or postfix: a real one, behind a wire that has the faults
    relay_every: float | None = None  # kills of a real Postfix
    broker_at: str | None = None  # where a broker of its own listens, which may be killed

    @property
    def quiet(self) -> "Cell":
        """The same without any harm; it could be read anywhere what became of a letter, and nobody need."""
        return replace(self, faults="{}", log="yes", kill_every=None, wipe_every=None, crash_every=None, relay_every=None)

    @property
    def chunk(self) -> int:
        """Letters claimed together: so few that those in a killed worker's hands, who wait for its lease to end, are not nearly all."""
        return max(self.people // 240, 2)  # a worker at full pace takes six times as many (`Tools.chunk_size`)

    @property
    def least_kills(self) -> int:
        """How many kills must fall in mid-send: 20 of a cell of 2,000, fewer of a smaller one."""
        return min(20, self.people // 100) if self.kill_every else 0

    @property
    def words(self) -> list[str]:
        """The words of a command that plays it."""
        given = ((one.name, getattr(self, one.name)) for one in fields(self))
        said = [word for name, value in given if value is not None for word in (f"--{name.replace('_', '-')}", str(value))]
        return said if self.kill_every else [*said, "--no-kills"]


@dataclass
class Storm:
    """One run under way, and the harm done so far: when each worker was killed and on which ports it spoke to the relay."""

    cell: Cell
    played: Rehearsal
    nursery: Nursery
    cluster: Cluster | None
    relay: Relay
    broker_url: str | None
    crew: list[psutil.Process] = field(default_factory=list)
    kills: list[tuple[float, set[int]]] = field(default_factory=list)
    wipes: int = 0
    crashes: int = 0
    fell: int = 0  # workers that ended by themselves
    samples: int = 0
    uneven: int = 0  # samples whose figures did not add up to everybody signed for

    def __post_init__(self) -> None:
        self.chance = random.Random(self.cell.seed)

    @property
    def sink_port(self) -> int:
        """Where the workers' letters go."""
        return self.relay.port

    def man(self, place: int, **settings: str) -> None:
        """Put a new worker in this place, with some settings of its own."""
        worker = self.nursery.worker(self.played.stage.folder / f"worker-{place}.log", **settings)
        self.crew[place:] = [worker, *self.crew[place + 1 :]]

    def kill(self) -> None:
        """kill -9 of one of them, and another in its place at once."""
        place = self.chance.randrange(len(self.crew))
        worker, at = self.crew[place], time.time()
        try:
            ports = {one.laddr.port for one in worker.net_connections("tcp") if one.raddr[1:] == (self.sink_port,)}
            worker.kill()
        except psutil.NoSuchProcess:
            return
        self.kills.append((at, ports))
        self.man(place)

    def wipe(self) -> None:
        """Take our queues off RabbitMQ, with whatever is in them; or everything out of Redis."""
        if self.broker_url:
            if self.cell.broker == "redis":
                redis_servers.empty(self.broker_url)
            else:
                brokers.forget(self.broker_url, [brokers.queue(lane, self.played.stage.settings.database_url) for lane in actors.LANES])
            self.wipes += 1

    def crash(self) -> None:
        """Take the database down at once and start it again, which takes a part of a second; of SQLite, kill who writes in the midst of it."""
        if self.cluster:
            self.cluster.crash().wait()
            self.crashes += 1
        elif writer := writers.kill_a(self.crew, self.played.stage.settings.database_url):
            self.crashes += 1
            self.man(self.crew.index(writer))

    def watch(self) -> bool:
        """Whether anything is still to come; replaces workers that fell, and lets deferred letters be due."""
        for place, worker in enumerate(self.crew):
            if not worker.is_running():
                self.fell += 1
                self.man(place)
        try:
            figures, release = self.played.tally(), self.played.release()
        except SQLAlchemyError:  # it is down at this moment
            return True
        self.samples += 1
        self.uneven += sum(figures.values()) != release.people
        return release.state in {"scheduled", "sending"} and any(figures[state] for state in ("queued", "attempting", "unknown"))

    def settle(self, *, within: float) -> None:
        """Wait, in seconds, until nothing is to come any more."""
        patience.until(lambda: not self.watch(), "every letter has its outcome", within=within, every=0.5)


@contextmanager
def opened(
    cell: Cell, cluster: Cluster | None, *, database_url: str | None = None, furnish: Callable[[Stage], object] | None = None
) -> Iterator[Storm]:
    """A release to be agreed by both parties, a crew that has begun, and a relay; everything is gone at the end. `furnish` changes the stage
    before anybody works on it.
    """
    url = cluster.url if cluster else database_url
    with ExitStack() as stack:
        relay, broker = stack.enter_context(storm_relays.opened(cell.relay)), stack.enter_context(_broker(cell))
        plan = Plan(people=cell.people, workers=cell.workers, smtp=f"{processes.HOST}:{relay.port}", database_url=url, broker_url=broker)
        read = {"COUNTERSIGN_RELAY_LOG": str(relay.log)} if cell.log == "yes" else {}
        stack.enter_context(mock.patch.dict(os.environ, SHORT | {"COUNTERSIGN_CHUNK_SIZE": str(cell.chunk)} | read))
        played = stack.enter_context(rehearsal.opened(plan))
        if furnish:
            furnish(played.stage)
        told = ["--faults", cell.faults, "--pace", str(cell.people / cell.quiet_for), "--seed", str(cell.seed)]
        relay.start(played.stage.journal, stack, *told)
        crew = stack.enter_context(nursery.opened(played.stage.environment()))
        storm = Storm(cell, played, crew, cluster, relay, broker)
        for place in range(cell.workers):
            storm.man(place)
        played.gather()
        played.seal()
        yield storm


@contextmanager
def _broker(cell: Cell) -> Iterator[str | None]:
    """Where its hints go."""
    if cell.broker_at or cell.broker != "redis":
        yield cell.broker_at or (services.AMQP_URL if cell.broker == "rabbitmq" else None)
    else:
        with redis_servers.opened() as redis:
            yield redis.url
