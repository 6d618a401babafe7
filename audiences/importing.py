"""Importing people from a CSV file: every refused row is reported with its line and reason, and then nothing at all is saved.

The columns are name, role, authority or body, and e-mail, in any order and usual spelling. Importing a file twice changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import contacts, names, people, sheets
from audiences.contacts import Given
from audiences.names import Names
from audiences.people import HOLDING, Person
from audiences.roles import Place
from audiences.sheets import Line, Sheet
from campaigns.foundation import log, officers
from campaigns.foundation.errors import Invalid, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

SOURCE = "import"
COLUMNS = {
    "name": ("name", "fullname", "post", "posttitle", "jobtitle", "contact", "contactname"),
    "role": ("role", "audience", "roletype"),
    "place": (
        "authority",
        "authoritycode",
        "authorityname",
        "localauthority",
        "council",
        "gsscode",
        "onscode",
        "code",
        "body",
        "organisation",
        "place",
    ),
    "address": ("email", "emailaddress", "mail", "address"),
}
NAMES = {"name": "name", "role": "role", "place": "authority or body", "address": "e-mail"}

Key = tuple[str, str, str]


class PeopleImported(Event):
    """A file of people was imported."""

    added: int
    changed: int


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be used: the line it begins on, and every reason."""

    line: int
    reason: str


@dataclass
class Report:
    """What a file would do, or did: nothing is saved unless `refused` is empty."""

    refused: list[RefusedRow] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    saved: bool = False

    @property
    def rows(self) -> int:
        """All rows of the file that are not empty."""
        return len(self.refused) + self.added + self.changed + self.unchanged + self.repeated


@dataclass(frozen=True)
class Register:
    """What rows are read against: the places, their spellings, and whether `.test` may be written to."""

    places: dict[str, Place]
    names: Names
    bodies: dict[str, list[str]]
    test_domains_allowed: bool

    def find(self, cells: list[str]) -> Place | None:
        """The one place these cells name. Refuses two that differ, and a name that may mean several."""
        found: set[str] = set()
        for cell in filter(None, cells):
            meant = self._meant(cell)
            if len(meant) > 1:
                choices = ", ".join(f"{self.places[code].name} ({code})" for code in sorted(meant))
                raise Refused(f"{cell[:80]!r} may be any of {choices}: give its code", field="place")
            if not meant:
                return None
            found |= meant
        if len(found) > 1:
            raise Refused("The row names two different places", field="place")
        return self.places[found.pop()] if found else None

    def _meant(self, cell: str) -> set[str]:
        if cell.lower() in self.places:
            return {cell.lower()}
        return set(self.names.find(cell)) | set(self.bodies.get(names.spell(cell), []))


def check(session: Session, raw: bytes, *, test_domains_allowed: bool = False) -> Report:
    """What importing this file would do; saves nothing. Refuses a file that cannot be read, or has no such columns."""
    report, _, _ = _work_out(session, raw, test_domains_allowed)
    return report


def bring_in(session: Session, raw: bytes, *, by: Officer, at: datetime, test_domains_allowed: bool = False) -> Report:
    """Import the file, all of it or nothing: with any row refused, nothing is saved and the report says why."""
    officers.require_writer(by)
    report, new, changed = _work_out(session, raw, test_domains_allowed)
    if report.refused:
        return report
    people.insert(session, (given.row(source=SOURCE) for given in new), at=at)
    for person_id, given in changed:
        still = (col(Person.id) == person_id) & (col(Person.address) == given.address)  # it may have been erased meanwhile
        session.exec(sa.update(Person).where(still).values(name=given.name))
    if new or changed:
        log.record(session, PeopleImported(added=len(new), changed=len(changed)), subject=uuid4(), by=by.name, at=at)
    report.saved = True
    return report


def _work_out(session: Session, raw: bytes, test_domains_allowed: bool) -> tuple[Report, list[Given], list[tuple[UUID, Given]]]:
    sheet = sheets.read(raw)
    columns = _columns(sheet.header)
    report = Report()
    given = _rows(sheet, columns, _register(session, test_domains_allowed), report)
    standing = _standing(session)
    new = [row for key, row in given.items() if key not in standing]
    changed = [(standing[key][0], row) for key, row in given.items() if key in standing and standing[key][1] != row.name]
    report.added, report.changed, report.unchanged = len(new), len(changed), len(given) - len(new) - len(changed)
    return report, new, changed


def _standing(session: Session) -> dict[Key, tuple[UUID, str]]:
    columns = sa.select(Person.id, Person.name, Person.address, Person.role, Person.place).where(HOLDING)  # type: ignore[call-overload]
    return {(address, role, place): (who, name) for who, name, address, role, place in session.execute(columns)}


def _rows(sheet: Sheet, columns: dict[str, list[int]], register: Register, report: Report) -> dict[Key, Given]:
    given: dict[Key, Given] = {}
    lines: dict[Key, int] = {}
    for line in sheet.lines:
        try:
            row = _row(line, columns, register)
        except Invalid as refusal:
            report.refused.append(RefusedRow(line.number, "; ".join(problem.sentence for problem in refusal.problems)))
            continue
        key = (row.address, row.role, row.place.code)
        earlier = given.setdefault(key, row)
        first = lines.setdefault(key, line.number)
        if earlier is not row and earlier == row:
            report.repeated += 1
        elif earlier is not row:
            report.refused.append(RefusedRow(line.number, f"Line {first} gives the same address and role another name"))
    return given


def _row(line: Line, columns: dict[str, list[int]], register: Register) -> Given:
    def cells(column: str) -> list[str]:
        return [line.cells[index] for index in columns[column] if index < len(line.cells)]

    def cell(column: str) -> str:
        return "".join(cells(column))

    problems: list[Problem] = []
    place = None
    try:
        place = register.find(cells("place"))
    except Refused as refusal:
        problems.append(Problem("place", refusal.sentence))
    try:
        return contacts.check(cell("name"), cell("role"), place, cell("address"), test_domains_allowed=register.test_domains_allowed)
    except Invalid as refusal:
        # A place that is ambiguous has its own sentence; "not in the register" would mislead.
        others = [problem for problem in refusal.problems if not (problems and problem.field == "place")]
        raise Invalid(problems + others) from None


def _columns(header: list[str]) -> dict[str, list[int]]:
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in header]
    columns = {column: [index for index, name in enumerate(plain) if name in spellings] for column, spellings in COLUMNS.items()}
    if missing := [NAMES[column] for column, found in columns.items() if not found]:
        raise Refused(f"The first line must name the columns; missing: {', '.join(missing)}.", field="file")
    if twice := [NAMES[column] for column, found in columns.items() if len(found) > 1 and column != "place"]:
        raise Refused(f"Two columns are named for: {', '.join(twice)}. Leave one of them.", field="file")
    return columns


def _register(session: Session, test_domains_allowed: bool) -> Register:
    places = people.places(session)
    bodies: dict[str, list[str]] = {}
    for place in _bodies(places):
        bodies.setdefault(names.spell(place.name), []).append(place.code)
    return Register({place.code: place for place in places}, names.of(session), bodies, test_domains_allowed)


def _bodies(places: list[Place]) -> Iterator[Place]:
    return (place for place in places if place.kind is not None)
