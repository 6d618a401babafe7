"""Our own run: a whole release of long letters, sealed and signed, from "let it go" to the last outcome settled in the database.

The gate is on, the disk is flushed, the workers that send were started before. One thing is set for the benchmark, and any operator may set
it: COUNTERSIGN_PACE is so high that it slows nothing. CPU is that of the workers with their children, and of the database's server, until
the release is closed and nothing is left to tell.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from sqlmodel import select

from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.log import Untold
from tests.benchmarks import long_letter, usage
from tests.benchmarks.errands import Errand, Sent
from tests.processes import clusters, services
from tests.processes.clusters import Cluster
from workers import actors, rehearsal
from workers import rehearsal_cast as casting
from workers.rehearsal import Plan, Rehearsal, Stuck
from workers.rehearsal_processes import HOST
from workers.rehearsal_stage import AS_FAST_AS_IT_GOES

LOOK_EVERY = 0.2  # seconds: whoever looks on takes of the same two cores
CHUNKS_LOOKED_AT = 50  # of those that are not done: some may wait for an officer's word alone
PATIENCE = 600.0  # seconds for any step, and besides so many as the slowest sender would take
SLOWEST = 50  # letters a second
BROKER = "beam.smp"  # what RabbitMQ runs in
PACE = f"COUNTERSIGN_PACE={AS_FAST_AS_IT_GOES:,.0f}"


@dataclass(frozen=True)
class Setup:
    """On which engine, with how many worker processes; several share RabbitMQ, one alone keeps its hints in memory on SQLite."""

    engine: str
    workers: int

    @property
    def broker_url(self) -> str | None:
        """Where hints go."""
        return services.AMQP_URL if self.engine == "postgresql" else None

    def send(self, errand: Errand) -> Sent:
        """The whole run."""
        with staged(self, errand) as (played, cluster):
            began = time.monotonic()
            prepare(played)
            sealed = time.monotonic() - began
            change_shift(played)
            return let_go(played, cluster, sealed)


@contextmanager
def staged(setup: Setup, errand: Errand) -> Iterator[tuple[Rehearsal, Cluster | None]]:
    """A rehearsal on this errand's sink, in a database of its own."""
    with _cluster(setup) as cluster:
        plan = Plan(
            people=errand.letters,
            workers=setup.workers,
            smtp=f"{HOST}:{errand.port}",
            database_url=cluster.url if cluster else None,
            broker_url=setup.broker_url,
        )
        with rehearsal.opened(plan) as played:
            yield played, cluster


@contextmanager
def _cluster(setup: Setup) -> Iterator[Cluster | None]:
    if setup.engine != "postgresql":
        yield None
        return
    with clusters.opened() as cluster:
        yield cluster


def prepare(played: Rehearsal) -> None:
    """People gathered, and the long letter submitted, sealed by a worker and signed for both parties."""
    played.start_workers()
    played.gather()
    seal(played)


def seal(played: Rehearsal) -> float:
    """Submit the long letter, wait until the workers sealed it, and sign for both parties; gives the seconds the sealing took."""
    assert played.cast
    began = time.monotonic()
    played.release_id = casting.submit(played.stage.database, played.cast, variants=played.plan.variants, core=long_letter.core())
    wait(played, lambda: played.release().state != "sealing")
    took = time.monotonic() - began
    casting.sign(played.stage.database, played.cast, played.release_id)
    return took


def change_shift(played: Rehearsal) -> None:
    """Stop the workers that sealed and start others, which are awaited: what they hold in memory afterwards is of sending alone."""
    played.stop_workers()
    played.start_workers()
    wait(played, lambda: all_told(played.stage.database) and all(_is_up(played, worker.process.pid) for worker in played.workers))


def let_go(played: Rehearsal, cluster: Cluster | None, sealed: float) -> Sent:
    """Let it go, and measure until its last outcome, and on until nothing is left to tell."""
    assert played.cast
    pids, servers, broker = [worker.process.pid for worker in played.workers], [cluster.pid] if cluster else [], usage.named(BROKER)
    cpu = {pid: usage.cpu_of(pid) for pid in [*pids, *servers, *broker]}
    people = played.release().people
    began = time.monotonic()
    casting.schedule(played.stage.database, played.cast, played.release_id)
    wait(played, lambda: is_settled(played, people))
    seconds = time.monotonic() - began
    wait(played, lambda: played.release().state != "sending" and all_told(played.stage.database))
    used = {pid: usage.cpu_of(pid) - before for pid, before in cpu.items()}
    whose = {"workers": sum(used[pid] for pid in pids), "database": sum(used[pid] for pid in servers)}
    accepted, peak = played.tally()["accepted"], max(usage.peak_mb(pid) for pid in pids)
    beside = {"broker": sum(used[pid] for pid in broker)} if played.plan.broker_url else {}
    return Sent(accepted, seconds, whose, beside, peak, sealed)


def wait(played: Rehearsal, is_so: Callable[[], bool]) -> None:
    """Until it is so. Raises when a process died, or when it takes longer than it ever should."""
    deadline = time.monotonic() + PATIENCE + played.plan.people / SLOWEST
    while not is_so():
        for child in played.workers:
            child.check()
        if time.monotonic() > deadline:
            raise Stuck(f"This took too long; the release is {played.release().state}: {played.tally()}")
        time.sleep(LOOK_EVERY)


def is_settled(played: Rehearsal, people: int) -> bool:
    """Whether every letter has its outcome: all are planned, and no chunk counts one that waits or is in hand. Reads a few rows."""
    with played.stage.database.reading() as session:
        if session.get(Delivery, (played.release_id, people - 1)) is None:
            return False
        open_ones = select(Chunk.tally).where(Chunk.release_id == played.release_id, Chunk.open > 0)
        tallies = session.exec(open_ones.limit(CHUNKS_LOOKED_AT)).all()
    return not any(tally.get(state) for tally in tallies for state in ("queued", "attempting"))


def all_told(database: Database) -> bool:
    """Whether every fact was heard by all who hear of it."""
    with database.reading() as session:
        return session.exec(select(Untold.entry_id).limit(1)).first() is None


def _is_up(played: Rehearsal, pid: int) -> bool:
    """Whether a worker listens to the broker, if there is one."""
    if not played.plan.broker_url:
        return True
    port = urlsplit(played.plan.broker_url).port
    listening = [one for one in psutil.Process(pid).net_connections("tcp") if one.raddr and one.raddr.port == port]
    return len(listening) >= len(actors.LANES)
