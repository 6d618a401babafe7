"""People who may be one and the same: the same place and role, and nearly the same name or address. Shown, and never merged by itself.

A surname alone is no likeness, nor is a post that many hold ("Inspector") at different addresses.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, product
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from sqlmodel import Session, col, select

from audiences import imports, names
from audiences.imports import NEW, READY, ImportRow
from audiences.people import HOLDING, KEPT, Person

ALIKE = 90  # of 100: how near two names must be
SLIPS = 2  # letters by which two addresses of a place may differ
SHORTEST = 5  # letters of the part before the @ in which a slip can be told
MOST_AT_A_PLACE = 400  # people in one role at one place whom we compare with each other
DIGIT, MARKS = re.compile(r"\d"), re.compile(r"[._-]")
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "cllr", "councillor", "prof", "professor", "sir", "dame", "rev"})


@dataclass(frozen=True)
class One:
    """Somebody here, or in a file on its way in: then `id` is None, and `line` the line of the file."""

    id: UUID | None
    line: int | None
    name: str
    role: str
    place: str
    address: str

    @cached_property
    def words(self) -> list[str]:
        """Their name's words as they are compared, made once: everybody is held against many."""
        return _words(self.name)


@dataclass(frozen=True)
class Pair:
    """Two who may be one, and what is alike."""

    one: One
    other: One
    why: str


def among_people(session: Session) -> list[Pair]:
    """Every pair of people who hold the same role at the same place and may be one."""
    groups: defaultdict[tuple[str, str], list[One]] = defaultdict(list)
    for one in _people(session):
        groups[one.place, one.role].append(one)
    return [pair for group in groups.values() for one, other in combinations(group[:MOST_AT_A_PLACE], 2) for pair in _pair(one, other)]


def of_import(session: Session, import_id: UUID) -> Iterator[Pair]:
    """Pairs of somebody whom a file would add and somebody here, or in that file, who may be the same; compared only as far as they are asked for."""
    found = select(ImportRow).where(imports.of(import_id, READY), ImportRow.change == NEW).order_by(col(ImportRow.line))
    groups: defaultdict[tuple[str, str], list[One]] = defaultdict(list)
    for row in session.exec(found):
        groups[row.place, row.role].append(One(None, row.line, row.name, row.role, row.place, row.address))
    here: defaultdict[tuple[str, str], list[One]] = defaultdict(list)
    for one in _people(session):
        if (one.place, one.role) in groups:
            here[one.place, one.role].append(one)
    for key, coming in groups.items():
        known, coming = here[key][:MOST_AT_A_PLACE], coming[:MOST_AT_A_PLACE]
        for one, other in chain(product(coming, known), combinations(coming, 2)):
            yield from _pair(one, other)


def _people(session: Session) -> Iterable[One]:
    columns = (Person.id, Person.name, Person.role, Person.place, Person.address)
    found = select(*columns).where(HOLDING, KEPT).order_by(col(Person.place), col(Person.name))  # type: ignore[call-overload]
    return (One(who, None, name, role, place, address) for who, name, role, place, address in session.execute(found))


def _pair(one: One, other: One) -> Iterator[Pair]:
    if why := alike(one, other):
        yield Pair(one, other, why)


def alike(one: One, other: One) -> str:
    """What is alike in two people of one place and role; empty when nothing is."""
    if one.address == other.address:
        return ""
    if _may_be_one(one.words, other.words):
        return "nearly the same name"
    local, _, domain = one.address.partition("@")
    other_local, _, other_domain = other.address.partition("@")
    if domain != other_domain or DIGIT.search(local) or DIGIT.search(other_local):
        return ""  # numbers in addresses tell people apart
    plain, other_plain = MARKS.sub("", local), MARKS.sub("", other_local)
    if len(plain) >= SHORTEST and OSA.distance(plain, other_plain, score_cutoff=SLIPS) < SLIPS:
        return "nearly the same address"
    return ""


def names_alike(name: str, other_name: str) -> bool:
    """Whether two names may be one person's; a surname alone, or two that differ in a number, are not."""
    return _may_be_one(_words(name), _words(other_name))


def _may_be_one(mine: list[str], theirs: list[str]) -> bool:
    return len(mine) > 1 and len(theirs) > 1 and _names_alike(mine, theirs) and not _numbered(mine, theirs)


def _words(name: str) -> list[str]:
    return [word for word in names.spell(name).split() if word not in TITLES]


def _numbered(mine: list[str], theirs: list[str]) -> bool:
    return {word for word in mine if word.isdigit()} != {word for word in theirs if word.isdigit()}


def _names_alike(mine: list[str], theirs: list[str]) -> bool:
    """Alike in every word, or in the last with the initial of the first: `J Smith` and `Jane Smith`, not `Jane Smith` and `Paul Smith`."""
    if mine[0][0] != theirs[0][0]:
        return False
    if mine[-1] == theirs[-1] and 1 in (len(mine[0]), len(theirs[0])):
        return True
    return fuzz.token_sort_ratio(" ".join(mine), " ".join(theirs)) >= ALIKE
