"""Judging one row of a file of people: ready, refused with every reason, or asked about, because it does not say plainly which place it means.

A place is taken when its name is certain (see names.py), or as an officer answered; it is never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rapidfuzz import fuzz, process
from sqlmodel import Session

from audiences import columns, contacts, names, people, roles
from audiences.columns import ADDRESS, FIRST, LAST, NAME, PLACE, POST, ROLE, TITLE, Mapping
from audiences.contacts import Addresses
from audiences.imports import ASKED, LEFT_OUT, NEW, READY, REFUSED, Import
from audiences.names import Names
from audiences.roles import Place
from campaigns.foundation.errors import Refused

LEAVE_OUT = "leave out"
PLAINLY = ("", names.CODE, names.NAME)
ALIKE = 80  # of 100: how near a body's name must be to be proposed
MOST_BODIES = 3
_NONE = [10_000]  # a column no row has
NOT_TWO = "The row names two different places"


@dataclass(frozen=True)
class Found:
    """What the cells of a place mean: a place, and how it was found if not plainly; a spelling to ask about; or why not."""

    place: Place | None = None
    text: str = ""
    how: str = ""
    reason: str = ""


@dataclass
class Register:
    """What places are read against."""

    places: dict[str, Place]
    names: Names
    bodies: dict[str, list[str]]
    answers: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, ...], Found] = field(default_factory=dict)

    def find(self, cells: Iterable[str]) -> Found:
        """The one place these cells name; the same cells are looked at once."""
        given = tuple(cell for cell in cells if cell)
        if given not in self.known:
            self.known[given] = self._find(given)
        return self.known[given]

    def candidates(self, text: str) -> list[Place]:
        """Between which places somebody must choose who wrote this."""
        councils = self.names.match(text).candidates
        near = process.extract(names.spell(text), self.bodies.keys(), scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=MOST_BODIES)
        bodies = [code for name, *_ in near for code in self.bodies[name]]
        return [self.places[code] for code in dict.fromkeys([*councils, *bodies]) if code in self.places]

    def _find(self, cells: tuple[str, ...]) -> Found:
        if not cells:
            return Found(reason=contacts.NO_PLACE)
        each = [self._one(cell) for cell in cells]
        plain = {found.place.code: found for found in each if found.place and found.how in PLAINLY}
        taken = plain or {found.place.code: found for found in each if found.place}
        if len(taken) > 1:
            return Found(reason=NOT_TWO)
        if taken:
            return next(iter(taken.values()))
        return each[0]

    def _one(self, cell: str) -> Found:
        if place := self.places.get(cell.lower()) or self.places.get(cell.upper()):
            return Found(place)
        if answer := self.answers.get(cell):
            return Found(reason=LEAVE_OUT) if answer == LEAVE_OUT else Found(self.places.get(answer), reason=contacts.NO_PLACE)
        bodies = self.bodies.get(names.spell(cell), [])
        match = self.names.match(cell)
        if len(bodies) == 1 and (match.code is None or match.how not in PLAINLY):
            return Found(self.places[bodies[0]])
        if match.code in self.places and not bodies:
            plain = match.how in PLAINLY
            return Found(self.places[match.code], "" if plain else cell, "" if plain else match.how)
        return Found(text=cell)


@dataclass
class Judge:
    """Judges rows by a mapping of their columns; `role` is everybody's where no column says it."""

    register: Register
    mapping: Mapping
    role: str
    addresses: Addresses

    def judge(self, cells: list[str]) -> dict[str, Any]:
        """The columns of a row of an import that depend on what it says."""
        name, role = contacts.tidy(self._name(cells)), roles.read(self._cell(cells, ROLE) or self.role)
        found = self.register.find(cells[place] for place in self.mapping[PLACE] if place < len(cells))
        reasons = [problem.sentence for problem in (*contacts.name_problems(name), *contacts.post_problems(role, found.place))]
        reasons += [found.reason] if found.reason and found.place is None and found.reason != LEAVE_OUT else []
        address = ""
        try:
            address = self.addresses.usable(self._cell(cells, ADDRESS))
        except Refused as refusal:
            reasons.append(refusal.sentence)
        left_out = found.reason == LEAVE_OUT and found.place is None
        verdict = LEFT_OUT if left_out else REFUSED if reasons else READY if found.place else ASKED
        return {
            "verdict": verdict,
            "reason": "You left out every row with this place." if left_out else "; ".join(reasons),
            "asked": found.text,
            "how": found.how,
            "name": name[: contacts.LONGEST_NAME],
            "role": role[: contacts.LONGEST_NAME],
            "place": found.place.code if found.place else "",
            "address": address,
            "change": NEW,
            "new_id": uuid4(),
            "person_id": None,
            "old_name": "",
        }

    def _name(self, cells: list[str]) -> str:
        if whole := self._cell(cells, NAME):
            return whole
        parts = [self._cell(cells, part) for part in (TITLE, FIRST, LAST)]
        return " ".join(filter(None, parts)) if any(parts[1:]) else self._cell(cells, POST)

    def _cell(self, cells: list[str], field: str) -> str:
        """Of every field but the place there is one column, or none."""
        place = self.mapping.get(field, _NONE)[0]
        return cells[place] if place < len(cells) else ""


def of(session: Session, one: Import, *, test_domains_allowed: bool) -> Judge:
    """The judge of one import: its mapping, its answers, and the register as it stands. Refuses a mapping that lacks a column."""
    if wrong := columns.problems(one.mapping, one.role):
        raise Refused(" ".join(wrong), field="file")
    register = register_of(session)
    register.answers = one.answers
    return Judge(register, one.mapping, one.role, Addresses(test_domains_allowed))


def register_of(session: Session) -> Register:
    """The places of today, by code and by name."""
    places = people.places(session)
    bodies: dict[str, list[str]] = {}
    for place in places:
        if place.kind is not None:
            bodies.setdefault(names.spell(place.name), []).append(place.code)
    return Register({place.code: place for place in places}, names.of(session), bodies)
