"""`python -m tests.attacks`: play every attack, and write ATTACKS.md from what was really recorded."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = Path(__file__).with_name("ATTACKS.md")
PLAYED = ["tests/attacks", "tests/web/test_attacks_on_pages.py"]
HEAD = """# Attacks

Written by `python -m tests.attacks` from what its tests recorded: what was tried, the sentence that refused it, the letters a real mail
server was given, and the letters of the same campaign without the attack. Those marked † are played in Chromium too
(tests/browser/test_passkeys.py); A15 to A17 also as races (tests/processes/races.py).

| attack | tried | refused with | letters at the mail server | control |
|---|---|---|---|---|
"""
IN_CHROMIUM = {"A1", "A3", "A6", "A23", "A30", "A31", "A36"}


def main() -> None:
    """Play, and write the table; the exit code is pytest's, or 1 when an attack of the list is missing."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as lines:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLAYED]
        done = subprocess.run(command, env=os.environ | {"COUNTERSIGN_TEST_ATTACKS": lines.name}, check=False)
        rows = sorted((json.loads(line) for line in lines.read().splitlines()), key=lambda row: (int(row[0].split()[0][1:]), row[1]))
    TABLE.write_text(HEAD + "".join(_line(*row) for row in rows), encoding="utf-8")
    found = {name for row in rows for name in row[0].split()}
    missing = [f"A{number}" for number in range(1, 39) if f"A{number}" not in found]
    if missing:
        print("missing:", *missing)
    sys.exit(done.returncode or bool(missing))


def _line(name: str, tried: str, refusal: str, sink: int, control: int) -> str:
    marked = " ".join(f"{one} †" if one in IN_CHROMIUM else one for one in name.split())
    cells = (marked, tried, re.sub(r"\s+", " ", refusal), str(sink), str(control))
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |\n"


if __name__ == "__main__":
    main()
