"""The board a layout is tried on: hexagonal cells with their places, exchanged until true neighbours stand side by side.

A cell is a column `q` and a row `r`; cells that touch are 1 apart.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

SEED, ROUNDS = 361, 1_500_000
HOTTEST, COLDEST = 3.0, 0.02
DIRECTIONS = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
SIN60 = math.sqrt(3) / 2
# How heavily each thing weighs.
NEAREST, TOGETHER, TOUCHING, IN_THE_SEA, FAR = 4.0, 4.0, 2.0, 20.0, 0.02

Cell = tuple[int, int]
Point = complex  # east is the real part, south the imaginary one


@dataclass(frozen=True)
class Place:
    """An authority to be drawn: where it is, and with whom it should stay."""

    code: str
    region: str
    land: str
    at: Point


@cache
def centre(cell: Cell) -> Point:
    """Where the middle of a cell is drawn; cells that touch are 1 apart."""
    q, r = cell
    return complex(q + r / 2, r * SIN60)


def around(cell: Cell) -> Iterable[Cell]:
    """The six cells that touch one."""
    return ((cell[0] + q, cell[1] + r) for q, r in DIRECTIONS)


class Board:
    """Cells with their places, and how well each place stands: the less, the better."""

    def __init__(self, places: list[Place], near: dict[int, list[int]], cells: list[Cell]) -> None:
        self.places, self.cells = places, list(cells)
        self.aims = [centre(cell) for cell in cells]
        self.taken = {cell: here for here, cell in enumerate(cells)}
        self.pulls: dict[int, list[tuple[int, Point, float]]] = defaultdict(list)
        for here, others in near.items():
            for rank, there in enumerate(others):
                if places[here].land == places[there].land:
                    gap = places[there].at - places[here].at
                    weight = NEAREST if rank == 0 else 1.0
                    self.pulls[here].append((there, gap / abs(gap), weight))
                    self.pulls[there].append((here, -gap / abs(gap), weight))

    def burden(self, here: int) -> float:
        """How badly a place stands: far from its neighbours, on the wrong side of them, away from its region, or against another shore."""
        cell, mine = self.cells[here], self.places[here]
        point = centre(cell)
        total = FAR * abs(point - self.aims[here]) ** 2
        for there, way, weight in self.pulls[here]:
            gap = centre(self.cells[there]) - point
            total += weight * (min(abs(gap - way) ** 2, 25) + 2 * (abs(gap) > 1.01))
        for beside in around(cell):
            if (shore := self.taken.get(beside)) is not None:
                other = self.places[shore]
                total += IN_THE_SEA if other.land != mine.land else -TOUCHING - TOGETHER * (other.region == mine.region)
        return total

    def exchange(self, here: int, cell: Cell) -> None:
        """Put a place into a cell; whoever has it takes the place's old one."""
        there, left = self.taken.get(cell), self.cells[here]
        del self.taken[left]
        if there is not None:
            self.cells[there], self.taken[left] = left, there
        self.cells[here], self.taken[cell] = cell, here

    def wanted(self, here: int, chance: Callable[[], float]) -> Cell:
        """A cell to try: beside one of the place's true neighbours, or beside where it is."""
        pulls = self.pulls[here]
        from_cell = self.cells[pulls[int(chance() * len(pulls))][0]] if pulls and chance() < 0.6 else self.cells[here]
        q, r = DIRECTIONS[int(chance() * 6)]
        return from_cell[0] + q, from_cell[1] + r


def improve(board: Board, rounds: int = ROUNDS) -> None:
    """Exchange cells: at first nearly any, in the end only where it helps."""
    chance = random.Random(SEED).random
    for turn in range(rounds):
        heat = HOTTEST * (COLDEST / HOTTEST) ** (turn / rounds)
        here = int(chance() * len(board.cells))
        cell, left = board.wanted(here, chance), board.cells[here]
        there = board.taken.get(cell)
        if there == here:
            continue
        both: list[int] = [here] if there is None else [here, there]
        before = sum(map(board.burden, both))
        board.exchange(here, cell)
        worse = sum(map(board.burden, both)) - before
        if worse > 0 and chance() >= math.exp(-worse / heat):
            board.exchange(here, left)


def close(board: Board) -> None:
    """Fill each hole from the nearest coast: the cells between move up by one."""
    while holes := [cell for cell in sorted(_beside(board)) if all(beside in board.taken for beside in around(cell))]:
        cell = holes[0]
        lines = [list(_line(board, cell, way)) for way in DIRECTIONS]
        for mover in min(lines, key=len):
            left = board.cells[mover]
            board.exchange(mover, cell)
            cell = left


def _beside(board: Board) -> set[Cell]:
    return {beside for cell in board.taken for beside in around(cell)} - set(board.taken)


def _line(board: Board, cell: Cell, way: Cell) -> Iterable[int]:
    """The places in a straight line from a cell to the coast, the nearest first."""
    q, r = cell
    while (found := board.taken.get((q := q + way[0], r := r + way[1]))) is not None:
        yield found
