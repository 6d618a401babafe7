"""Every benchmark of one errand still plays, at a size that says nothing of speed: what is looked at once in a while rots unseen."""

import json
import subprocess

import pytest

from tests.benchmarks import bench

pytestmark = pytest.mark.long
SMALL = {
    "gate": ["--people", "20"],
    "sealing": ["--people", "200"],
    "audience": ["--people", "2000"],
    "audit": ["--facts", "500"],
    "coverage": ["--deliveries", "2000", "--messages", "1", "--rounds", "1"],
    "load": ["--touches", "2000"],
    "windows": ["--authorities", "4", "--rules", "4"],
    "transport": ["--letters", "2000", "--rounds", "1"],  # fewer may take too little time to count
    "import": ["--people", "200"],
}


@pytest.mark.parametrize("name", bench.DRILLS)
def test_a_benchmark_plays_to_its_figures(name: str) -> None:
    played = subprocess.run([*bench.DRILLS[name].command, *SMALL[name]], capture_output=True, text=True, timeout=300, check=False)

    if "no PostgreSQL answers" in played.stderr:
        pytest.skip("no PostgreSQL answers, and this one asks for it")
    assert "Traceback" not in played.stderr, played.stderr
    assert all(json.loads(line) for line in played.stdout.splitlines())
    assert played.stdout
