"""A cell of the storm matrix, in short: workers killed every second and a relay that misbehaves, and every letter accounted for."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.processes import clusters, storm_accounts, storm_cell, storm_scene
from tests.processes.storm_scene import Cell

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.long]
FAULTS = '{"no reply": 0.08, "450 at RCPT": 0.03, "451 after the dot": 0.03, "cut in DATA": 0.02}'  # so few letters need more of them
PACED = 8.0  # seconds
SHORT = Cell(people=50, seed=5, faults=FAULTS, quiet_for=PACED, kill_every=3.0)
CELLS = {
    "PostgreSQL and RabbitMQ": SHORT,
    "SQLite and memory": replace(SHORT, engine="sqlite", broker="memory", workers=1),
}


@pytest.mark.parametrize("name", CELLS)
def test_kills_and_faults_lose_nothing_double_nothing_and_what_is_unclear_is_said_to_be(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    cell = CELLS[name]
    if reason := storm_cell.why_not(cell):
        pytest.skip(reason)
    if cell.engine == "postgresql":
        with clusters.opened() as cluster:
            found = storm_cell.play(cell, cluster, limit=60)
    else:
        found = storm_cell.play(cell, None, limit=60)

    record_property("figure", f"storm cell: {found}")
    assert storm_accounts.void(found, PACED, least_quiet=0, least_kills=1) == []
    assert storm_accounts.wrong(found, math.inf, lease=storm_scene.LEASE) == []  # how long it took is for `make storms` to judge
