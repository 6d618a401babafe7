"""A census: how many readers a sealed release has, by audience, role and nation, and in which places.

Taken once, as readers neither come nor go, because counting a million takes seconds and pages ask for the number all the time. It is taken
without a lock: a *claim* is stored first, and whoever erases a reader meanwhile removes the claim, so that a wrong count is not kept.
Whoever erases a reader later takes them out of their nation in the same transaction.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import readers, sealed
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter


def _counts() -> Any:
    return Field(sa_column=sa.Column(sa.JSON, nullable=False))


class Census(SQLModel, table=True):
    """Of one release. `nations`: by audience, in the order they were sealed, and nation; `places`: each authority and role with a reader.

    While it is being taken it has no audiences, and in place of nations the claim of whoever counts.
    """

    __tablename__ = "censuses"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    audiences: dict[str, int] = _counts()
    roles: dict[str, int] = _counts()
    nations: dict[str, dict[str, int]] = _counts()
    places: list[tuple[str, str]] = _counts()


def of(session: Session, release_id: UUID) -> Census:
    """As it was taken; counted now where it was not."""
    found = session.get(Census, release_id)
    return found if found and found.audiences else count(session, release_id)


def is_taken(session: Session, release_id: UUID) -> bool:
    """Whether a release's readers need not be counted."""
    found = session.get(Census, release_id)
    return found is not None and bool(found.audiences)


def has_only_erased(session: Session, release_id: UUID) -> bool:
    """Whether it is known, without a look at any letter, that every reader of a release was erased."""
    found = session.get(Census, release_id)
    return found is not None and bool(found.audiences) and all(set(theirs) == {readers.ERASED} for theirs in found.nations.values())


def begin(session: Session, release_id: UUID) -> str | None:
    """Say that a sealed release's readers are about to be counted; gives the claim to keep the census with, None where there is one."""
    session.exec(select(Release.id).where(Release.id == release_id).with_for_update(read=True, key_share=True)).one()
    if session.get_bind().dialect.name == "postgresql":  # whoever is erasing a reader cannot see this claim: they end first
        session.connection().exec_driver_sql("LOCK TABLE censuses IN EXCLUSIVE MODE")
    if is_taken(session, release_id):
        return None
    claim = str(uuid4())
    session.merge(Census(release_id=release_id, audiences={}, roles={}, nations={claim: {}}, places=[]))
    return claim


def count(session: Session, release_id: UUID) -> Census:
    """Count a sealed release's readers: of a million it takes seconds."""
    return Census(
        release_id=release_id,
        audiences=sealed.readers_by(session, release_id, "audience"),
        roles=sealed.readers_by(session, release_id, "role"),
        nations=readers.nations(session, release_id),
        places=sorted(_counted_places(session, [release_id])[release_id]),
    )


def places(session: Session, release_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """In which places each of these releases has readers; of all that have no census yet it is asked at once."""
    kept = session.exec(select(Census).where(col(Census.release_id).in_(release_ids)))
    taken = {one.release_id: one.places for one in kept if one.audiences}
    return taken | _counted_places(session, [one for one in release_ids if one not in taken])


def keep(session: Session, counted: Census, *, claim: str) -> bool:
    """Keep what was counted under a claim; False when a reader was erased meanwhile, or another began to count."""
    begun = session.get(Census, counted.release_id, with_for_update=True, populate_existing=True)
    if begun is None or begun.nations != {claim: {}}:
        return False
    begun.sqlmodel_update(counted.model_dump(exclude={"release_id"}))
    session.add(begun)
    return True


def erase(session: Session, people: Collection[UUID]) -> None:
    """Take these people out of every census; call it before their particulars are destroyed (see `take_out`)."""
    theirs = sa.select(col(SealedLetter.release_id), col(SealedLetter.position)).where(col(SealedLetter.person_id).in_(people))
    places: dict[UUID, list[int]] = {}
    for release_id, position in session.execute(theirs.order_by(col(SealedLetter.release_id))):
        places.setdefault(release_id, []).append(position)
    for release_id, positions in places.items():
        take_out(session, release_id, col(SealedLetter.position).in_(positions))


def take_out(session: Session, release_id: UUID, which: "sa.ColumnElement[bool]") -> None:
    """Take these letters' readers out of their nation. Call it before their particulars go: afterwards nothing tells which it was."""
    census = session.get(Census, release_id, with_for_update=True, populate_existing=True)
    if census is None:
        return
    if not census.audiences:
        session.delete(census)
        return
    nations = dict(census.nations)
    for audience, theirs in readers.nations(session, release_id, which).items():
        left = Counter(nations[audience]) - Counter(theirs)
        left[readers.ERASED] += sum(theirs.values())
        nations[audience] = dict(left)
    census.nations = nations
    session.add(census)


def _counted_places(session: Session, release_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = {release_id: [] for release_id in release_ids}
    if found:
        parts = col(SealedLetter.release_id), col(SealedLetter.authority_code), col(SealedLetter.role)
        theirs = sa.select(*parts).where(parts[0].in_(found), parts[1].is_not(None)).distinct()
        for release_id, code, role in session.execute(theirs):
            found[release_id].append((code, role))
    return found


def readers_of(session: Session, release_id: UUID) -> int:
    """How many persons are to get a letter."""
    return sum(of(session, release_id).audiences.values())
