"""The table of the storm matrix: a row an engine, a column a harm; both are summed from the rows below, one for each cell and seed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.drills import Programme
from workers import checker

Row = Mapping[str, str]
EMPTY, NO_SUCH = "–", "not among them"
FAULTS = ("six figures", "unknown")
HARM = ("kills", "kills in mid-send", "wipes", "crashes", "kills of Postfix", "accepted without reply", "handed on twice by Postfix")
PLAYED = ("minutes", "day", "commit", "passed")
COLUMNS = (
    "cell",
    "people",
    *FAULTS,
    *HARM,
    "seconds",
    "times quiet",
    "quiet seconds",
    "six figures when quiet",
    *PLAYED,
    "what went wrong",
)


@dataclass(frozen=True)
class Matrix(Programme):
    """Cells named storm-ENGINE-HARM-SEED; what each engine and harm is called."""

    engines: Mapping[str, str]
    harms: Mapping[str, str]

    def write_table(self) -> None:
        """Both tables, from what is kept; a cell with a seed that was not played here keeps its row."""
        rows = self._written() | {name: row_of(name, kept) for name in self.drills if (kept := self._last(name))}
        rows = {name: rows[name] for name in self.drills if name in rows}
        above = [[said, *self._cells_of(engine, rows)] for engine, said in self.engines.items()]
        below = [[row[column] for column in COLUMNS] for row in rows.values()]
        tables = _table(["engine", "no fault", *self.harms.values()], above), _table(COLUMNS, below)
        self.table.write_text("\n\n".join([self.heading, *tables]) + "\n", encoding="utf-8")

    def _written(self) -> dict[str, Row]:
        """The rows that the table has already."""
        lines = self.table.read_text("utf-8").splitlines() if self.table.exists() else []
        cut = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines if line.startswith("| storm-")]
        return {parts[0]: dict(zip(COLUMNS, parts, strict=True)) for parts in cut}

    def _cells_of(self, engine: str, rows: Mapping[str, Row]) -> list[str]:
        """An engine's cells, the one without harm first."""
        mine = [[rows[name] for name in self._seeds(engine, harm) if name in rows] for harm in self.harms]
        there = [bool(self._seeds(engine, harm)) for harm in self.harms]
        calm = quiet([row for played in mine for row in played])
        return [calm, *(cell(played) if so else NO_SUCH for played, so in zip(mine, there, strict=True))]

    def _seeds(self, engine: str, harm: str) -> list[str]:
        return [name for name in self.drills if name.startswith(f"storm-{engine}-{harm}-")]


def row_of(name: str, kept: Mapping[str, str]) -> Row:
    """What a cell with its seed printed, as its row; one that could not be played has no figures."""
    found = _figures(kept["figures"])
    own = {column: str(found.get(column, EMPTY)) for column in COLUMNS}
    if found:
        reasons = "; ".join([*found["void"], *found["wrong"]])
        calm = {"quiet seconds": str(found["quiet"]["seconds"]), "six figures when quiet": six(found["quiet"])}
        own |= calm | {"six figures": six(found), "what went wrong": reasons or "nothing"}
    return own | {"cell": name} | {column: kept[column] for column in PLAYED}


def six(found: Mapping[str, Any]) -> str:
    """The checker's six of one run."""
    return " / ".join(str(found[fault]) for fault in checker.FAULTS)


def cell(played: Sequence[Row]) -> str:
    """What a cell says of its seeds together."""
    if not played:
        return EMPTY
    if any(row["six figures"] == EMPTY for row in played):
        return "**could not be played**"
    wrong = "; ".join(sorted({row["what went wrong"] for row in played} - {"nothing"}))
    said = f"{_seeds_said(played)} · {_sixes(played, 'six figures')} · unknown {_sum(played, 'unknown')}"
    harm = f"{_sum(played, 'kills')} kills, {_sum(played, 'kills in mid-send')} in mid-send"
    return f"{said} · {harm} · {max(float(row['times quiet']) for row in played):.1f} ×" + (f" · **{wrong}**" if wrong else "")


def quiet(played: Sequence[Row]) -> str:
    """What the quiet runs say, and how long the shortest and the longest took in seconds."""
    found = [row for row in played if row["six figures"] != EMPTY]
    if not found:
        return EMPTY
    seconds = sorted(float(row["quiet seconds"]) for row in found)
    return f"{_sixes(found, 'six figures when quiet')} · " + (f"{seconds[0]} to {seconds[-1]} s" if seconds[1:] else f"{seconds[0]} s")


def _seeds_said(played: Sequence[Row]) -> str:
    return f"{len(played)} seed{'s' if played[1:] else ''}"


def _sixes(played: Sequence[Row], column: str) -> str:
    """The checker's six, summed."""
    return " / ".join(str(sum(map(int, each))) for each in zip(*(row[column].split(" / ") for row in played), strict=True))


def _sum(played: Sequence[Row], column: str) -> int:
    return sum(int(row[column]) for row in played)


def _figures(printed: str) -> dict[str, Any]:
    """What it printed; nothing when it could not be played."""
    try:
        found: dict[str, Any] = json.loads(printed)
    except ValueError:
        return {}
    return found


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(parts)} |" for parts in (head, ["---"] * len(head), *rows))
