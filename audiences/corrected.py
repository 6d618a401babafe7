"""Who would get a message today, counted for its page. A correction's readers are counted without reading them: they may be a million."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import definitions, sealing
from audiences.definitions import Sifted
from audiences.people import Person
from audiences.to_come import Place
from campaigns.agreement import releases
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import reached, removals
from campaigns.drafting import messages, placeholders
from campaigns.drafting.words import Words


@dataclass(frozen=True)
class Found:
    """Who would get it and who is left out; counts by audience and nation, and by role; their places; empty blanks, as sentences."""

    sifted: Sifted
    nations: Mapping[tuple[str, str], int]
    roles: Mapping[str, int]
    places: frozenset[Place]
    blanks: list[str]

    def of(self, audience: str) -> Sequence[Addressee]:
        """Those of one audience."""
        readers = self.sifted.addressees
        if isinstance(readers, Readers):
            return readers.of(audience, sum(number for (key, _), number in self.nations.items() if key == audience))
        return [reader for reader in readers if reader.variant == audience]


class Readers(Sequence[Addressee]):
    """The readers of a correction who still get it, of one audience or of all. How many is known at once; each is read only when asked for."""

    def __init__(self, session: Session, release_id: UUID, number: int, such: sa.ColumnElement[bool]) -> None:
        self._session, self._release, self._number, self._such = session, release_id, number, such

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, place: int) -> Addressee: ...
    @overload
    def __getitem__(self, place: slice) -> list[Addressee]: ...
    def __getitem__(self, place: int | slice) -> Addressee | list[Addressee]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, end, _ = place.indices(self._number)
        return reached.who(self._session, self._release, such=self._such, limit=max(end - first, 0), offset=first)

    def of(self, audience: str, number: int) -> "Readers":
        """Those of one audience, of whom there are so many."""
        return Readers(self._session, self._release, number, self._such & (col(SealedLetter.audience) == audience))


def listed(sifted: Sifted, words: Words) -> Found:
    """Readers already looked for, counted one by one."""
    readers = sifted.addressees
    places = frozenset((reader.authority_code, reader.role) for reader in readers if reader.authority_code)
    nations = Counter((reader.variant, reader.nation) for reader in readers)
    return Found(sifted, nations, Counter(reader.role for reader in readers), places, sealing.empty_blanks(words, readers))


def read(session: Session, release_id: UUID, words: Words) -> Found:
    """Those to whom a correction goes, as it would be sealed today. Refuses what cannot be sealed.

    Where everybody had at most one letter they are counted by the database: no person and no address can be among them twice.
    """
    release = releases.get(session, release_id)
    if not reached.is_one_letter_each(release):
        return listed(sealing.of_a_correction(session, release_id, words), words)
    sealing.require_theirs(session, release, words)
    removed = removals.removing(session, Particulars.address, campaign_id=release.campaign_id)
    unsure = sa.select(col(Person.id)).where(col(Person.confirmed).is_(False))
    left_out = _left_out(session, release, removed, unsure)
    nations, seats = reached.figures(session, release)
    nations.subtract((out.variant, out.nation) for out in left_out)
    seats.subtract((out.authority_code, out.role) for out in left_out)
    roles = Counter[str]()
    for (_, role), number in seats.items():
        roles[role] += number
    kept = ~(removed | col(SealedLetter.person_id).in_(unsure))
    readers = Readers(session, release_id, nations.total(), kept)
    sifted = definitions.sifted(session, left_out, campaign_id=release.campaign_id)
    places = frozenset((code, role) for (code, role), number in seats.items() if code and number)
    blanks = _empty_blanks(session, release, words, kept)
    return Found(Sifted(readers, sifted.left_out, sifted.twice), +nations, +roles, places, blanks)


def _left_out(session: Session, release: Release, removed: sa.ColumnElement[bool], unsure: sa.Select[Any]) -> list[Addressee]:
    """Those whom a removal or a guessed address keeps from it. Each table is asked on its own: that reads a million in half a second."""
    by_address = sa.select(col(Particulars.position)).where(col(Particulars.release_id) == release.id, removed)
    mine = col(SealedLetter.release_id) == release.id, col(SealedLetter.condition) == release.choice
    by_person = sa.select(col(SealedLetter.position)).where(*mine, col(SealedLetter.person_id).in_(unsure))
    return reached.who(session, release.id, such=col(SealedLetter.position).in_(by_address.union(by_person)))


def _empty_blanks(session: Session, release: Release, words: Words, kept: sa.ColumnElement[bool]) -> list[str]:
    """Which blanks would be empty. Only those that the original lacked can be: with an empty one it would not have been sealed."""
    original = messages.revision(session, release.message_id, release.revision).read()
    new = {key: placeholders.used(words.whole(key)) - placeholders.used(original.whole(key)) for key in words.audiences}
    empty = {
        (name, key): number
        for name in reached.FROZEN
        if any(name in names for names in new.values())
        for key, number in reached.empty(session, release.id, name, such=kept).items()
        if name in new[key]
    }
    return sealing.said_of(empty)
