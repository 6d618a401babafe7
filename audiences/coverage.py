"""Coverage: which authorities were written to, have confirmed, or were briefed, role by role, and which not yet.

The join of touches with the register, recounted whenever it is asked for. Each grade is counted by its own evidence; the three are never
merged into one word. Source: HELA paper, Annex 3 ("have not reached all stakeholders, in particular all of the LAs").
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import authorities
from audiences.people import REACHABLE, Person
from audiences.roles import AUTHORITY_ROLES
from campaigns.foundation import clock
from campaigns.reach import touches
from campaigns.reach.touches import BRIEFED, CONFIRMED, WRITTEN, Touch

GRADES = (WRITTEN, CONFIRMED, BRIEFED)
NONE = "none"
SAID = {NONE: "not yet", WRITTEN: "written to", CONFIRMED: "confirmed", BRIEFED: "briefed"}
HOW = {WRITTEN: "letter accepted by our relay", CONFIRMED: "confirmed by the reader", BRIEFED: "on the attendance sheet"}


@dataclass(frozen=True)
class Council:
    """An authority as far as coverage shows it."""

    code: str
    name: str
    nation: str
    region: str
    kind: str
    enforces: bool


@dataclass(frozen=True)
class View:
    """What an officer chose to look at. Empty means all; `opted_in` adds the authorities that do not enforce."""

    nation: str = ""
    region: str = ""
    kind: str = ""
    role: str = ""
    opted_in: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles looked at, in the order of columns."""
        return (self.role,) if self.role in AUTHORITY_ROLES else AUTHORITY_ROLES

    def shows(self, council: Council) -> bool:
        """Whether an authority is among those looked at."""
        chosen = ((self.nation, council.nation), (self.region, council.region), (self.kind, council.kind))
        return (self.opted_in or council.enforces) and all(wanted in ("", value) for wanted, value in chosen)


@dataclass(frozen=True)
class Evidence:
    """One touch, as a sentence can be made of it. `key` is the delivery's, confirmation's or attendance's own."""

    grade: str
    at: datetime
    by: str
    key: str

    def say(self) -> str:
        """`written to, Tuesday 12 May 2026, 10:00: letter accepted by our relay`."""
        return f"{SAID[self.grade]}, {clock.say(self.at)}: {HOW[self.grade]}"


@dataclass(frozen=True)
class Cell:
    """An authority in one role: the evidence, oldest first, and whether anybody holds the role."""

    evidence: tuple[Evidence, ...]
    people: int

    @property
    def grade(self) -> str:
        """The highest grade there is evidence for."""
        return max((piece.grade for piece in self.evidence), key=GRADES.index, default=NONE)

    @property
    def words(self) -> str:
        """The grade as pages say it; an empty role without evidence says so."""
        return "nobody to write to" if self.grade == NONE and not self.people else SAID[self.grade]


@dataclass(frozen=True)
class Row:
    """An authority: a cell for each role looked at, and what touched it as a whole."""

    authority: Council
    cells: dict[str, Cell]
    whole: tuple[Evidence, ...]

    @property
    def grades(self) -> frozenset[str]:
        """Every grade there is evidence for, in any role looked at."""
        return frozenset(piece.grade for cell in self.cells.values() for piece in cell.evidence) | {piece.grade for piece in self.whole}

    @property
    def grade(self) -> str:
        """The highest of them."""
        return max(self.grades, key=GRADES.index, default=NONE)

    @property
    def people(self) -> int:
        """Those who hold one of the roles now."""
        return sum(cell.people for cell in self.cells.values())


@dataclass(frozen=True)
class Totals:
    """Authorities by grade, each counted by its own evidence, of a denominator that is always said."""

    written: int
    confirmed: int
    briefed: int
    nothing: int
    nobody: int
    denominator: int

    def sentence(self) -> str:
        """`written to 350 · confirmed 12 · briefed 40 of 350`."""
        return f"written to {self.written} · confirmed {self.confirmed} · briefed {self.briefed} of {self.denominator}"


@dataclass(frozen=True)
class Grid:
    """Authorities by name, with what there is evidence for."""

    view: View
    rows: list[Row]

    @property
    def totals(self) -> Totals:
        """The grid in numbers."""
        written, confirmed, briefed = (sum(grade in row.grades for row in self.rows) for grade in GRADES)
        return Totals(written, confirmed, briefed, len(self.nothing), len(self.nobody), len(self.rows))

    @property
    def by_role(self) -> dict[str, Totals]:
        """The same numbers for each role looked at."""
        return {role: _only(self, role).totals for role in self.view.roles}

    @property
    def denominator(self) -> str:
        """Of what the numbers are: pages always say it."""
        where = ", ".join(filter(None, (self.view.kind, self.view.region, self.view.nation)))
        what = "authorities, counties and Northern Ireland too" if self.view.opted_in else "authorities that enforce health and safety"
        return f"{len(self.rows)} {what}{f' ({where})' if where else ''}"

    @property
    def nothing(self) -> list[Row]:
        """Not yet: no evidence of anything."""
        return [row for row in self.rows if not row.grades]

    @property
    def written_only(self) -> list[Row]:
        """Not yet: a letter went, and no person there has shown more."""
        return [row for row in self.rows if row.grades == {WRITTEN}]

    @property
    def nobody(self) -> list[Row]:
        """Authorities where nobody holds a role looked at."""
        return [row for row in self.rows if not row.people]


def grid(session: Session, campaign_id: UUID, view: View | None = None) -> Grid:
    """Coverage of a campaign as far as `view` looks, from the touches that stand now."""
    view = view or View()
    pieces = _pieces(touches.of_campaign(session, campaign_id))
    people = _people(session)
    rows = []
    for authority in filter(view.shows, _councils(session)):
        cells = {role: Cell(tuple(pieces[authority.code, role]), people.get((authority.code, role), 0)) for role in view.roles}
        # What touched an authority as a whole is no evidence for one role of it.
        rows.append(Row(authority, cells, () if view.role else tuple(pieces[authority.code, ""])))
    return Grid(view, rows)


def _councils(session: Session) -> list[Council]:
    everyone = authorities.every(session, enforcing_only=False)
    return [Council(found.code, found.name, found.nation, found.region, found.kind, found.enforces) for found in everyone]


def _pieces(standing: Iterable[Touch]) -> defaultdict[tuple[str, str], list[Evidence]]:
    pieces: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for touch in standing:
        pieces[touch.authority_code, touch.role].append(Evidence(touch.grade, touch.at, touch.by, touch.evidence))
    return pieces


def _people(session: Session) -> dict[tuple[str, str], int]:
    held: dict[tuple[str, str], int] = defaultdict(int)
    for code, role in session.exec(select(Person.authority_code, Person.role).where(REACHABLE, col(Person.authority_code).is_not(None))):
        held[code or "", role] += 1
    return held


def _only(whole: Grid, role: str) -> Grid:
    rows = [Row(row.authority, {role: row.cells[role]}, ()) for row in whole.rows]
    return Grid(whole.view, rows)
