"""The long drills, one after another: `make storms` plays what this commit has not played yet, and writes STORMS.md.

`python -m tests.processes.storms [NAME …]` plays those named, whatever was played before. The storm matrix is a programme of its own: see matrix.py.
"""

import sys
from pathlib import Path

from tests.drills import PYTEST, Drill, Programme

WALKS = 5_000
DRILLS = {
    "walk": Drill(
        f"The gate's random walk, {WALKS:,} sequences",
        [*PYTEST, "tests/campaigns/agreement/test_the_gate_walk.py"],
        {"COUNTERSIGN_TEST_WALKS": str(WALKS)},
    ),
    "races": Drill("Two officers at once, 1,000 rounds a race, PostgreSQL", [sys.executable, "-m", "tests.processes.races"]),
    "kills": Drill("kill -9 of a worker in mid-send, three times in 2,000 letters", [sys.executable, "-m", "tests.processes.kill_drill"]),
    "ends": Drill(
        "A worker killed with -9 in mid-send, and one asked to stop, 20 times each, PostgreSQL and RabbitMQ",
        [sys.executable, "-m", "tests.processes.ending_drill"],
    ),
    "stops": Drill(
        "A release withdrawn or stopped while three workers send it, ten times, PostgreSQL and RabbitMQ",
        [sys.executable, "-m", "tests.processes.stop_drill"],
    ),
    "proofs": Drill("A rehearsal of 5,000, every letter held against its bundle", [sys.executable, "-m", "tests.processes.proofs"]),
    "bounces": Drill("A real Postfix returns five of 200 letters", [sys.executable, "-m", "tests.processes.bounce_drill"]),
    "unclear": Drill(
        "500 letters cut after their dot before a real Postfix, 500 whose log cannot be read, and 50 cut before their dot",
        [sys.executable, "-m", "tests.processes.unclear_drill"],
    ),
    "tampering": Drill(
        "Every column of 200 random facts changed, one at a time, on both engines",
        [*PYTEST, "tests/campaigns/foundation/test_audit.py"],
        {"COUNTERSIGN_TEST_CHANGED_ROWS": "200"},
    ),
    "coverage": Drill(
        "Coverage against an independent count: 10,000 random events heard in random order with repeats, three seeds, on both engines",
        [*PYTEST, "tests/audiences/test_coverage_oracle.py"],
        {"COUNTERSIGN_TEST_LEDGER_EVENTS": "10000", "COUNTERSIGN_TEST_LEDGER_SEEDS": "2026 408 350"},
    ),
    "schedules": Drill(
        "200 schedules on each engine, three workers, one killed every few seconds; then one clock that jumps, and an outage",
        [sys.executable, "-m", "tests.processes.schedule_drill"],
    ),
    "windows": Drill(
        "350 authorities, each within its own next window before 30 June 2026, day by day across the May elections, on each engine",
        [sys.executable, "-m", "tests.processes.window_drill"],
    ),
    "scanner": Drill(
        "Every link of 2,000 letters opened as they arrive, first forms sent by Chromium, 1,000,000 tokens; then one person",
        [sys.executable, "-m", "tests.processes.scanner_drill"],
    ),
    "flood": Drill(
        "10,000 requests a minute from one address while 2,000 letters go", [sys.executable, "-m", "tests.processes.flood_drill"]
    ),
    "neighbours": Drill(
        "20 mail domains at 5 a second and two connections, one of them dead in four ways; a storm of refusals that clears; a greylist",
        [sys.executable, "-m", "tests.processes.neighbour_drill"],
    ),
    "imports": Drill(
        "Imports killed with -9 at 10 random points on each engine, and two at once, 100 rounds",
        [sys.executable, "-m", "tests.processes.import_drill"],
    ),
    "brokers": Drill(
        "A Redis that is down at the approval and killed every 20 s, one emptied every 5 s, RabbitMQ's queues deleted every 20 s; 1,600 letters each",
        [sys.executable, "-m", "tests.processes.broker_drill"],
    ),
    "databases": Drill(
        "SQLite's writer killed with -9 in mid-send, 50 times, the file looked through after each; PostgreSQL crashed every 7 s, its indexes at the end",
        [sys.executable, "-m", "tests.processes.database_drill"],
    ),
    "approvals": Drill(
        "The web process killed with -9 at 20 points around the second signature, 500 times over both engines; a button pressed twice, two browsers",
        [sys.executable, "-m", "tests.processes.approval_drill"],
    ),
    "sequences": Drill(
        "500 random sequences of stops, resumptions, kills and other settings while one release is sent by three workers",
        [sys.executable, "-m", "tests.processes.pausing_drill"],
    ),
    "disks": Drill(
        "The disk of database and journals full for a while, the journals read-only, and no file handle left, SQLite",
        [sys.executable, "-m", "tests.processes.disk_drill"],
    ),
    "storm-kills": Drill(
        "2,000 letters on PostgreSQL + RabbitMQ through a relay with the trial's faults: kill -9 of a random worker every second",
        [sys.executable, "-m", "tests.processes.storm_cell"],
    ),
    "soak": Drill("30 minutes of random harm over 12 overlapping releases", [sys.executable, "-m", "tests.processes.soak_drill"]),
}
HEADING = "# Storms\n\nThe last figures of the long drills. `make storms` plays them and writes this table."
STORMS = Programme(DRILLS, HEADING, Path(__file__).with_name("STORMS.md"), Path(".data/storms"))

if __name__ == "__main__":
    STORMS.main()
