"""The storm matrix, cell by cell: `make storms` plays what this commit has not played yet, and writes MATRIX.md.

`python -m tests.processes.matrix storm-redis-all-2` plays one cell with one seed, `storm-redis-all` all its seeds, `storm-redis` a whole row.
`--people 600 --quiet-for 12` after a name is a trial: smaller, printed, and kept nowhere. `--table` only writes.
"""

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.drills import Drill
from tests.processes.matrix_table import Matrix
from tests.processes.storm_scene import Cell

SEEDS = (1, 2, 3)
WHOLE = Cell(people=20_000)
ENGINES = {
    "rabbit": ("PostgreSQL + RabbitMQ", WHOLE),
    "redis": ("PostgreSQL + Redis", replace(WHOLE, broker="redis")),
    "sqlite": ("SQLite + in-memory broker, one worker", replace(WHOLE, engine="sqlite", broker="memory", workers=1, kill_every=2.0)),
    "postfix": ("PostgreSQL + RabbitMQ, through a real Postfix", replace(WHOLE, relay="postfix", quiet_for=100.0)),
}
WIPES, CRASHES, POSTFIX, CALM = {"wipe_every": 5.0}, {"crash_every": 7.0}, {"relay_every": 30.0}, {"kill_every": None}
HARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "faults": ("the relay misbehaves", CALM),
    "kills": ("that, and kill -9 of a worker", {}),
    "wipes": ("kills, and the broker emptied every 5 s", WIPES),
    "crashes": ("kills, and the database crashed every 7 s", CRASHES),
    "all": ("all at once", WIPES | CRASHES),
    "nolog": ("kills, and no log to read", {"log": "no"}),
}
NOT_PLAYED = {("sqlite", "wipes"), ("redis", "nolog"), ("sqlite", "nolog"), ("postfix", "nolog")}
OWN: dict[tuple[str, str], dict[str, Any]] = {  # what an engine adds to a harm, or has in place of it
    ("postfix", "faults"): POSTFIX,
    ("postfix", "all"): POSTFIX,
    ("sqlite", "all"): {"wipe_every": None},
}
ABOUT = f"""# The storm matrix

{WHOLE.people:,} letters through a relay with the trial's faults, for each engine (row) and harm (column). `make storms` plays what this commit
has not played yet, and writes this. In a cell: letters lost / unexpected / duplicated / altered / unsigned / in disagreement, summed over the seeds that
were played; how many stayed unknown; kills of a worker, and how many fell in mid-send; how many times as long as the quiet run it took, at most.
A storm is void when the quiet run took under 30 s, under 20 kills fell in mid-send (where workers are killed), or no letter was accepted without reply.

* *The broker emptied*: our queues are deleted from RabbitMQ; everything is deleted from Redis. The in-memory broker goes with its worker.
* *Kills*: of one of three workers each second; SQLite has one worker, who needs most of a second to begin, and is killed every two seconds.
* *The database crashed*: PostgreSQL's `immediate` stop. SQLite has no server: the worker is killed while it holds the write lock.
* *Through a real Postfix*: the faults are those of a wire before it, and behind it a sink sees every octet that comes out. In *the relay misbehaves*
  and *all at once* Postfix itself is killed with -9 every 30 s. A letter is duplicated when Postfix took it from us under two queue ids; what it
  handed on twice by itself after such an end is its own, and counted apart. Of a letter that it had begun when it was killed its log may say no
  more: so many may stay unknown there, held for an officer, as it had workers to serve at each kill."""


def cells() -> dict[str, Cell]:
    """Every cell with every seed, by name."""
    places = [(engine, harm) for engine in ENGINES for harm in HARMS if (engine, harm) not in NOT_PLAYED]
    return {
        f"storm-{engine}-{harm}-{seed}": replace(ENGINES[engine][1], seed=seed, **(HARMS[harm][1] | OWN.get((engine, harm), {})))
        for engine, harm in places
        for seed in SEEDS
    }


def drills(**changed: Any) -> dict[str, Drill]:
    """The same as commands; what is given is changed in each."""
    return {name: Drill(name, _command(replace(cell, **changed))) for name, cell in cells().items()}


def _command(cell: Cell) -> list[str]:
    return [sys.executable, "-m", "tests.processes.storm_cell", *cell.words]


MATRIX = Matrix(
    drills(),
    ABOUT,
    Path(__file__).with_name("MATRIX.md"),
    Path(".data/storms"),
    {name: said for name, (said, _) in ENGINES.items()},
    {name: said for name, (said, _) in HARMS.items()},
)


def main() -> None:
    """Play those named, or what is not played; the exit code is 1 when one did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--people", type=int)
    parser.add_argument("--quiet-for", type=float)
    given = parser.parse_args()
    changed = {name: value for name in ("people", "quiet_for") if (value := getattr(given, name))}
    if not changed:
        MATRIX.main()
    trials = drills(**changed)
    sys.exit(max([subprocess.run(trials[name].command, check=False).returncode for name in MATRIX.named(given.names)], default=0))


if __name__ == "__main__":
    main()
