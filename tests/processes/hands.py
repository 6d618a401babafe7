"""Who has what in hand in a storm: which worker is in the middle of sending, and how many letters stand in a state."""

import random
import time

import psutil
from sqlmodel import col, func, select

from campaigns.delivery.deliveries import Chunk, Delivery
from tests.processes import patience
from tests.processes.storm_scene import Storm


def busy(storm: Storm, chance: random.Random) -> tuple[psutil.Process, int]:
    """A worker that has a chunk in hand and is connected to the relay, at some moment of its work; and how many connections it has."""
    until = time.monotonic() + patience.WITHIN
    while time.monotonic() < until:
        time.sleep(chance.random() / 2)
        worker = chance.choice(storm.crew)
        if not worker.is_running():
            continue
        ports = sum(one.raddr[1:] == (storm.sink_port,) for one in worker.net_connections("tcp"))
        if ports and chunks(storm, worker.pid):
            return worker, ports
    raise TimeoutError("no worker is sending")


def chunks(storm: Storm, pid: int) -> int:
    """How many chunks the worker with this number has."""
    theirs = select(func.count()).select_from(Chunk).where(col(Chunk.journal).contains(f"-{pid}-"), col(Chunk.claim).is_not(None))
    with storm.played.stage.database.reading() as session:
        return session.exec(theirs).one()


def letters(storm: Storm, state: str) -> int:
    """How many letters stand in this state."""
    with storm.played.stage.database.reading() as session:
        return session.exec(select(func.count()).select_from(Delivery).where(Delivery.state == state)).one()
