"""The long drills, one after another: `make storms` plays what this commit has not played yet, and writes STORMS.md.

`python -m tests.processes.storms [NAME …]` plays those named, whatever was played before. The storm matrix is a programme of its own: see matrix.py.
"""

from pathlib import Path

from tests.drills import PYTEST, Drill, Programme, modules

WALKS = 5_000
own = modules("tests.processes")
DRILLS = {
    "walk": Drill(
        f"The gate's random walk, {WALKS:,} sequences",
        [*PYTEST, "tests/campaigns/agreement/test_the_gate_walk.py"],
        {"COUNTERSIGN_TEST_WALKS": str(WALKS)},
    ),
    "races": own("Two officers at once, 1,000 rounds a race, PostgreSQL", "races"),
    "kills": own("kill -9 of a worker in mid-send, three times in 2,000 letters", "kill_drill"),
    "ends": own("A worker killed with -9 in mid-send, and one asked to stop, 20 times each, PostgreSQL and RabbitMQ", "ending_drill"),
    "stops": own("A release withdrawn or stopped while three workers send it, ten times, PostgreSQL and RabbitMQ", "stop_drill"),
    "proofs": own("A rehearsal of 5,000, every letter held against its bundle", "proofs"),
    "bounces": own("A real Postfix returns five of 200 letters", "bounce_drill"),
    "unclear": own(
        "500 letters cut after their dot before a real Postfix, 500 whose log cannot be read, and 50 cut before their dot", "unclear_drill"
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
    "schedules": own(
        "200 schedules on each engine, three workers, one killed every few seconds; then one clock that jumps, and an outage",
        "schedule_drill",
    ),
    "windows": own(
        "350 authorities, each within its own next window before 30 June 2026, day by day across the May elections, on each engine",
        "window_drill",
    ),
    "scanner": own(
        "Every link of 2,000 letters opened as they arrive, first forms sent by Chromium, 1,000,000 tokens; then one person",
        "scanner_drill",
    ),
    "flood": own("10,000 requests a minute from one address while 2,000 letters go", "flood_drill"),
    "neighbours": own(
        "20 mail domains at 5 a second and two connections, one of them dead in four ways; a storm of refusals that clears; a greylist",
        "neighbour_drill",
    ),
    "imports": own("Imports killed with -9 at 10 random points on each engine, and two at once, 100 rounds", "import_drill"),
    "brokers": own(
        "A Redis that is down at the approval and killed every 20 s, one emptied every 5 s, RabbitMQ's queues deleted every 20 s; 1,600 letters each",
        "broker_drill",
    ),
    "databases": own(
        "SQLite's writer killed with -9 in mid-send, 50 times, the file looked through after each; PostgreSQL crashed every 7 s, its indexes at the end",
        "database_drill",
    ),
    "approvals": own(
        "The web process killed with -9 at 20 points around the second signature, 500 times over both engines; a button pressed twice, two browsers",
        "approval_drill",
    ),
    "sequences": own(
        "500 random sequences of stops, resumptions, kills and other settings while one release is sent by three workers", "pausing_drill"
    ),
    "disks": own(
        "The disk of database and journals full for a while, the journals read-only, and no file handle left, SQLite", "disk_drill"
    ),
    "storm-kills": own(
        "2,000 letters on PostgreSQL + RabbitMQ through a relay with the trial's faults: kill -9 of a random worker every second",
        "storm_cell",
    ),
    "soak": own("30 minutes of random harm over 12 overlapping releases", "soak_drill"),
}
HEADING = "# Storms\n\nThe last figures of the long drills. `make storms` plays them and writes this table."
STORMS = Programme(DRILLS, HEADING, Path(__file__).with_name("STORMS.md"), Path(".data/storms"))

if __name__ == "__main__":
    STORMS.main()
