"""A release's readers as they were frozen, and the very letter each of them would get.

What is shown to a signer comes from here: the stored program joined with a reader's frozen fields, checked against the signed leaf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import manifest, sealed
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter
from campaigns.drafting import holding_lines, invitations, samples
from campaigns.drafting.invitations import Occasion
from campaigns.foundation import reader_links
from campaigns.foundation.errors import Refused

ERASED = "Erased since"
NOT_SEALED = "This letter is not the one that was sealed. Do not sign it, and tell whoever looks after Countersign."


@dataclass(frozen=True)
class Reader:
    """One frozen reader. `fields` and `address` are empty once erased."""

    position: int
    audience: str
    role: str
    address: str
    fields: dict[str, str]

    @property
    def who(self) -> str:
        """`Head of Environmental Health, Adur District Council`."""
        name, place = self.fields.get("name", ""), self.fields.get("organisation", "")
        return ", ".join(filter(None, [name, "" if place in name else place])) or "a reader since erased"


def of(session: Session, release_id: UUID, *, limit: int, offset: int = 0, after: int = -1) -> list[Reader]:
    """A page of the readers, those `after` a position, in the order they were sealed; each once, whatever cases are sealed for them."""
    whole = _each_once(release_id).with_only_columns(
        SealedLetter.position, SealedLetter.audience, SealedLetter.role, Particulars.address, Particulars.fields
    )
    page = whole.where(SealedLetter.position > after).order_by(col(SealedLetter.position)).limit(limit).offset(offset)
    rows = session.execute(page)
    return [Reader(position, audience, role, address or "", fields or {}) for position, audience, role, address, fields in rows]


def at(session: Session, release_id: UUID, positions: Sequence[int]) -> dict[int, Reader]:
    """The readers at these places."""
    found = session.exec(_query(release_id).where(col(SealedLetter.position).in_(positions)))
    return {letter.position: _reader(letter, private) for letter, private in found}


def first(session: Session, release_id: UUID, audience: str) -> Reader | None:
    """The first reader of one audience who has not been erased; None when there is none."""
    query = _query(release_id).where(SealedLetter.audience == audience, col(Particulars.address).is_not(None))
    found = session.exec(query.order_by(col(SealedLetter.position)).limit(1)).first()
    return _reader(*found) if found else None


def as_person(session: Session, release_id: UUID, person_id: UUID) -> list[Reader]:
    """This person as a frozen reader, once for each letter that was sealed for them; empty where they are none."""
    theirs = _query(release_id).where(SealedLetter.person_id == person_id)
    return [_reader(*found) for found in session.exec(theirs.order_by(col(SealedLetter.position)))]


def letter(session: Session, release: Release, reader: Reader, *, acts: bool = True) -> bytes:
    """Every sealed byte of one reader's letter. Refuses bytes that are not those under the reader's leaf.

    Unless it `acts`, the links by which its reader says something are blank, because whoever has them can say it.
    """
    program = sealed.programs_of(session, release.id)[reader.audience]
    message = program.join(reader.fields)
    row = session.get(SealedLetter, (release.id, reader.position))
    private = session.get(Particulars, (release.id, reader.position))
    if row is None or private is None or sealed.leaf_of(private.salt or b"", row.says(reader.address), message) != row.leaf:
        raise Refused(NOT_SEALED)
    return message if acts else program.join({**reader.fields, **_no_links(manifest.read(release.manifest or b""))})


def unfilled(session: Session, release: Release, *, to: Sequence[Occasion] = ()) -> list[tuple[str, bytes]]:
    """Each letter that may have gone as it was sealed, with its audience, what differs from reader to reader left as blanks.

    One for each case and audience: what was agreed to stand in a blank is no blank. Of an invitation one more time for each of the occasions
    that are given, filled with when and where that is. Refuses programs that were not signed.
    """
    said, programs = manifest.read(release.manifest or b""), sealed.programs_of(session, release.id)
    if {key: program.digest for key, program in programs.items()} != {one.audience: one.program for one in said.variants}:
        raise Refused(NOT_SEALED)
    own = {"message_id": "<nobody@countersign.test>", "reference": said.reference}
    values = {**samples.NOBODY, **own, **_no_links(said), **invitations.OF_NOBODY}
    filled = [{**values, **one} for one in _agreed(release, said, to)]
    return [(audience, program.join(one)) for one in filled for audience, program in programs.items()]


def nations(session: Session, release_id: UUID, which: "sa.ColumnElement[bool] | None" = None) -> dict[str, dict[str, int]]:
    """How many readers each audience has in each nation, all or some; an empty nation is a body of no one nation."""
    said = sa.func.coalesce(col(Particulars.fields)["nation"].as_string(), "")
    nation = sa.case((col(Particulars.fields).is_(None), ERASED), else_=said).label("nation")
    chosen = _each_once(release_id) if which is None else _each_once(release_id).where(which)
    each = chosen.with_only_columns(SealedLetter.audience, nation, SealedLetter.position).subquery()
    grouped = sa.select(each.c.audience, each.c.nation, sa.func.count()).group_by(each.c.audience, each.c.nation)
    counted: dict[str, dict[str, int]] = {}
    for audience, name, readers in session.execute(grouped.order_by(sa.func.min(each.c.position))):
        counted.setdefault(audience, {})[name] = readers
    return counted


def are_the_same(session: Session, one: UUID, other: UUID) -> bool:
    """Whether two releases go to the same people, each at the same address with the same audience's letter, under the same conditions."""
    first, second = _addressed(one), _addressed(other)
    return all(session.execute(left.except_(right).limit(1)).first() is None for left, right in ((first, second), (second, first)))


def _addressed(release_id: UUID) -> sa.Select[tuple[Any, ...]]:
    parts = (SealedLetter.person_id, SealedLetter.audience, SealedLetter.role, SealedLetter.authority_code, SealedLetter.condition)
    whom: list[Any] = [*parts, Particulars.address]
    return sa.select(*whom).join(Particulars, PRIVATE).where(col(SealedLetter.release_id) == release_id)


def _agreed(release: Release, said: Manifest, occasions: Sequence[Occasion]) -> list[dict[str, str]]:
    """What was agreed to stand in the letters that may have gone: of a holding line the case that was chosen, of every other release each case."""
    cases = [case for case in holding_lines.cases(said.closed) if said.is_invitation or release.choice in {"", holding_lines.key(case)}]
    stages = [(case, invitations.stage_of(said.closed, case)) for case in cases]
    return [invitations.values(one, case, stage=stage) for one in occasions for case, stage in stages] or cases


def _no_links(said: Manifest) -> dict[str, str]:
    return reader_links.of_nobody(said.sender["base_url"], "((link))")


def _query(release_id: UUID):  # type: ignore[no-untyped-def]
    return select(SealedLetter, Particulars).join(Particulars, PRIVATE).where(SealedLetter.release_id == release_id)


def _each_once(release_id: UUID):  # type: ignore[no-untyped-def]
    """By the case that the first letter is for: every reader has one for each case, and to find the first reads one row."""
    first = select(SealedLetter.condition).where(SealedLetter.release_id == release_id).order_by(col(SealedLetter.position)).limit(1)
    return _query(release_id).where(SealedLetter.condition == first.scalar_subquery())


def _reader(row: SealedLetter, private: Particulars) -> Reader:
    return Reader(row.position, row.audience, row.role, private.address or "", private.fields or {})
