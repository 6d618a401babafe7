"""The benchmarks, one after another: `make bench` plays what this commit has not played yet, and writes BENCHMARKS.md.

`python -m tests.benchmarks.bench [NAME …]` plays those named, whatever was played before. A figure means little on a busy machine.
"""

from pathlib import Path

from tests.drills import Programme, modules

own = modules("tests.benchmarks")
DRILLS = {
    "gate": own("Gate and leaf check, CPU a recipient beyond the body's hash", "gate_cost"),
    "sealing": own("Sealing 100,000 recipients", "sealing_cost"),
    "audience": own("Counting an audience among 1,000,000 people", "audience_cost"),
    "audit": own("Verifying a log of 1,000,000 facts", "audit_cost"),
    "coverage": own(
        "Coverage of 408 authorities, 8 roles and 50 messages looked at; 1,000,000 deliveries recounted; seconds", "coverage_cost"
    ),
    "load": own("Contact load over 1,000,000 touches", "load_cost"),
    "windows": own("A year's windows of 408 authorities with 50 rules each; at most 1 s of CPU", "windows_cost"),
    "transport": own(
        "A letter of 20 kB on the wire, one connection, a sink in Python on loopback: median, smallest, largest", "transport_cost"
    ),
    "import": own("Importing 100,000 people on each engine", "import_cost"),
}
HEADING = "# Benchmarks\n\nThe last figures of `make bench`, which writes this table."
BENCH = Programme(DRILLS, HEADING, Path(__file__).with_name("BENCHMARKS.md"), Path(".data/bench"))

if __name__ == "__main__":
    BENCH.main()
