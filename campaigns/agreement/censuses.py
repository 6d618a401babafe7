"""A census: how many readers a sealed release has, by audience, role and nation, and in which places; taken once, as none comes or goes.

To count a million readers takes seconds, and the pages that say their number are asked for all the time. Whatever erases readers throws the
census away in the same transaction: until it is taken anew, the pages count for themselves.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from campaigns.agreement import readers, sealed
from campaigns.agreement.sealed import SealedLetter


def _counts() -> Any:
    return Field(sa_column=sa.Column(sa.JSON, nullable=False))


class Census(SQLModel, table=True):
    """Of one release. `nations`: by audience and nation, in the order they were sealed; `places`: each authority and role with a reader."""

    __tablename__ = "censuses"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    audiences: dict[str, int] = _counts()
    roles: dict[str, int] = _counts()
    nations: dict[str, dict[str, int]] = _counts()
    places: list[tuple[str, str]] = _counts()


def of(session: Session, release_id: UUID) -> Census:
    """As it was taken; counted now where it was not."""
    return session.get(Census, release_id) or _counted(session, release_id)


def take(session: Session, release_id: UUID) -> None:
    """Count a sealed release's readers and keep it; to take it again does no harm."""
    session.merge(_counted(session, release_id))


def throw_away(session: Session, people: Collection[UUID]) -> None:
    """These people are erased: the censuses that counted them are not true any more."""
    theirs = sa.select(col(SealedLetter.release_id)).where(col(SealedLetter.person_id).in_(people))
    session.exec(sa.delete(Census).where(col(Census.release_id).in_(theirs)))


def throw_one_away(session: Session, release_id: UUID) -> None:
    """All of a release's readers are forgotten."""
    session.exec(sa.delete(Census).where(col(Census.release_id) == release_id))


def readers_of(session: Session, release_id: UUID) -> int:
    """How many persons are to get a letter."""
    return sum(of(session, release_id).audiences.values())


def _counted(session: Session, release_id: UUID) -> Census:
    parts = col(SealedLetter.authority_code), col(SealedLetter.role)
    places = sa.select(*parts).where(col(SealedLetter.release_id) == release_id, parts[0].is_not(None)).distinct()
    return Census(
        release_id=release_id,
        audiences=sealed.readers_by(session, release_id, "audience"),
        roles=sealed.readers_by(session, release_id, "role"),
        nations=readers.nations(session, release_id),
        places=sorted((code, role) for code, role in session.execute(places)),
    )
