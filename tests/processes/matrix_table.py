"""The table of the storm matrix: a row an engine, a column a harm, and below it what was played when, and how much harm landed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.drills import Programme
from workers import checker

Figures = dict[str, Any]
EMPTY, NO_SUCH = "–", "not among them"
HARM = ("kills", "kills in mid-send", "wipes", "crashes", "kills of Postfix", "accepted without reply", "handed on twice by Postfix")
PLAYED = ("people", "seed", *HARM, "seconds", "times quiet")
COLUMNS = ("cell", *PLAYED, "minutes", "day", "commit", "passed")


@dataclass(frozen=True)
class Matrix(Programme):
    """Cells named storm-ENGINE-HARM-SEED; what each engine and harm is called."""

    engines: Mapping[str, str]
    harms: Mapping[str, str]

    def write_table(self) -> None:
        """Both tables, from what is kept; a cell that was not played here keeps what it says."""
        before = self.table.read_text("utf-8").splitlines() if self.table.exists() else []
        was = {row[0]: row[1:] for row in map(_row, before) if row}
        kept = {name: [one for one in (self._last(f"{name}-{seed}") for seed in (1, 2, 3)) if one] for name in self._cells()}
        head = ["engine", "no fault", *self.harms.values()]
        lines = [_line(head), _line(["---"] * len(head))]
        for engine, said in self.engines.items():
            lines.append(_line([said, *self._cells_of(engine, kept, was.get(said, []))]))
        lines += ["", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        for name, played in kept.items():
            if played:
                lines.append(_line(details(name, played)))
            elif name in was:
                lines.append(_line([name, *was[name]]))
        self.table.write_text("\n".join([self.heading, "", *lines, ""]), encoding="utf-8")

    def _cells(self) -> list[str]:
        return list(dict.fromkeys(name.rpartition("-")[0] for name in self.drills))

    def _cells_of(self, engine: str, kept: Mapping[str, list[dict[str, str]]], was: Sequence[str]) -> list[str]:
        """An engine's cells, the one without harm first."""
        mine = [kept.get(f"storm-{engine}-{harm}", []) for harm in self.harms]
        there = [f"storm-{engine}-{harm}" in kept for harm in self.harms]
        new = [
            quiet([one for played in mine for one in played]),
            *(cell(one) if so else NO_SUCH for one, so in zip(mine, there, strict=True)),
        ]
        return [now if now != EMPTY else old for now, old in zip(new, [*was, *[EMPTY] * (len(new) - len(was))], strict=True)]


def cell(played: Sequence[dict[str, str]]) -> str:
    """What a cell says of its seeds together."""
    found = [_figures(one) for one in played]
    if not found:
        return EMPTY
    if not all(found):
        return "**could not be played**"
    wrong = sorted({reason for one in found for reason in (*one["void"], *one["wrong"])})
    said = f"{six(found)} · unknown {_sum(found, 'unknown')} · {_sum(found, 'kills')} kills, {_sum(found, 'kills in mid-send')} in mid-send"
    return f"{said} · {max(one['times quiet'] for one in found):.1f} ×" + (f" · **{'; '.join(wrong)}**" if wrong else "")


def quiet(played: Sequence[dict[str, str]]) -> str:
    """What the quiet runs say: each seed's is played once."""
    found = {one["seed"]: one["quiet"] for one in map(_figures, played) if one}
    if not found:
        return EMPTY
    return (
        f"{six([*found.values()])} · unknown {_sum([*found.values()], 'unknown')} · {_list([one['seconds'] for one in found.values()])} s"
    )


def six(found: Sequence[Figures]) -> str:
    """The checker's six, summed."""
    return " / ".join(str(_sum(found, fault)) for fault in checker.FAULTS)


def details(name: str, played: Sequence[dict[str, str]]) -> list[str]:
    """When a cell was played, and the harm of each seed."""
    found = [_figures(one) for one in played]
    figures = [_list([one.get(column, EMPTY) for one in found]) for column in PLAYED]
    return [name, *figures, *(_list([one[column] for one in played]) for column in ("minutes", "day", "commit", "passed"))]


def _sum(found: Sequence[Figures], name: str) -> int:
    return sum(one[name] for one in found)


def _list(values: Sequence[Any]) -> str:
    """Each seed's, or the one that all have."""
    return ", ".join(map(str, values if len(set(values)) > 1 else values[:1]))


def _figures(one: dict[str, str]) -> Figures:
    """What it printed; nothing when it could not be played."""
    try:
        found: Figures = json.loads(one["figures"])
    except ValueError:
        return {}
    return found


def _line(parts: Sequence[str]) -> str:
    return f"| {' | '.join(parts)} |"


def _row(line: str) -> list[str]:
    return line.removeprefix("| ").removesuffix(" |").split(" | ") if line.startswith("| ") else []
