"""What a sealed release is made of: compiled letters, readers, a leaf for every letter, who was left out, and what is personal.

Addresses, field values and salts live in one side table that may only be set to null, so that proofs outlive persons. How a release is sealed:
seals.py.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import merkle
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.programs import Program
from campaigns.foundation.errors import GateClosed


class SealedProgram(SQLModel, table=True):
    """One audience's letter, compiled."""

    __tablename__ = "sealed_programs"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    audience: str = Field(primary_key=True)
    program: bytes = Field(sa_type=sa.LargeBinary)


class SealedLetter(SQLModel, table=True):
    """One reader's letter, as a leaf. `position` is its place in the tree, from 0."""

    __tablename__ = "sealed_letters"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    audience: str
    role: str
    authority_code: str | None = Field(index=True)
    condition: str = ""
    leaf: bytes = Field(sa_type=sa.LargeBinary)

    def says(self, address: str) -> tuple[str, ...]:
        """What the letter's leaf says of its reader, who has this address (see `says` below)."""
        return says(self.person_id, address, self.audience, self.role, self.authority_code, self.condition)


class SealedOmission(SQLModel, table=True):
    """Somebody the audience's rule found who gets no letter, and why; their name is not kept here."""

    __tablename__ = "sealed_omissions"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    audience: str = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    reason: str


class SealedAudience(SQLModel, table=True):
    """An audience as it stood when its readers were found, for the manifest. `position` is its place in the order of precedence."""

    __tablename__ = "sealed_audiences"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    audience: str
    name: str
    version: int
    rule: str


class SealedOccasion(SQLModel, table=True):
    """What a release invites to, for the manifest. `position` is its place there."""

    __tablename__ = "sealed_occasions"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    uid: str
    sequence: int
    briefing: str = Field(index=True)
    group: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str

    @property
    def said(self) -> Occasion:
        """As the manifest says it."""
        return Occasion(**self.model_dump(exclude={"release_id", "position"}))


class SealedBranch(SQLModel, table=True):
    """The root over so many leaves in a row (merkle.BRANCH), so that a chunk is checked without reading every leaf."""

    __tablename__ = "sealed_branches"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    number: int = Field(primary_key=True)
    node: bytes = Field(sa_type=sa.LargeBinary)


class Particulars(SQLModel, table=True):
    """What is personal about a letter. It may be set to null; then the letter can no longer be sent."""

    __tablename__ = "particulars"

    release_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    address: str | None
    fields: dict[str, str] | None = Field(sa_column=sa.Column(sa.JSON(none_as_null=True)))
    salt: bytes | None = Field(sa_type=sa.LargeBinary)


PRIVATE = (col(Particulars.release_id) == SealedLetter.release_id) & (col(Particulars.position) == SealedLetter.position)


def leaves(session: Session, release_id: UUID) -> list[bytes]:
    """The leaves of a release, by position."""
    return list(session.exec(select(SealedLetter.leaf).where(SealedLetter.release_id == release_id).order_by(col(SealedLetter.position))))


def programs_of(session: Session, release_id: UUID) -> dict[str, Program]:
    """The compiled variants of a release, by audience."""
    rows = session.exec(select(SealedProgram).where(SealedProgram.release_id == release_id).order_by(SealedProgram.audience))
    return {row.audience: Program.from_bytes(row.program) for row in rows}


def audiences_of(session: Session, release_id: UUID) -> list[SealedAudience]:
    """Which version of each audience found a release's readers, in order of precedence; none for releases sealed before this was kept."""
    chosen = select(SealedAudience).where(SealedAudience.release_id == release_id)
    return list(session.exec(chosen.order_by(col(SealedAudience.position))))


def occasions_of(session: Session, release_id: UUID) -> list[Occasion]:
    """What a release invites to, in the manifest's order."""
    chosen = select(SealedOccasion).where(SealedOccasion.release_id == release_id)
    return [row.said for row in session.exec(chosen.order_by(col(SealedOccasion.position)))]


