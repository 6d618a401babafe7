"""The map's layout: one hexagon for each lower-tier or unitary authority, the same size for all, and the outline of any group of them.

Our own, made from coordinates by `pilot/make_layout.py`. Two-tier counties have no hexagon: their districts have, and the county is their
outline. Cells are named by column `q` and row `r`; those that touch differ by one of six steps.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

PILOT = Path(__file__).parent / "pilot"
HALF, QUARTER = 13.0, 7.5  # a hexagon stands on a corner: half its width, and half the length of an edge
ROW = 3 * QUARTER  # from one row's middle to the next
EDGE, NAMES = 3.0, 112.0  # room around the whole, and for names on the right
GAP = 6.0  # between a name and the land
# The steps to the six cells that touch one, and for each the two corners they share: clockwise, so that outlines close.
STEPS = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
CORNERS = ((0, -2 * QUARTER), (HALF, -QUARTER), (HALF, QUARTER), (0, 2 * QUARTER), (-HALF, QUARTER), (-HALF, -QUARTER))
SHARED = ((1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (0, 1))

Cell = tuple[int, int]
Corner = tuple[float, float]


class Label(NamedTuple):
    """Where a name is written, and which way from there."""

    x: float
    y: float
    anchor: str


class Place(NamedTuple):
    """Where a hexagon's middle is drawn."""

    x: float
    y: float


class Size(NamedTuple):
    """How wide and high the whole map is."""

    width: float
    height: float


@cache
def cells() -> dict[str, Cell]:
    """Code → cell, as the table has them."""
    with (PILOT / "layout.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (int(row["q"]), int(row["r"])) for row in csv.DictReader(stream)}


@cache
def counties() -> dict[str, str]:
    """District → the two-tier county it is in."""
    with (PILOT / "counties.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["county"] for row in csv.DictReader(stream)}


@cache
def regions() -> dict[str, list[str]]:
    """Region → the authorities drawn of it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    with (PILOT / "authorities.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["code"] in cells():
                found[row["region"]].append(row["code"])
    return dict(found)


@cache
def places() -> dict[str, Place]:
    """Code → where its hexagon's middle is drawn."""
    left = min(2 * q + r for q, r in cells().values())
    top = min(r for _, r in cells().values())
    return {code: Place(EDGE + HALF + (2 * q + r - left) * HALF, EDGE + 2 * QUARTER + (r - top) * ROW) for code, (q, r) in cells().items()}


@cache
def size() -> Size:
    """The room the whole map takes."""
    return Size(
        max(place.x for place in places().values()) + HALF + NAMES, max(place.y for place in places().values()) + 2 * QUARTER + EDGE
    )


def touching(cell: Cell) -> Iterable[Cell]:
    """The six cells around one."""
    return ((cell[0] + q, cell[1] + r) for q, r in STEPS)


def outline(codes: Collection[str]) -> str:
    """The path around the hexagons of these authorities; several rings where they lie apart, empty when none of them is drawn."""
    inside = {cells()[code]: code for code in codes if code in cells()}
    leads: defaultdict[Corner, list[Corner]] = defaultdict(list)
    for cell, code in inside.items():
        for beside, (begin, end) in zip(touching(cell), SHARED, strict=True):
            if beside not in inside:
                leads[_corner(code, begin)].append(_corner(code, end))
    return " ".join(_ring(leads) for _ in iter(lambda: any(leads.values()), False))


def beside(codes: Collection[str]) -> Label:
    """Where to write the name of a group: in the sea beside it, level with its middle; on it where it has no coast to the side."""
    mine = [places()[code] for code in codes if code in places()]
    x, y = sum(place.x for place in mine) / len(mine), sum(place.y for place in mine) / len(mine)
    coasts = [place for place in mine if any(place in ends for ends in _ends())]
    if not coasts:
        return Label(round(x), round(y + 4), "middle")
    coast = min(coasts, key=lambda place: abs(place.y - y))
    on_the_left = coast in _ends()[0]
    return Label(coast.x - HALF - GAP if on_the_left else coast.x + HALF + GAP, coast.y + 4, "end" if on_the_left else "start")


@cache
def borders() -> list[str]:
    """The outline of each region."""
    return [outline(codes) for codes in regions().values()]


@cache
def names() -> dict[str, Label]:
    """Where the name of each region is written."""
    return {region: beside(codes) for region, codes in regions().items()}


@cache
def _ends() -> tuple[frozenset[Place], frozenset[Place]]:
    """The first and the last hexagon of every row."""
    rows: defaultdict[float, list[Place]] = defaultdict(list)
    for place in places().values():
        rows[place.y].append(place)
    return frozenset(min(row) for row in rows.values()), frozenset(max(row) for row in rows.values())


def _corner(code: str, number: int) -> Corner:
    x, y = places()[code]
    return round(x + CORNERS[number][0], 1), round(y + CORNERS[number][1], 1)


def _ring(leads: dict[Corner, list[Corner]]) -> str:
    """One closed ring, taken out of the edges that are left."""
    start = here = next(corner for corner, ends in leads.items() if ends)
    found = [here]
    while (here := leads[here].pop()) != start:
        found.append(here)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in found) + "Z"
