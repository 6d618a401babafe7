"""Officers and operators who cannot leave a release alone: while it is sent it is stopped and let go on by either party, twice or
without reason, workers are killed with -9, and others come with other settings. A thousand acts, and every letter once.

`python -m tests.processes.pausing_drill` plays 500 random sequences and prints one JSON object; exit code 1 when a letter was lost or doubled,
when the release did not go on in the end, or when too few sequences were begun while letters went.
"""

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from campaigns.agreement import schedules
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from tests.processes import clusters, ending, patience, services, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import Cell, Storm

SEQUENCES, LONGEST = 500, 5  # acts in a sequence at most
PEOPLE, PACE = 9000, 20.0
MOST_APART = 0.4  # seconds between two acts
GOES_WITHIN = 120.0  # seconds after a sequence: two leases, and workers that start on a busy machine
AT_LEAST = 0.9  # of the sequences that met letters on their way
SETTINGS: dict[str, list[str]] = {
    "COUNTERSIGN_CHUNK_SIZE": ["5", "60", "500"],
    "COUNTERSIGN_PACE": ["30", "1000000"],
    "COUNTERSIGN_LEASE_SECONDS": ["5", "9"],
    "COUNTERSIGN_DOMAIN_CONNECTIONS": ["2", "50"],
    "COUNTERSIGN_TRIES": ["0.03 0.06 0.1 0.15", "0.02 0.05 0.2"],
}


class Restless:
    """What is done to one release, and how often each was done or refused."""

    def __init__(self, storm: Storm, seed: int) -> None:
        self.storm, self.chance, self.done = storm, random.Random(seed), Counter[str]()
        self.acts: list[Callable[[], None]] = [self.stop, self.resume, self.kill, self.change]

    def sequence(self) -> None:
        """Some acts, some way apart; whatever was stopped goes on at its end."""
        for _ in range(self.chance.randint(2, LONGEST)):
            self.chance.choice(self.acts)()
            time.sleep(self.chance.random() * MOST_APART)
        for party in (0, 1):
            self.step("resumed at the end", schedules.resume, party)

    def stop(self) -> None:
        self.step("stopped", schedules.stop, self.chance.randrange(2))

    def resume(self) -> None:
        self.step("resumed", schedules.resume, self.chance.randrange(2))

    def kill(self) -> None:
        """kill -9 of one, and another in its place."""
        self.storm.kill()
        self.done["killed"] += 1

    def change(self) -> None:
        """One is asked to stop, or killed, and another comes with other settings."""
        place = self.chance.randrange(len(self.storm.crew))
        self.storm.crew[place].send_signal(self.chance.choice([signal.SIGTERM, signal.SIGKILL]))
        self.storm.man(place, **{name: self.chance.choice(values) for name, values in SETTINGS.items()})
        self.done["settings changed"] += 1

    def step(self, name: str, act: Callable[..., Any], party: int) -> None:
        """One of an officer's steps, in a transaction of its own, as a page does it."""
        played = self.storm.played
        assert played.cast is not None
        try:
            with played.stage.database.transaction() as session:
                act(session, played.release_id, by=played.cast.signatories[party], at=clock.now())
        except Refused:
            self.done[f"{name}, refused"] += 1
        else:
            self.done[name] += 1


def play(cluster: Cluster, sequences: int, *, seed: int = 1) -> dict[str, Any]:
    """So many sequences over one release, with three workers; then it is left alone, and every letter is accounted for."""
    people = PEOPLE * sequences // SEQUENCES
    cell = Cell(people, seed, quiet_for=people / PACE, faults="{}", kill_every=None)
    with storm_scene.opened(cell, cluster) as storm:
        storm.played.agree()
        restless, met = Restless(storm, seed), 0
        for _ in range(sequences):
            met += _goes(storm)
            restless.sequence()
        left = storm.watch()
        storm.settle(within=60 + 3 * people / PACE)
        closed = _closes(storm)
        counts = storm_accounts.count(storm)
    return {
        "sequences": sequences,
        "begun while letters went": met,
        "letters were left after the last": left,
        **restless.done,
        "workers that fell": storm.fell,
        "uneven": f"{storm.uneven} of {storm.samples}",
        "closed": closed,
        **storm_accounts.six(counts),
    }


def _goes(storm: Storm) -> bool:
    """Wait until another letter is taken, by the mail server's word; False when none is in time."""
    before = _taken(storm)
    try:
        patience.until(lambda: _taken(storm) > before or not storm.watch(), "another letter", within=GOES_WITHIN, every=0.1)
    except TimeoutError:
        return False
    return _taken(storm) > before


def _closes(storm: Storm) -> bool:
    """Wait until the release that has no letter left is closed, which is a step of its own after the last one's; False when it is not in time."""
    try:
        patience.until(lambda: storm.played.release().state == "sent", "the release is closed", within=GOES_WITHIN, every=0.1)
    except TimeoutError:
        return False
    return True


def _taken(storm: Storm) -> int:
    journal = storm.played.stage.journal
    return journal.read_bytes().count(b'"reply": "2') if journal.exists() else 0


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be."""
    uneven = [] if found["uneven"].startswith("0 of") else ["figures did not add up"]
    return storm_accounts.faults(found) + uneven + ([] if found["closed"] else ["the release was not closed"])


def void(found: dict[str, Any]) -> list[str]:
    """Why nothing was shown."""
    few = found["begun while letters went"] < AT_LEAST * found["sequences"]
    return ["too few sequences were begun while letters went"] if few else []


def why_not() -> str:
    """Why it cannot be played here; empty when it can."""
    return clusters.why_not() or ("" if services.answers(services.AMQP_URL) else "no RabbitMQ answers at COUNTERSIGN_TEST_AMQP_URL")


def main() -> None:
    """Every sequence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=SEQUENCES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if reason := why_not():
        sys.exit(reason)
    with clusters.opened() as cluster:
        found = play(cluster, asked.sequences, seed=asked.seed)
    ending.leave(found, wrong=wrong(found), void=void(found))


if __name__ == "__main__":
    main()
