"""Long drills with figures: plays what this commit has not played yet, keeps what each printed, and writes a table to commit."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
COLUMNS = ("drill", "passed", "figures", "minutes", "cores", "day", "commit")


@dataclass(frozen=True)
class Drill:
    """What it shows, its command, and its settings."""

    said: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)


def modules(package: str) -> Callable[[str, str], Drill]:
    """Makes drills of a package's modules: of what each shows, and its module's name."""
    return lambda said, name: Drill(said, [sys.executable, "-m", f"{package}.{name}"])


@dataclass(frozen=True)
class Programme:
    """Drills by name, the table their last figures go into, and where they are kept meanwhile."""

    drills: Mapping[str, Drill]
    heading: str
    table: Path
    kept: Path

    def main(self) -> None:
        """Play the drills named, or what this commit has not played; `--table` plays none. The exit code is 1 when one did not pass."""
        asked = self.named([word for word in sys.argv[1:] if not word.startswith("--")])
        if "--table" not in sys.argv:
            for name in asked or [name for name in self.drills if not self._played(name)]:
                print(name, json.dumps(self.play(name)), flush=True)
        self.write_table()
        sys.exit(any(kept["passed"] != "yes" for name in self.drills if (kept := self._last(name))))

    def named(self, words: Sequence[str]) -> list[str]:
        """The drills of these names, or whose names begin so: `storm-redis` is `storm-redis-all-1`, too. Refuses a word that names none."""
        found = {word: [name for name in self.drills if f"{name}-".startswith(f"{word}-")] for word in words}
        if nothing := [word for word, names in found.items() if not names]:
            sys.exit(f"{', '.join(nothing)}: there is no such drill. There are: {', '.join(self.drills)}")
        return list(dict.fromkeys(name for names in found.values() for name in names))

    def play(self, name: str) -> dict[str, str]:
        """Play one drill and keep its figures."""
        drill, began = self.drills[name], time.monotonic()
        done = subprocess.run(drill.command, env=os.environ | drill.settings, capture_output=True, text=True, check=False)
        kept = {
            "drill": drill.said,
            "passed": "yes" if done.returncode == 0 else "NO",
            "figures": _figures(done.stdout),
            "minutes": f"{(time.monotonic() - began) / 60:.1f}",
            "cores": str(os.cpu_count()),
            "day": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": commit(),
        }
        self.kept.mkdir(parents=True, exist_ok=True)
        (self.kept / f"{name}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        (self.kept / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
        return kept

    def write_table(self) -> None:
        """The table, from what is kept; a drill not played here keeps the line it has."""
        lines = self.table.read_text("utf-8").splitlines() if self.table.exists() else []
        rows = {line.split(" | ")[0]: line for line in lines}
        for name in self.drills:
            if kept := self._last(name):
                rows[f"| {name}"] = " | ".join([f"| {name}", *(kept[column] for column in COLUMNS)]) + " |"
        head = [self.heading, "", f"| name | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
        body = [rows[f"| {name}"] for name in self.drills if f"| {name}" in rows]
        self.table.write_text("\n".join([*head, *body, ""]), encoding="utf-8")

    def _last(self, name: str) -> dict[str, str] | None:
        path = self.kept / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def _played(self, name: str) -> bool:
        kept = self._last(name)
        return kept is not None and (kept["commit"], kept["passed"]) == (commit(), "yes")


def commit() -> str:
    """The last one that changed more than words, so that a table may be committed between two drills."""
    command = ["git", "log", "-1", "--format=%h", "--", ".", ":(exclude)*.md"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _figures(output: str) -> str:
    """What a drill printed of itself: pytest's figures, or lines of JSON, or its last line."""
    lines = output.splitlines()
    if place := next((number for number, line in enumerate(lines) if "= figures =" in line), 0):
        shown = [line for line in lines[place + 1 :] if not line.startswith(("=", "SKIPPED"))]
    else:
        shown = [line for line in lines if line.startswith("{")] or lines[-1:]
    return "; ".join(shown).replace("|", "/")
