"""One cell of the storm matrix: a whole release sent while workers are killed, the broker wiped, the database crashed and the relay misbehaves.

`python -m tests.processes.storm_cell` plays the quiet run first, then the storm, and prints one JSON object: the six figures of the
checker, what stayed unknown, and the harm that landed. `--people 600 --seed 7 --wipe-every 5 --crash-every 7 --engine sqlite --broker memory`
change the cell, and so does whatever else a `Cell` has. The workers read what the relay wrote down, and resolve by it what is unclear; with
`--log no` nobody can, so that what is unclear is held for an officer: shown, never guessed. A quiet run that this commit has played with the
same people, seed and engine is not played again.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from tests import drills
from tests.processes import clusters, redis_servers, services, storm_accounts, storm_relays, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import LEASE, Cell
from workers import checker

LOOK_EVERY = 0.05
CALM = 300.0  # seconds without harm in which a storm that was not over in time comes to its end
STILL_FOR = 3.0  # seconds in which something might wrongly be sent again
KEPT = Path(".data/storms")
CALM_FIGURES = ("seconds", "accepted", *checker.FAULTS, "unknown")


def play(cell: Cell, cluster: Cluster | None, *, limit: float) -> dict[str, Any]:
    """Send it through whatever harm the cell names; gives the figures. After the limit in seconds nothing more is done to it, so that what
    is counted as lost is lost, and not late.
    """
    with storm_scene.opened(cell, cluster) as storm:
        harm = {storm.kill: cell.kill_every, storm.wipe: cell.wipe_every, storm.crash: cell.crash_every, storm.relay.kill: cell.relay_every}
        storm.played.agree()
        began = looked = time.monotonic()
        due = {act: (every, began + every) for act, every in harm.items() if every}
        while (now := time.monotonic()) - began < limit + CALM:
            if now - began < limit:
                _harm(due, now)
            if now - looked > 0.5:
                looked = now
                if not storm.watch():
                    break
            time.sleep(LOOK_EVERY)
        seconds = time.monotonic() - began
        time.sleep(STILL_FOR)
        return storm_accounts.figures(storm, seconds)


def _harm(due: dict[Callable[[], None], tuple[float, float]], now: float) -> None:
    for act, (every, when) in due.items():
        if when <= now:
            act()
            due[act] = every, max(when + every, time.monotonic())


def both(cell: Cell) -> dict[str, Any]:
    """The quiet run and the storm; says whether the storm is void, and what went wrong."""
    with ExitStack() as stack:
        cluster = stack.enter_context(clusters.opened()) if cell.engine == "postgresql" else None
        quiet = _quiet(cell.quiet, cluster)
        found = play(cell, cluster, limit=6 * quiet["seconds"] + 3 * LEASE)
    said = {"quiet": quiet, "times quiet": round(found["seconds"] / quiet["seconds"], 2)}
    reasons = storm_accounts.void(found, quiet["seconds"], least_quiet=min(30.0, cell.quiet_for), least_kills=cell.least_kills)
    wrong = [f"{fault} in the quiet run" for fault in (*checker.FAULTS, "unknown") if quiet[fault]]
    return {**found, **said, "void": reasons, "wrong": wrong + storm_accounts.wrong(found, quiet["seconds"], lease=LEASE)}


def _quiet(cell: Cell, cluster: Cluster | None) -> dict[str, Any]:
    """The quiet run's figures: as this commit has played it, or played now and kept."""
    named = "-".join(word for word in cell.words if not word.startswith("--"))
    path = KEPT / f"quiet-{drills.commit()}-{named.replace('/', '_')}.json"
    if not path.exists():
        found = play(cell, cluster, limit=10 * cell.quiet_for)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: found[name] for name in CALM_FIGURES}), encoding="utf-8")
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def why_not(cell: Cell) -> str:
    """Why this cell cannot be played here; empty when it can."""
    reasons = (
        "no RabbitMQ answers" if cell.broker == "rabbitmq" and not services.answers(services.AMQP_URL) else "",
        redis_servers.why_not() if cell.broker == "redis" else "",
        clusters.why_not() if cell.engine == "postgresql" else "",
        storm_relays.why_not(cell.relay),
    )
    return next(filter(None, reasons), "")


def read(words: Sequence[str] | None = None) -> Cell:
    """The cell that these words of a command name."""
    parser = argparse.ArgumentParser(description=__doc__)
    for one in fields(Cell):
        kinds = get_args(one.type) or (one.type,)  # of `float | None`, the first
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=kinds[0], default=one.default)
    parser.add_argument("--no-kills", action="store_const", const=None, dest="kill_every")
    return Cell(**vars(parser.parse_args(words)))


def main() -> None:
    """Play a cell and print it; the exit code is 1 when it is void, or when anything was lost, doubled, altered, unsigned or misreported."""
    cell = read()
    if reason := why_not(cell):
        sys.exit(reason)
    found = both(cell)
    print(json.dumps(found))
    sys.exit(int(bool(found["void"] or found["wrong"])))


if __name__ == "__main__":
    main()
