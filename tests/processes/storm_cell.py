"""One cell of the storm matrix: a whole release sent while workers are killed, the broker wiped, the database crashed and the relay misbehaves.

`python -m tests.processes.storm_cell` plays the quiet run first, then the storm, and prints one JSON object: the six figures of the
checker, what stayed unknown, and the harm that landed. `--people 600 --seed 7 --wipe-every 5 --crash-every 7 --engine sqlite --broker memory`
change the cell. The workers read what the sink wrote down as Postfix would, and resolve by it what is unclear; with `--log no` nobody can, so
that what is unclear is held for an officer: shown, never guessed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.processes import clusters, services, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import LEASE, Cell

LOOK_EVERY = 0.05
CALM = 300.0  # seconds without harm in which a storm that was not over in time comes to its end
STILL_FOR = 3.0  # seconds in which something might wrongly be sent again


def play(cell: Cell, cluster: Cluster | None, *, limit: float) -> dict[str, Any]:
    """Send it through whatever harm the cell names; gives the figures. After the limit in seconds nothing more is done to it, so that what
    is counted as lost is lost, and not late.
    """
    with storm_scene.opened(cell, cluster) as storm:
        harm = {storm.kill: cell.kill_every, storm.wipe: cell.wipe_every, storm.crash: cell.crash_every}
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
        quiet = play(cell.quiet, cluster, limit=10 * cell.quiet_for)
        found = play(cell, cluster, limit=6 * quiet["seconds"] + 3 * LEASE)
    calm = {"seconds": quiet["seconds"], **storm_accounts.six(quiet)}
    said = {"quiet": calm, "times quiet": round(found["seconds"] / quiet["seconds"], 2)}
    reasons = storm_accounts.void(found, quiet["seconds"], least_quiet=min(30.0, cell.quiet_for), least_kills=cell.least_kills)
    return {**found, **said, "void": reasons, "wrong": storm_accounts.wrong(found, quiet["seconds"], lease=LEASE)}


def why_not(cell: Cell) -> str:
    """Why this cell cannot be played here; empty when it can."""
    if cell.broker_url and not services.answers(cell.broker_url):
        return f"no {cell.broker} answers"
    return clusters.why_not() if cell.engine == "postgresql" else ""


def main() -> None:
    """Play a cell and print it; the exit code is 1 when it is void, or when anything was lost, doubled, altered, unsigned or misreported."""
    parser = argparse.ArgumentParser(description=__doc__)
    for word, kind in (
        ("people", int),
        ("seed", int),
        ("engine", str),
        ("broker", str),
        ("workers", int),
        ("quiet-for", float),
        ("faults", str),
        ("log", str),
    ):
        parser.add_argument(f"--{word}", type=kind, default=getattr(Cell, word.replace("-", "_")))
    for word in ("kill", "wipe", "crash"):
        parser.add_argument(f"--{word}-every", type=float, default=getattr(Cell, f"{word}_every"))
    cell = Cell(**vars(parser.parse_args()))
    if reason := why_not(cell):
        sys.exit(reason)
    found = both(cell)
    print(json.dumps(found))
    sys.exit(int(bool(found["void"] or found["wrong"])))


if __name__ == "__main__":
    main()
