"""Where figures are kept until the table is written: the runs of one commit, and what else was found, each in a file of its own."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks import runs
from tests.benchmarks.runs import Run

FOLDER = Path(".data/bench/delivery")


@dataclass(frozen=True)
class Ledger:
    """Files in a folder; runs are kept by commit, so that no table mixes two."""

    commit: str
    folder: Path = FOLDER

    def keep(self, sender: str, turn: int, run: Run) -> None:
        """Keep one run, void or not."""
        self._write(self._path(sender, turn), asdict(run))

    def run(self, sender: str, turn: int) -> Run | None:
        """A run, if it was played."""
        found = self._read(self._path(sender, turn))
        return Run(**found) if found else None

    def is_played(self, sender: str, turn: int, letters: int) -> bool:
        """Whether a run of so many letters was played and counts; a void one is played again."""
        run = self.run(sender, turn)
        return run is not None and run.asked == letters and not runs.void(run)

    def runs(self, sender: str, turns: int) -> list[Run]:
        """Every run of a sender that was played."""
        return [run for turn in range(turns) if (run := self.run(sender, turn))]

    def note(self, name: str, figures: dict[str, Any]) -> None:
        """Keep what else was found, with this commit."""
        self._write(self.folder / f"{name}.json", figures | {"commit": self.commit})

    def noted(self, name: str) -> dict[str, Any] | None:
        """What was found last, at whatever commit it says."""
        return self._read(self.folder / f"{name}.json")

    def _path(self, sender: str, turn: int) -> Path:
        return self.folder / self.commit / f"{sender}-{turn}.json"

    def _write(self, path: Path, figures: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures), encoding="utf-8")

    def _read(self, path: Path) -> dict[str, Any] | None:
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def of_this_commit() -> Ledger:
    """The ledger of what is checked out."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return Ledger(done.stdout.strip())