def leaves_under(session: Session, release_id: UUID, positions: Sequence[int], signed: Sequence[bytes]) -> dict[int, bytes]:
    """Every leaf of the branches that these `positions` stand under, by position; refuses a branch that is not the one `signed`."""
    found: dict[int, bytes] = {}
    for numbers in _in_a_row({position // merkle.BRANCH for position in positions}):
        start, end = numbers[0] * merkle.BRANCH, (numbers[-1] + 1) * merkle.BRANCH
        stored = sa.select(col(SealedLetter.leaf)).where(col(SealedLetter.release_id) == release_id)
        under = stored.where(col(SealedLetter.position).between(start, end - 1)).order_by(col(SealedLetter.position))
        every = session.connection().scalars(under).all()
        for place, number in enumerate(numbers):
            leaves = every[place * merkle.BRANCH : (place + 1) * merkle.BRANCH]
            if number >= len(signed) or not leaves or merkle.root(leaves) != signed[number]:
                raise GateClosed("The frozen readers are not the ones that were signed.")
            found |= dict(enumerate(leaves, number * merkle.BRANCH))
    return found


def _in_a_row(numbers: Collection[int]) -> list[list[int]]:
    """The numbers in order, split into runs without gaps."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda placed: placed[1] - placed[0])
    return [[number for _, number in run] for _, run in runs]


def count(session: Session, release_id: UUID, condition: str) -> int:
    """How many letters were sealed under a condition: a case of a holding line, a follow-up or an invitation; empty for other releases."""
    chosen = select(sa.func.count()).select_from(SealedLetter)
    return session.exec(chosen.where(SealedLetter.release_id == release_id, SealedLetter.condition == condition)).one()


def branches(session: Session, release_id: UUID) -> list[bytes]:
    """The branches of a release in order."""
    stored = sa.select(col(SealedBranch.node)).where(col(SealedBranch.release_id) == release_id).order_by(col(SealedBranch.number))
    return list(session.connection().scalars(stored))  # by the core: the gate asks this for every chunk


def erase(session: Session, people: Collection[UUID]) -> None:
    """Destroy what is personal about every letter to these people: their addresses, their values, and the salts of their leaves."""
    place = sa.tuple_(col(Particulars.release_id), col(Particulars.position))
    theirs = sa.select(SealedLetter.release_id, SealedLetter.position).where(col(SealedLetter.person_id).in_(people))  # type: ignore[call-overload]
    session.exec(sa.update(Particulars).where(place.in_(theirs)).values(address=None, fields=None, salt=None))


def forget(session: Session, release_id: UUID, places: range) -> None:
    """Destroy what is personal about the letters at these places of a release; their leaves stay."""
    theirs = col(Particulars.release_id) == release_id, col(Particulars.position).between(places.start, places.stop - 1)
    emptied = sa.update(Particulars).where(*theirs).values(address=None, fields=None, salt=None)
    session.connection().execute(emptied)  # by the core: the ORM would ask for every row


def is_to_any(session: Session, release_id: UUID, people: Collection[UUID]) -> bool:
    """Whether a release has a letter to any of these people."""
    theirs = select(SealedLetter.position).where(SealedLetter.release_id == release_id, col(SealedLetter.person_id).in_(people))
    return session.exec(theirs.limit(1)).first() is not None


def releases_to(session: Session, person_id: UUID) -> list[UUID]:
    """The releases that have a letter to this person, in the order of their ids."""
    theirs = select(SealedLetter.release_id).where(SealedLetter.person_id == person_id).distinct()
    return list(session.exec(theirs.order_by(col(SealedLetter.release_id))))


def says(person_id: UUID, address: str, audience: str, role: str, authority_code: str | None, condition: str) -> tuple[str, ...]:
    """What a letter's leaf says of its reader: all that goes into the leaf besides the salt and the message."""
    return str(person_id), address, audience, role, authority_code or "", condition


def leaf_of(salt: bytes, says: tuple[str, ...], message: bytes) -> bytes:
    """The leaf of one letter, over whom it is for (see `says`) and every byte of its canonical message."""
    return merkle.leaf(salt, says, hashlib.sha256(message).digest())


def letters_by(session: Session, release_id: UUID, column: str) -> dict[str, int]:
    """How many letters were sealed, by `audience`, `role` or `authority_code`; a reader has one for each case."""
    return _counted(session, release_id, column, sa.func.count())


def readers_by(session: Session, release_id: UUID, column: str) -> dict[str, int]:
    """How many persons were sealed as readers, by `audience` or `role`."""
    return _counted(session, release_id, column, sa.func.count(sa.distinct(col(SealedLetter.person_id))))


def left_out_by_reason(session: Session, release_id: UUID) -> dict[str, int]:
    """How many persons were left out, by reason."""
    people = sa.func.count(sa.distinct(col(SealedOmission.person_id)))
    chosen = select(SealedOmission.reason, people).where(SealedOmission.release_id == release_id)
    return dict(session.exec(chosen.group_by(SealedOmission.reason).order_by(SealedOmission.reason)).all())


def omissions(session: Session, release_id: UUID, *, limit: int | None) -> list[SealedOmission]:
    """Who was left out, up to `limit`, always in the same order."""
    chosen = select(SealedOmission).where(SealedOmission.release_id == release_id)
    return list(session.exec(chosen.order_by(SealedOmission.reason, SealedOmission.audience, col(SealedOmission.person_id)).limit(limit)))


def twice(session: Session, release_id: UUID) -> list[tuple[str, str, UUID]]:
    """Who was left out of one audience because they get another's letter: the audience left, the audience whose letter they get, the person."""
    theirs = (col(SealedLetter.release_id) == SealedOmission.release_id) & (col(SealedLetter.person_id) == SealedOmission.person_id)
    chosen = select(SealedOmission.audience, SealedLetter.audience, SealedOmission.person_id).join(SealedLetter, theirs)
    mine = chosen.where(SealedOmission.release_id == release_id).distinct()  # of a holding line a person has several letters
    return list(session.exec(mine.order_by(SealedOmission.audience, SealedLetter.audience, col(SealedOmission.person_id))).all())


def _counted(session: Session, release_id: UUID, column: str, number: Any) -> dict[str, int]:
    by: Any = getattr(SealedLetter, column)
    return dict(session.exec(select(by, number).where(SealedLetter.release_id == release_id).group_by(by).order_by(by)).all())
