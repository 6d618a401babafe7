"""Make `layout.csv`: one hexagon for each lower-tier or unitary authority, laid out by us from the coordinates in `authorities.csv`.

    python -m audiences.pilot.make_layout

First crowded places are pushed apart and empty ones drawn together until each authority has the same room; then each takes the nearest free
cell; then cells are exchanged, many times and ever more choosily, so that true neighbours stay neighbours, north stays north and regions stay
in one piece. The sea keeps islands and Northern Ireland apart. The same coordinates always give the same layout.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from audiences.pilot.boards import Board, Cell, Place, Point, around, centre, close, improve

HERE = Path(__file__).parent
TWO_TIER = "County"  # drawn by its districts
PARALLEL = math.cos(math.radians(54.5))  # a degree of longitude, in degrees of latitude, at the middle of the country
MAINLAND = "Great Britain"
# What swimmers know: these stand by themselves.
ISLANDS = {"E06000053": "Scilly", "S12000013": "Eilean Siar", "S12000023": "Orkney", "S12000027": "Shetland"}
# So many cells from shore to shore, from middle to middle.
STRAIT = 3.0


def read() -> list[Place]:
    """The authorities to be drawn, by code."""
    with (HERE / "authorities.csv").open(encoding="utf-8", newline="") as stream:
        rows = sorted((row for row in csv.DictReader(stream) if row["kind"] != TWO_TIER), key=lambda row: row["code"])
    return [
        Place(row["code"], row["region"], _land(row), complex(float(row["longitude"]) * PARALLEL, -float(row["latitude"]))) for row in rows
    ]


def neighbours(places: list[Place]) -> dict[int, list[int]]:
    """For each place those with nobody else between them (Gabriel's graph), the nearest first."""
    found: dict[int, list[int]] = {}
    for here, one in enumerate(places):
        others = sorted((abs(other.at - one.at), there) for there, other in enumerate(places) if there != here)
        near = [there for _, there in others[:40]]
        found[here] = [there for there in near if not any(_between(places, here, there, third) for third in near if third != there)]
    return found


def spread(places: list[Place], near: dict[int, list[int]], steps: int = 400) -> list[Point]:
    """The places moved until each has about the same room, neighbours a cell apart."""
    middle = sum(place.at for place in places) / len(places)
    points = [(place.at - middle) * 3.2 for place in places]
    for step in range(steps):
        strength = 0.35 * (1 - step / steps) + 0.05
        pushes = [0j] * len(points)
        for here, there in _crowded(points):
            gap = points[there] - points[here]
            push = gap / (abs(gap) or 1) * (1 - abs(gap)) / 2
            pushes[here] -= push
            pushes[there] += push
        for here, others in near.items():
            for there in others:
                gap = points[there] - points[here]
                if places[here].land == places[there].land and abs(gap) > 1:
                    pushes[here] += gap / abs(gap) * min(abs(gap) - 1, 3) * 0.12
        points = [point + push * strength for point, push in zip(points, pushes, strict=True)]
    return _across_the_sea(places, points)


def settle(points: list[Point]) -> list[Cell]:
    """A cell for each point, from the middle outwards: the nearest that is free."""
    middle = sum(points) / len(points)
    cells: list[Cell] = [(0, 0)] * len(points)
    free = {(q, r) for r in range(-40, 41) for q in range(-50, 51)}
    for here in sorted(range(len(points)), key=lambda here: abs(points[here] - middle)):
        cells[here] = min(free, key=lambda cell: (abs(centre(cell) - points[here]), cell))
        free.discard(cells[here])
    return cells


def kept(near: dict[int, list[int]], cells: list[Cell]) -> float:
    """The share of places whose nearest neighbour touches them on the map."""
    return sum(cells[others[0]] in set(around(cells[here])) for here, others in near.items()) / len(cells)


def main() -> None:
    """Write the layout, and say how many nearest neighbours touch."""
    places = read()
    near = neighbours(places)
    board = Board(places, near, settle(spread(places, near)))
    improve(board)
    close(board)
    with (HERE / "layout.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "q", "r"])
        writer.writerows([place.code, *cell] for place, cell in zip(places, board.cells, strict=True))
    print(f"{len(places)} cells; the nearest neighbour touches at {kept(near, board.cells):.1%}")


def _land(row: dict[str, str]) -> str:
    return ISLANDS.get(row["code"]) or ("Ireland" if row["nation"] == "Northern Ireland" else MAINLAND)


def _across_the_sea(places: list[Place], points: list[Point]) -> list[Point]:
    """Each island where it is seen from the nearest place on another shore, a strait away; from the mainland outwards."""
    moved, done = list(points), {MAINLAND}
    while crossings := [
        (abs(one.at - other.at), here, there)
        for here, one in enumerate(places)
        for there, other in enumerate(places)
        if one.land not in done and other.land in done
    ]:
        _, here, there = min(crossings)
        way = places[here].at - places[there].at
        shift = moved[there] + way / abs(way) * STRAIT - moved[here]
        done.add(places[here].land)
        moved = [point + shift if place.land == places[here].land else point for point, place in zip(moved, places, strict=True)]
    return moved


def _between(places: list[Place], here: int, there: int, third: int) -> bool:
    middle = (places[here].at + places[there].at) / 2
    return abs(places[third].at - middle) < abs(places[here].at - middle)


def _crowded(points: list[Point]) -> Iterable[tuple[int, int]]:
    """Pairs less than a cell apart."""
    boxes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for here, point in enumerate(points):
        boxes[math.floor(point.real), math.floor(point.imag)].append(here)
    for (x, y), inside in boxes.items():
        beside = [there for dx in (-1, 0, 1) for dy in (-1, 0, 1) for there in boxes.get((x + dx, y + dy), ())]
        for here in inside:
            yield from ((here, there) for there in beside if here < there and abs(points[there] - points[here]) < 1)


if __name__ == "__main__":
    main()
