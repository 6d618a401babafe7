"""The storm matrix: every cell has its command, a trial is smaller and no other, and the table says what was played."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.drills import Drill
from tests.processes import matrix, matrix_table, storm_cell
from tests.processes.matrix_table import Matrix
from workers import checker

WELL = dict.fromkeys(checker.FAULTS, 0) | {"unknown": 0}
FOUND = WELL | {
    "people": 20_000,
    "seed": 1,
    "seconds": 80.0,
    "kills": 70,
    "kills in mid-send": 40,
    "wipes": 3,
    "crashes": 0,
    "accepted without reply": 400,
    "quiet": WELL | {"seconds": 40.1},
    "times quiet": 2.0,
    "void": [],
    "wrong": [],
}
NAMES = ("storm-rabbit-kills-1", "storm-rabbit-kills-2", "storm-sqlite-kills-1")


@pytest.fixture
def small(tmp_path: Path) -> Matrix:
    drills = {name: Drill(name, []) for name in NAMES}
    return Matrix(drills, "# Storms", tmp_path / "MATRIX.md", tmp_path, {"rabbit": "Rabbit", "sqlite": "SQLite"}, {"kills": "killed"})


def keep(kept: Matrix, name: str, figures: str, passed: str = "yes") -> None:
    row = {"figures": figures, "minutes": "3.5", "day": "2026-11-26", "commit": "abc1234", "passed": passed}
    (kept.kept / f"{name}.json").write_text(json.dumps(row))


def told(**changed: Any) -> str:
    return json.dumps(FOUND | changed)


def test_a_cell_is_played_as_it_is_written_down_and_a_trial_differs_only_in_what_was_given() -> None:
    for cell in matrix.cells().values():
        assert storm_cell.read(cell.words) == cell

    whole, trial = matrix.cells()["storm-postfix-all-2"], matrix.drills(people=600)["storm-postfix-all-2"]
    assert storm_cell.read(trial.command[3:]) == replace(whole, people=600)
    assert (whole.seed, whole.relay, whole.kill_every, whole.wipe_every, whole.crash_every, whole.relay_every) == (
        2,
        "postfix",
        1,
        5,
        7,
        30,
    )


def test_every_engine_meets_every_harm_with_three_seeds_but_for_those_that_do_not_apply() -> None:
    assert len(matrix.cells()) == 3 * (len(matrix.ENGINES) * len(matrix.HARMS) - len(matrix.NOT_PLAYED))
    assert matrix.MATRIX.named(["storm-redis-all"]) == [f"storm-redis-all-{seed}" for seed in (1, 2, 3)]
    assert all(cell.people == 20_000 and cell.faults == "m7" for cell in matrix.cells().values())


def test_a_name_that_no_drill_has_plays_nothing(small: Matrix) -> None:
    with pytest.raises(SystemExit):
        small.named(["storm-rab"])


def test_the_table_sums_the_seeds_and_has_a_row_for_each(small: Matrix) -> None:
    keep(small, "storm-rabbit-kills-1", told())
    keep(small, "storm-rabbit-kills-2", told(seed=2, duplicated=1, kills=30, **{"times quiet": 2.46, "wrong": ["duplicated"]}), "NO")
    small.write_table()
    lines = small.table.read_text().splitlines()

    zeros = "0 / 0 / 0 / 0 / 0 / 0"
    summed = "2 seeds · 0 / 0 / 1 / 0 / 0 / 0 · unknown 0 · 100 kills, 80 in mid-send · 2.5 × · **duplicated**"
    assert f"| Rabbit | {zeros} · 40.1 to 40.1 s | {summed} |" in lines
    assert "| SQLite | – | – |" in lines
    told_once = f"| 20000 | {zeros} | 0 | 70 | 40 | 3 | 0 | – | 400 | – | 80.0 | 2.0 | 40.1 | {zeros} | 3.5 | 2026-11-26 | abc1234 | yes | nothing |"
    assert lines[-2] == f"| storm-rabbit-kills-1 {told_once}"
    assert lines[-1].startswith("| storm-rabbit-kills-2 | 20000 | 0 / 0 / 1 / 0 / 0 / 0 | 0 | 30 |")


def test_what_another_checkout_played_keeps_its_row_and_is_summed(small: Matrix) -> None:
    keep(small, "storm-rabbit-kills-1", told())
    small.write_table()
    before = small.table.read_text()
    (small.kept / "storm-rabbit-kills-1.json").unlink()
    small.write_table()
    assert small.table.read_text() == before

    keep(small, "storm-rabbit-kills-2", told(seed=2))
    keep(small, "storm-sqlite-kills-1", "killed by a full disk", "NO")
    small.write_table()
    assert "| 2 seeds · 0 / 0 / 0 / 0 / 0 / 0 · unknown 0 · 140 kills, 80 in mid-send · 2.0 × |" in small.table.read_text()
    assert "| SQLite | – | **could not be played** |" in small.table.read_text()


def test_a_cell_whose_figures_are_missing_has_no_six() -> None:
    assert matrix_table.cell([]) == matrix_table.quiet([]) == matrix_table.EMPTY
