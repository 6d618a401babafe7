"""The map's own layout: every authority once, nothing on top of anything, true neighbours side by side, regions in one piece."""

import csv
import json

import pytest

from audiences import map_layout
from audiences.pilot import boards, make_layout
from audiences.pilot.boards import Board, Place
from tests.audiences.posts import real

APART = {"South West": 2, "Scotland": 4}  # Scilly; Orkney, Shetland and Eilean Siar
RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}  # Barnsley and Sheffield, since the other map was drawn


def drawn() -> set[str]:
    with (map_layout.PILOT / "authorities.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"] for row in csv.DictReader(stream) if row["kind"] != "County"}


def pieces(cells: set[map_layout.Cell]) -> int:
    """Into how many pieces that do not touch these cells fall."""
    left, found = set(cells), 0
    while left:
        found, edge = found + 1, [left.pop()]
        while edge:
            for beside in map_layout.touching(edge.pop()):
                if beside in left:
                    left.remove(beside)
                    edge.append(beside)
    return found


def test_every_lower_tier_and_unitary_authority_has_one_cell_of_its_own() -> None:
    assert set(map_layout.cells()) == drawn()
    assert len(set(map_layout.cells().values())) == len(map_layout.cells()) == 361


def test_regions_stay_in_one_piece_but_for_their_islands() -> None:
    found = {region: pieces({map_layout.cells()[code] for code in codes}) for region, codes in map_layout.regions().items()}

    assert found == dict.fromkeys(found, 1) | APART
    assert len(found) == 12


def test_the_land_has_no_hole() -> None:
    taken = set(map_layout.cells().values())
    coast = {beside for cell in taken for beside in map_layout.touching(cell)} - taken

    assert [cell for cell in coast if set(map_layout.touching(cell)) <= taken] == []


def test_nine_in_ten_stand_beside_their_nearest_neighbour() -> None:
    places = make_layout.read()
    near = make_layout.neighbours(places)

    assert make_layout.kept(near, [map_layout.cells()[place.code] for place in places]) > 0.9


def test_north_is_up_and_east_is_right() -> None:
    at = map_layout.places()
    cornwall, shetland, thanet, belfast, fife = "E06000052", "S12000027", "E07000114", "N09000003", "S12000047"

    assert at[shetland].y == min(place.y for place in at.values())
    assert at[cornwall].x < at[thanet].x and at[fife].y < at[cornwall].y
    assert at[belfast].x < min(at[code].x for code in map_layout.regions()["North West"])


def test_it_draws_whom_another_map_draws_and_keeps_more_neighbours_together() -> None:
    other = json.loads(real("maps/uk-local-authority-districts-2023.hexjson").read_text("utf-8"))["hexes"]
    cells = {RECODED.get(code, code): _axial(place["q"], -place["r"]) for code, place in other.items()}
    places = make_layout.read()
    near = make_layout.neighbours(places)

    assert set(cells) == set(map_layout.cells())
    ours, theirs = (make_layout.kept(near, [found[place.code] for place in places]) for found in (map_layout.cells(), cells))
    assert ours > theirs + 0.1
    assert cells != map_layout.cells()


def _axial(q: int, r: int) -> map_layout.Cell:
    return q - (r - (r & 1)) // 2, r


def test_neighbours_are_brought_together_and_a_hole_is_filled_from_the_coast() -> None:
    places = [Place(f"X{number}", "North", "Isle", complex(number, 0)) for number in range(4)]
    board = Board(places, make_layout.neighbours(places), [(0, 0), (4, 0), (1, 3), (-3, 2)])
    boards.improve(board, rounds=4000)
    assert make_layout.kept(make_layout.neighbours(places), board.cells) == 1

    ring = [Place(f"X{number}", "North", "Isle", boards.centre(cell)) for number, cell in enumerate(boards.around((0, 0)))]
    holed = Board(ring, make_layout.neighbours(ring), list(boards.around((0, 0))))
    boards.close(holed)
    assert (0, 0) in holed.taken and len(set(holed.cells)) == 6


@pytest.mark.parametrize(("codes", "rings", "corners"), [(["E06000053"], 1, 5), (["E06000053", "S12000027"], 2, 10), ([], 0, 0)])
def test_an_outline_runs_once_around_each_piece(codes: list[str], rings: int, corners: int) -> None:
    path = map_layout.outline(codes)

    assert path.count("M") == path.count("Z") == rings
    assert path.count("L") == corners


def test_a_county_is_the_outline_of_its_districts() -> None:
    mine = [code for code, county in map_layout.counties().items() if county == "E10000011"]

    assert set(mine) == {"E07000061", "E07000062", "E07000063", "E07000064", "E07000065"}
    assert map_layout.outline(mine).count("M") == 1
    assert len(set(map_layout.counties().values())) == 21 and set(map_layout.counties()) <= set(map_layout.cells())
