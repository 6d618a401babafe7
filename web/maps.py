"""The cartogram: one hexagon an authority, its grade as one of five steps of one hue with a letter, a pattern for nobody to write to.

What is drawn is said three times: by lightness, by a letter or pattern that print and colour blindness leave, and in words when one points at it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from audiences import authorities, map_layout, organisations, roles
from audiences.coverage import Grid, Row
from audiences.grades import NONE, SAID
from audiences.map_layout import Place
from campaigns.reach.touches import BRIEFED, CONFIRMED, DELIVERED, UNDERSTANDS, UNRETURNED, WRITTEN
from web import words

NOBODY, NOT_YET, OUTSIDE = "nobody", "not-yet", "outside"
STEP = {
    NONE: NOT_YET,
    WRITTEN: WRITTEN,
    DELIVERED: WRITTEN,
    UNRETURNED: WRITTEN,
    CONFIRMED: CONFIRMED,
    BRIEFED: BRIEFED,
    UNDERSTANDS: UNDERSTANDS,
}
MARKS = {NOT_YET: "", WRITTEN: "W", CONFIRMED: "C", BRIEFED: "B", UNDERSTANDS: "U", NOBODY: "", OUTSIDE: ""}
LEGEND = {
    NOBODY: "Nobody to write to",
    NOT_YET: "Not yet: there is somebody to write to, but no evidence",
    WRITTEN: "Written to: by letter, through HELA or in an article; nobody there has shown more",
    CONFIRMED: "Confirmed: a person there said so",
    BRIEFED: "Briefed: face to face",
    UNDERSTANDS: "Understands: answered questions about it",
    OUTSIDE: "Not among those looked at",
}


@dataclass(frozen=True)
class Hexagon:
    """One authority as it is drawn. Without an address it is not among those looked at."""

    x: float
    y: float
    step: str
    mark: str
    said: str
    address: str


@dataclass(frozen=True)
class Label:
    """The name of a region, beside it where it has a coast."""

    said: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Key:
    """One line of the legend."""

    step: str
    mark: str
    said: str
    count: int


@dataclass(frozen=True)
class Map:
    """All that is drawn, and what is not."""

    hexagons: list[Hexagon]
    borders: list[str]
    labels: list[Label]
    legend: list[Key]
    outlined: str
    outline: str
    not_drawn: int


def draw(grid: Grid, *, outlined: str = "", around: Collection[str] = ()) -> Map:
    """The map of a grid; `around` are the authorities of a group or county to draw a line about, called `outlined`."""
    rows = {row.authority.code: row for row in grid.rows}
    several, page = len(grid.view.roles) > 1, url_for("authorities.every")
    on = {row.authority.code: step(row) for row in grid.rows}
    steps = Counter(on.values()) + Counter({OUTSIDE: sum(code not in rows for code in map_layout.places())})
    return Map(
        [_hexagon(rows.get(code), on.get(code, OUTSIDE), place, several, page) for code, place in map_layout.places().items()],
        map_layout.borders(),
        [Label(name, *place) for name, place in map_layout.names().items()],
        [Key(one, MARKS[one], said, steps[one]) for one, said in LEGEND.items()],
        outlined,
        map_layout.outline(around),
        sum(code not in map_layout.places() for code in rows),
    )


def step(row: Row) -> str:
    """Which of the steps an authority is on: its highest grade, or whether anybody could be written to."""
    return NOBODY if row.grade == NONE and not row.people else STEP[row.grade]


def outlines(session: Session, *, opted_in: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be outlined: regional groups, and two-tier counties."""
    groups = [(f"group:{group.code}", group.name) for group in organisations.groups(session, opted_in=opted_in)]
    called = {found.code: found.name for found in authorities.every(session, enforcing_only=False)}
    counties = sorted((called[code], code) for code in set(map_layout.counties().values()) if code in called)
    return [("Regional groups", groups), ("Counties", [(f"county:{code}", name) for name, code in counties])]


def around(session: Session, asked: str) -> Collection[str]:
    """The authorities of the group or county asked for."""
    kind, _, code = asked.partition(":")
    if kind == "group":
        return {member.code for member in organisations.members(session, code)}
    return {district for district, county in map_layout.counties().items() if kind == "county" and county == code}


def tell(row: Row, several: bool) -> str:
    """`Adur, South East: written to, 12 May 2026; practitioner written to, senior manager not yet`."""
    since = row.since
    began = f", {words.on(since)}" if since else ""
    nobody = step(row) == NOBODY
    each = ", ".join([f"{roles.words(role)} {cell.words}" for role, cell in row.cells.items()]) if several and not nobody else ""
    said = LEGEND[NOBODY].lower() if nobody else SAID[row.grade]
    return f"{row.authority.name}, {row.authority.region}: {said}{began}{f'; {each}' if each else ''}"


def _hexagon(row: Row | None, on: str, place: Place, several: bool, page: str) -> Hexagon:
    if row is None:
        return Hexagon(place.x, place.y, on, "", "", "")
    return Hexagon(place.x, place.y, on, MARKS[on], tell(row, several), f"{page}/{row.authority.code}")
