"""The broker vanishes: a Redis of our own that is down when both parties agree, and is killed and comes back empty again and
again; one that is emptied; and RabbitMQ whose queues are deleted. The broker carries hints, so that none of it may cost a letter.

`python -m tests.processes.broker_drill` plays all three and prints one JSON object; exit code 1 when a letter was lost or doubled, when the
first one went later than 15 seconds after the broker was back, or when nothing was shown.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.processes import clusters, ending, redis_servers, services, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.redis_servers import RedisServer
from tests.processes.storm_scene import Cell, Storm

PEOPLE, PACE = 1600, 20.0  # letters, and how many a second the mail server takes
KILLED_EVERY, EMPTIED_EVERY = 20.0, 5.0  # seconds
DOWN_FOR, AWAY_AT_APPROVAL = 2.0, 10.0
SENDS_WITHIN = 15.0


@dataclass
class Harm:
    """What is done to the broker each time, and how often; the moments at which it was back. `first`: already while both parties agree."""

    act: Callable[[Storm], None]
    every: float
    first: Callable[[Storm], None] = lambda storm: storm.played.agree()
    back: list[float] = field(default_factory=list)


def killed(redis: RedisServer, every: float) -> Harm:
    """Redis is down at the moment of approval, and killed every so many seconds."""

    def out(storm: Storm, seconds: float) -> None:
        redis.kill()
        if not harm.back:
            storm.played.agree()
        time.sleep(seconds)
        redis.start()
        harm.back.append(time.time())

    harm = Harm(lambda storm: out(storm, DOWN_FOR), every, lambda storm: out(storm, AWAY_AT_APPROVAL))
    return harm


def emptied(act: Callable[[Storm], None], every: float) -> Harm:
    """Whatever it holds is thrown away, once as both parties agree."""

    def once(storm: Storm) -> None:
        act(storm)
        harm.back.append(time.time())

    def first(storm: Storm) -> None:
        storm.played.agree()
        once(storm)

    harm = Harm(once, every, first)
    return harm


def play(cell: Cell, cluster: Cluster, harm: Harm) -> dict[str, Any]:
    """Send it while the broker is harmed; gives the six figures, how often it was harmed with letters left to send, and how soon one went after each."""
    with storm_scene.opened(cell, cluster) as storm:
        harm.first(storm)
        due = time.monotonic() + harm.every
        while storm.watch():
            if time.monotonic() >= due:
                harm.act(storm)
                due += harm.every
            time.sleep(0.2)
        counts, journal = storm_accounts.count(storm), storm_accounts.read(storm.played.stage.journal)
    begun = [line["at"] for line in journal if "begun" in line]
    waits = [next(at for at in begun if at >= back) - back for back in harm.back if begun and begun[-1] >= back]
    return {
        "broker": cell.broker,
        "harmed in mid-send": len(waits),
        "first sent after it was back, seconds": round(waits[0], 2),
        "at most": round(max(waits), 2),
        "workers that fell": storm.fell,
        **storm_accounts.six(counts),
    }


def plays(people: int, *, pace: float = PACE, killed_every: float = KILLED_EVERY) -> dict[str, dict[str, Any]]:
    """All three, of so many letters each."""
    calm = {"people": people, "quiet_for": people / pace, "faults": "{}", "kill_every": None}
    often = min(EMPTIED_EVERY, killed_every)
    with clusters.opened() as cluster, redis_servers.opened() as redis:
        own = Cell(**calm, broker="redis", broker_at=redis.url)
        found = {
            "killed, and down at the approval": play(own, cluster, killed(redis, killed_every)),
            "emptied": play(own, cluster, emptied(lambda _: redis_servers.empty(redis.url), often)),
        }
        return found | {"queues deleted": play(Cell(**calm), cluster, emptied(Storm.wipe, killed_every))}


def faults(found: dict[str, Any]) -> list[str]:
    """What must not be."""
    late = found["at most"] > SENDS_WITHIN
    return wrong(found) + ([f"a letter went later than {SENDS_WITHIN:.0f} s after the broker was back"] if late else [])


def wrong(found: dict[str, Any]) -> list[str]:
    """The same without how soon a letter went, which a busy machine decides."""
    return storm_accounts.faults(found)


def why_not() -> str:
    """Why it cannot be played here; empty when it can."""
    no_queues = "" if services.answers(services.AMQP_URL) else "no RabbitMQ answers at COUNTERSIGN_TEST_AMQP_URL"
    return redis_servers.why_not() or clusters.why_not() or no_queues


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pace", type=float, default=PACE)
    parser.add_argument("--killed-every", type=float, default=KILLED_EVERY)
    asked = parser.parse_args()
    if reason := why_not():
        sys.exit(reason)
    found = plays(asked.people, pace=asked.pace, killed_every=asked.killed_every)
    harms = min(3, int(asked.people / asked.pace / asked.killed_every))
    void = [f"{name}: harmed only {one['harmed in mid-send']} times" for name, one in found.items() if one["harmed in mid-send"] < harms]
    ending.leave(found, wrong=[f"{name}: {fault}" for name, one in found.items() for fault in faults(one)], void=void)


if __name__ == "__main__":
    main()
