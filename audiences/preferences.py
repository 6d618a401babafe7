"""Preferences: what a reader asked of us. Stopping holds for the address, whatever posts it stands for, and from that moment.

The removal the gate looks at is written in the same transaction, so that nothing has to be looked up when a letter is due.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import people
from audiences.people import Person
from campaigns.delivery import removals
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import Event

STOP, START = "stop", "start"
REASON = "the reader asked us to stop"


class PreferenceRecorded(Event):
    """A reader asked for no more letters, or for letters again."""

    choice: str


class Preference(SQLModel, table=True):
    """One row per wish; the newest for an address holds."""

    __tablename__ = "preferences"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(index=True, foreign_key="people.id")
    address: str = Field(index=True)
    choice: str
    by: str
    at: datetime


def asking(session: Session, person_id: UUID) -> Person:
    """The reader who asks. Refuses one who was erased."""
    person = people.get(session, person_id)
    if person.is_erased:
        raise NotFound("Your name and address have been erased here, so there is nothing to stop or to change.")
    return person


def stop(session: Session, person_id: UUID, *, by: str, at: datetime) -> bool:
    """No more letters to this person's address. `by` is whoever said so, usually "the reader". False when it was said before."""
    address = asking(session, person_id).address
    said_before = standing(session, address) == STOP
    removals.add(session, address, reason=REASON, by=by, at=at)
    if said_before:
        return False
    _record(session, person_id, address, STOP, by=by, at=at)
    return True


def start(session: Session, person_id: UUID, *, by: str, at: datetime) -> bool:
    """Letters again, if it was the reader who stopped them: an address removed for another reason stays removed."""
    address = asking(session, person_id).address
    if not _is_removed(session, address):
        return False
    removals.lift(session, address, by=by, at=at)
    _record(session, person_id, address, START, by=by, at=at)
    return True


def standing(session: Session, address: str) -> str:
    """What the reader at this address last asked for: `stop`, or `start` when they never stopped."""
    newest = select(Preference).where(Preference.address == address.casefold()).order_by(col(Preference.at).desc()).limit(1)
    found = session.exec(newest).first()
    if found is None:  # nobody ever asked, or whoever did was erased and the address has come again
        return STOP if _is_removed(session, address) else START
    return found.choice


def erase(session: Session, person_ids: Collection[UUID]) -> None:
    """Forget when these people asked for what; what they asked for stands in the removals."""
    session.exec(sa.delete(Preference).where(col(Preference.person_id).in_(person_ids)))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What was asked for at this address, and by whom it was told to us."""
    rows = session.exec(select(Preference).where(Preference.address == address).order_by(col(Preference.at)))
    return [row.model_dump(include={"choice", "by", "at"}) for row in rows]


def _is_removed(session: Session, address: str) -> bool:
    return removals.among(session, [address]).get(address.casefold()) == REASON


def _record(session: Session, person_id: UUID, address: str, choice: str, *, by: str, at: datetime) -> None:
    session.add(Preference(person_id=person_id, address=address.casefold(), choice=choice, by=by, at=at))
    session.flush()
    log.record(session, PreferenceRecorded(choice=choice), subject=person_id, by=by, at=at)
