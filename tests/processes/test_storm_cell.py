"""A cell of the storm matrix with 2,000 letters, and small ones: workers killed, a relay that misbehaves, and every letter accounted for."""

import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.processes import clusters, storm_accounts, storm_cell, storm_scene
from tests.processes.storm_scene import Cell

pytestmark = pytest.mark.long
FAULTS = '{"no reply": 0.08, "450 at RCPT": 0.03, "451 after the dot": 0.03, "cut in DATA": 0.02}'  # so few letters need more of them
SMALL = Cell(people=50, seed=5, faults=FAULTS, quiet_for=8.0, kill_every=3.0)
CELLS = {
    "PostgreSQL and RabbitMQ, 2,000 letters": Cell(),
    "PostgreSQL and Redis, emptied": replace(SMALL, broker="redis", wipe_every=2.0),
    "SQLite and memory, killed as it writes": replace(SMALL, engine="sqlite", broker="memory", workers=1, crash_every=6.0),
    "through a real Postfix, killed": replace(SMALL, relay="postfix", people=100, relay_every=6.0),
}


@pytest.mark.parametrize("name", CELLS)
def test_kills_and_faults_lose_nothing_double_nothing_and_what_is_unclear_is_said_to_be(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    cell = CELLS[name]
    if reason := storm_cell.why_not(cell):
        pytest.skip(reason)
    with ExitStack() as stack:
        cluster = stack.enter_context(clusters.opened()) if cell.engine == "postgresql" else None
        found = storm_cell.play(cell, cluster, limit=6 * cell.quiet_for + 3 * storm_scene.LEASE)

    record_property("figure", f"storm cell: {found}")
    assert storm_accounts.wrong(found, math.inf, lease=storm_scene.LEASE) == [], found  # how long it took is for `make storms` to judge
    void = storm_accounts.void(found, cell.quiet_for, least_quiet=0, least_kills=max(cell.least_kills, 1))
    void += [f"no {name}" for name, every in _harm(cell).items() if every and not found[name]]
    if void:  # a machine too busy for workers to live long enough shows nothing, and nothing wrong
        pytest.skip(f"the harm did not land: {'; '.join(void)}")


def _harm(cell: Cell) -> dict[str, float | None]:
    return {"wipes": cell.wipe_every, "crashes": cell.crash_every} | ({"kills of Postfix": cell.relay_every} if cell.relay_every else {})
