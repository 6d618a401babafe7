"""How soon a stop is obeyed: a release is withdrawn while several workers send it, again and again, and the mail server says what it still took.

`python -m tests.processes.stop_drill` ends ten releases, five withdrawn and five stopped, and prints one JSON object; exit code 1 when a letter was accepted more than two
seconds after a withdrawal was committed, or a stopped one went on.
"""

import json
import sys
import time
from typing import Any

from campaigns.agreement import releases, schedules
from campaigns.foundation import clock
from tests.processes import clusters, storm_accounts, storm_scene
from tests.processes.clusters import Cluster
from tests.processes.storm_scene import Cell, Storm

ROUNDS = 5  # of each way to end it
LETTERS, PACE = 1500, 100.0
OBEYED_WITHIN = 2.0  # seconds
LOOKED_AT = 5.0


def play(cluster: Cluster, *, how: str, seed: int) -> dict[str, Any]:
    """Let it go, end it in the middle, and see what was accepted afterwards, and how late the last of it was."""
    cell = Cell(LETTERS, seed, quiet_for=LETTERS / PACE, faults="{}", kill_every=None)
    with storm_scene.opened(cell, cluster) as storm:
        storm.played.agree()
        while storm.played.tally()["accepted"] < LETTERS // 10:
            time.sleep(0.05)
        _end(storm, how)
        ended = time.time()
        time.sleep(LOOKED_AT)
        late = [line["at"] - ended for line in storm_accounts.read(storm.played.stage.journal) if line.get("reply", "").startswith("2")]
        return {"how": how, "accepted": len(late), "after": sum(one > 0 for one in late), "latest": round(max(late), 2)}


def _end(storm: Storm, how: str) -> None:
    database, release, cast = storm.played.stage.database, storm.played.release_id, storm.played.cast
    assert cast is not None
    hse, lacors = cast.signatories
    with database.transaction() as session:
        if how == "withdrawn":
            releases.withdraw(session, release, reason="It is wrong", by=lacors, at=clock.now())
        else:
            schedules.stop(session, release, by=hse, at=clock.now())


def main() -> None:
    """Both ways, in turn."""
    if reason := clusters.why_not():
        sys.exit(reason)
    with clusters.opened() as cluster:
        found = [play(cluster, how=how, seed=seed) for seed in range(ROUNDS) for how in ("withdrawn", "stopped")]
    figures = {
        "ends": len(found),
        "accepted after": sum(one["after"] for one in found),
        "latest, seconds after": max(one["latest"] for one in found),
        "wrong": [one for one in found if one["latest"] > OBEYED_WITHIN or one["accepted"] == LETTERS],
    }
    print(json.dumps(figures))
    sys.exit(int(bool(figures["wrong"])))


if __name__ == "__main__":
    main()
