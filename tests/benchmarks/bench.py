"""The benchmarks, one after another: `make bench` plays what this commit has not played yet, and writes BENCHMARKS.md.

`python -m tests.benchmarks.bench [NAME …]` plays those named, whatever was played before. A figure means little on a busy machine.
"""

import sys
from pathlib import Path

from tests.drills import Drill, Programme

DRILLS = {
    "gate": Drill("Gate and leaf check, CPU a recipient beyond the body's hash", [sys.executable, "-m", "tests.benchmarks.gate_cost"]),
    "sealing": Drill("Sealing 100,000 recipients", [sys.executable, "-m", "tests.benchmarks.sealing_cost"]),
    "audience": Drill("Counting an audience among 1,000,000 people", [sys.executable, "-m", "tests.benchmarks.audience_cost"]),
    "audit": Drill("Verifying a log of 1,000,000 facts", [sys.executable, "-m", "tests.benchmarks.audit_cost"]),
    "coverage": Drill(
        "Coverage of 408 authorities, 8 roles and 50 messages looked at; 1,000,000 deliveries recounted; seconds",
        [sys.executable, "-m", "tests.benchmarks.coverage_cost"],
    ),
    "load": Drill("Contact load over 1,000,000 touches", [sys.executable, "-m", "tests.benchmarks.load_cost"]),
    "windows": Drill(
        "A year's windows of 408 authorities with 50 rules each; at most 1 s of CPU",
        [sys.executable, "-m", "tests.benchmarks.windows_cost"],
    ),
    "transport": Drill(
        "A letter of 20 kB on the wire, one connection, a sink in Python on loopback: median, smallest, largest",
        [sys.executable, "-m", "tests.benchmarks.transport_cost"],
    ),
    "import": Drill("Importing 100,000 people on each engine", [sys.executable, "-m", "tests.benchmarks.import_cost"]),
}
HEADING = "# Benchmarks\n\nThe last figures of `make bench`, which writes this table."
BENCH = Programme(DRILLS, HEADING, Path(__file__).with_name("BENCHMARKS.md"), Path(".data/bench"))

if __name__ == "__main__":
    BENCH.main()
