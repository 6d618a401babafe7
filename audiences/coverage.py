"""Coverage: which authorities were written to, have confirmed, or were briefed, role by role, and which not yet.

The join of touches with the register, today or on a day gone by. Each grade is counted by its own evidence; they are never merged into one
word. Source: HELA paper, Annex 3 ("have not reached all stakeholders, in particular all of the LAs").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from audiences import coverage_views
from audiences.coverage_views import Council, View
from audiences.grades import BY_MACHINES, COUNTED, HEADLINE, NONE, SAID, Mark, at_least, standing
from campaigns.reach import cells, touches
from campaigns.reach.cells import Counted
from campaigns.reach.touches import GRADES


class Cell(NamedTuple):
    """An authority in one role: its touches by grade and channel, and how many people can be written to. A page has thousands."""

    counted: list[Counted]
    people: int
    grades: frozenset[str]  # every one there is evidence for

    @property
    def evidence(self) -> tuple[Mark, ...]:
        """What there is evidence for, oldest first."""
        return _marks(self.counted)

    @property
    def grade(self) -> str:
        """The highest of them."""
        return _highest(self.grades)

    @property
    def words(self) -> str:
        """The grade as pages say it; an empty role without evidence says so."""
        return "nobody to write to" if self.grade == NONE and not self.people else SAID[self.grade]


@dataclass(frozen=True)
class Row:
    """An authority: a cell for each role looked at, and what touched it as a whole."""

    authority: Council
    cells: dict[str, Cell]
    whole: tuple[Mark, ...]

    @cached_property
    def grades(self) -> frozenset[str]:
        """Every grade there is evidence for, in any role looked at."""
        return frozenset(mark.grade for mark in self.whole).union(*(cell.grades for cell in self.cells.values()))

    @cached_property
    def grade(self) -> str:
        """The highest of them."""
        return _highest(self.grades)

    @property
    def since(self) -> datetime | None:
        """When the first evidence of the highest grade came."""
        found = [mark.first for mark in self.whole if mark.grade == self.grade]
        in_roles = [one.first for cell in self.cells.values() for one in cell.counted if one.grade == self.grade]
        return min([*found, *([cells.moment(min(in_roles))] if in_roles else [])], default=None)

    @property
    def people(self) -> int:
        """Those who held one of the roles on the day, and could be written to."""
        return sum(cell.people for cell in self.cells.values())


@dataclass(frozen=True)
class Totals:
    """Authorities by grade, each counted by its own evidence, of a denominator that is always said."""

    own: dict[str, int]
    nothing: int
    nobody: int
    denominator: int
    enough: dict[str, int]

    written = property(lambda self: self.own[touches.WRITTEN])
    confirmed = property(lambda self: self.own[touches.CONFIRMED])
    briefed = property(lambda self: self.own[touches.BRIEFED])
    understands = property(lambda self: self.own[touches.UNDERSTANDS])

    def least(self, grade: str) -> int:
        """Authorities with evidence of a grade or of one that counts towards it: what a target is held against."""
        return self.enough[grade]

    def at_least(self) -> list[tuple[str, int]]:
        """`at least confirmed`, 78, and so on, so that the denominator less a figure is not there yet. Understanding is told once there is any."""
        shown = [(COUNTED[grade], self.least(grade)) for grade in HEADLINE]
        return shown + ([(COUNTED[touches.UNDERSTANDS], self.understands)] if self.understands else [])

    def sentence(self) -> str:
        """`written to 350 · confirmed 12 · briefed 40 of 350`, each by its own evidence. Understanding is told once there is any."""
        understand = f" · understands {self.understands}" if self.understands else ""
        return f"written to {self.written} · confirmed {self.confirmed} · briefed {self.briefed}{understand} of {self.denominator}"


@dataclass(frozen=True)
class Grid:
    """Authorities by name, with what there is evidence for, and the figures it was read from."""

    view: View
    rows: list[Row]
    counted: list[Counted]

    @cached_property
    def totals(self) -> Totals:
        """The grid in numbers."""
        return _totals((row.grades, row.people) for row in self.rows)

    @cached_property
    def by_role(self) -> dict[str, Totals]:
        """The same numbers for each role looked at."""
        return {role: _totals((row.cells[role].grades, row.cells[role].people) for row in self.rows) for role in self.view.roles}

    def in_every_role(self) -> list[tuple[str, int]]:
        """`at least confirmed`, 3: the authorities where there is evidence for it in each role looked at."""
        return [(COUNTED[grade], self.least_in_every_role(grade)) for grade in (touches.CONFIRMED, touches.BRIEFED)]

    def least_in_every_role(self, grade: str) -> int:
        """Authorities where each role looked at has evidence of a grade or of one that counts towards it."""
        enough = at_least(grade)
        return sum(not any(row.cells[role].grades.isdisjoint(enough) for role in self.view.roles) for row in self.rows)

    @property
    def denominator(self) -> str:
        """Of what the numbers are: pages always say it."""
        return self.view.denominator(len(self.rows))

    @property
    def written_only(self) -> list[Row]:
        """A letter went, or something could be read, and no person there has shown anything yet."""
        return [row for row in self.rows if row.grades and row.grades <= BY_MACHINES]


def grid(session: Session, campaign_id: UUID, view: View | None = None) -> Grid:
    """Coverage of a campaign as far as `view` looks: from what stands now, or stood at the end of its day."""
    view = view or View()
    counted: defaultdict[tuple[str, str], list[Counted]] = defaultdict(list)
    found = cells.counted(session, campaign_id, role=view.role, channel=view.channel, message=view.message, at=view.moment)
    for one in found:
        counted[one.code, one.role].append(one)
    held = coverage_views.holders(session, campaign_id, view)
    rows = []
    for council in coverage_views.councils(session, view):
        in_roles = {role: _cell(counted[council.code, role], held[council.code, role]) for role in view.roles}
        # What touched an authority as a whole is no evidence for one role of it, and is not counted where one is looked at.
        rows.append(Row(council, in_roles, _marks(counted[council.code, ""])))
    return Grid(view, rows, found)


def _cell(counted: list[Counted], people: int) -> Cell:
    return Cell(counted, people, frozenset([one.grade for one in counted]))


def _marks(counted: Iterable[Counted]) -> tuple[Mark, ...]:
    marks = [Mark(one.grade, one.channel, one.touches, cells.moment(one.first), cells.moment(one.last)) for one in counted]
    return tuple(sorted(marks, key=lambda mark: (mark.first, GRADES.index(mark.grade))))


def _totals(rows: Iterable[tuple[frozenset[str], int]]) -> Totals:
    alike, nobody = Counter[frozenset[str]](), 0
    for grades, people in rows:
        alike[grades] += 1
        nobody += not people
    own, enough = standing(alike)
    return Totals(own, alike[frozenset()], nobody, alike.total(), enough)


@cache  # of a few sets of grades, asked for thousands of cells
def _highest(grades: frozenset[str]) -> str:
    return max(grades, key=GRADES.index, default=NONE)
