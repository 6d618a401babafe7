"""The long drills, one after another, each kept with its last figures: `make storms` plays what this commit has not played yet.

`python -m tests.processes.storms [NAME …]` plays those named, whatever was played before; `--table` only writes STORMS.md again.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
TABLE, KEPT = HERE / "STORMS.md", Path(".data/storms")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
WALKS = 5_000

# Name → what it shows, its command, and its settings.
DRILLS: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "walk": (
        f"The gate's random walk, {WALKS:,} sequences",
        [*PYTEST, "tests/campaigns/agreement/test_the_gate_walk.py"],
        {"COUNTERSIGN_TEST_WALKS": str(WALKS)},
    ),
    "races": (
        "Two officers at once, 1,000 rounds a race, PostgreSQL",
        [sys.executable, "-m", "tests.processes.races", "--rounds", "1000"],
        {},
    ),
    "kills": ("kill -9 of a worker in mid-send, three times in 2,000 letters", [sys.executable, "-m", "tests.processes.kill_drill"], {}),
    "bundle": (
        "A rehearsal of 5,000; every message against its bundle",
        [sys.executable, "-m", "tests.processes.proofs", "--people", "5000"],
        {},
    ),
    "tampering": (
        "Every column of 200 random facts changed, one at a time, both engines",
        [*PYTEST, "tests/campaigns/foundation/test_audit.py"],
        {"COUNTERSIGN_TEST_CHANGED_ROWS": "200"},
    ),
}


def play(name: str) -> dict[str, str]:
    """Play one drill and keep its figures."""
    said, command, settings = DRILLS[name]
    began = time.monotonic()
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    kept = {
        "drill": said,
        "commit": _commit(),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": str(os.cpu_count()),
        "minutes": f"{(time.monotonic() - began) / 60:.1f}",
        "figures": _figures(done.stdout),
        "passed": "yes" if done.returncode == 0 else "NO",
    }
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
    (KEPT / f"{name}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return kept


def write_table() -> None:
    """STORMS.md, from what is kept; a drill not played here keeps the line it has."""
    rows = dict(line.split(" | ", 1) for line in _lines(TABLE) if " | " in line)
    for name in DRILLS:
        if (path := KEPT / f"{name}.json").exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            cells = [kept[column] for column in ("drill", "passed", "figures", "minutes", "cores", "day", "commit")]
            rows[f"| {name}"] = " | ".join(cells) + " |"
    table = "\n".join(f"{name} | {cells}" for name, cells in rows.items() if name.removeprefix("| ") in DRILLS)
    heading = "| name | drill | passed | figures | minutes | cores | day | commit |\n|---|---|---|---|---|---|---|---|"
    TABLE.write_text(
        f"# Storms\n\nThe last figures of the long drills (`make storms`; this table is written by it).\n\n{heading}\n{table}\n", "utf-8"
    )


def main() -> None:
    """Play what is asked for, or what this commit has not played; the exit code is 1 when one did not pass."""
    asked = [name for name in sys.argv[1:] if name in DRILLS]
    if "--table" not in sys.argv:
        for name in asked or [name for name in DRILLS if not _played(name)]:
            print(name, json.dumps(play(name)), flush=True)
    write_table()
    sys.exit(any(json.loads(path.read_text(encoding="utf-8"))["passed"] != "yes" for path in KEPT.glob("*.json")))


def _played(name: str) -> bool:
    path = KEPT / f"{name}.json"
    return path.exists() and json.loads(path.read_text(encoding="utf-8"))["commit"] == _commit()


def _commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


def _figures(output: str) -> str:
    """What a drill printed of itself: pytest's figures, or lines of JSON."""
    lines = output.splitlines()
    if any("= figures =" in line for line in lines):
        after = lines[next(place for place, line in enumerate(lines) if "= figures =" in line) + 1 :]
        lines = [line for line in after if not line.startswith(("=", "SKIPPED"))]
    else:
        lines = [line for line in lines if line.startswith("{")] or lines[-1:]
    return "; ".join(lines).replace("|", "/")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
