"""Who is in several of a message's audiences, and which letter they get by the order the message says: counted, and listed by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from audiences.definitions import Twice
from campaigns.agreement import sealed
from campaigns.agreement.releases import Release
from web import directory
from web.words import many

SHOWN = 200


@dataclass(frozen=True)
class Overlap:
    """Those who are in `left` too and get the letter to `gets`; `who` is the beginning of the list."""

    left: str
    gets: str
    count: int
    who: list[str]

    @property
    def sentence(self) -> str:
        """`12 are in Practitioners too: they get the letter to Senior managers`."""
        return f"{many(self.count, 'is', 'are')} in {self.left} too: they get the letter to {self.gets}"


def of(twice: Iterable[Twice], names: Mapping[str, str]) -> list[Overlap]:
    """As the audiences stand today."""
    found = [((one.left, one.gets), f"{one.reader.name}, {one.reader.organisation}") for one in twice]
    return _counted(found, names)


def sealed_in(session: Session, release: Release, names: Mapping[str, str]) -> list[Overlap]:
    """As a release froze them; by the names people have today, since what is frozen names nobody."""
    rows = sealed.twice(session, release.id)
    shown = directory.named(session, _first(rows))
    return _counted([((left, gets), shown.get(person, "")) for left, gets, person in rows], names)


def _first(rows: list[tuple[str, str, UUID]]) -> set[UUID]:
    taken: dict[tuple[str, str], list[UUID]] = {}
    for left, gets, person in rows:
        if len(some := taken.setdefault((left, gets), [])) < SHOWN:
            some.append(person)
    return {person for some in taken.values() for person in some}


def _counted(found: list[tuple[tuple[str, str], str]], names: Mapping[str, str]) -> list[Overlap]:
    pairs: dict[tuple[str, str], list[str]] = {}
    for pair, who in found:
        pairs.setdefault(pair, []).append(who or "somebody erased since")
    return [Overlap(names.get(left, left), names.get(gets, gets), len(who), who[:SHOWN]) for (left, gets), who in pairs.items()]
