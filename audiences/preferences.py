"""Preferences: what a reader asked of us. It holds for the address, whatever posts it stands for, and from that moment.

A reader may want no letters at all, or none about one campaign. The removal the gate looks at is written in the same transaction, so that
nothing has to be looked up when a letter is due.
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
REASON_ABOUT_ONE = "the reader asked for no letters about this campaign"


class PreferenceRecorded(Event):
    """A reader asked for no more letters, or for letters again; `topic`: about which campaign, or empty."""

    choice: str
    topic: str = ""


class Preference(SQLModel, table=True):
    """One row per wish; the newest for an address and topic (a campaign's id, or empty: every letter) holds."""

    __tablename__ = "preferences"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(index=True, foreign_key="people.id")
    address: str = Field(index=True)
    topic: str = ""
    choice: str
    by: str
    at: datetime


def asking(session: Session, person_id: UUID) -> Person:
    """The reader who asks, held until the transaction ends. Refuses one who was erased."""
    person = people.get(session, person_id, lock=True)
    if person.is_erased:
        raise NotFound("Your name and address have been erased here, so there is nothing to stop or to change.")
    return person


def stop(session: Session, person_id: UUID, *, by: str, at: datetime, about: UUID | None = None) -> bool:
    """No more letters to this person's address, or none `about` a campaign. `by`: whoever said so. False when it was said before."""
    address, reason = asking(session, person_id).address, REASON if about is None else REASON_ABOUT_ONE
    added = removals.add(session, address, reason=reason, by=by, at=at, campaign_id=about)
    if not added and standing(session, address, about=about) == STOP:
        return False
    _record(session, person_id, address, STOP, by=by, at=at, about=about)
    return True


def start(session: Session, person_id: UUID, *, by: str, at: datetime) -> bool:
    """Letters about everything again, where it was the reader who stopped them: an address removed for another reason stays removed."""
    address = asking(session, person_id).address
    refused: list[UUID | None] = [*([None] if _is_removed(session, address) else []), *removals.topics(session, address)]
    lifted = [about for about in refused if removals.lift(session, address, by=by, at=at, campaign_id=about)]
    for about in lifted:
        _record(session, person_id, address, START, by=by, at=at, about=about)
    return bool(lifted)


def standing(session: Session, address: str, *, about: UUID | None = None) -> str:
    """What the reader at this address last asked for, for all letters or about one campaign: `stop`, or `start` when they never stopped."""
    theirs = select(Preference).where(Preference.address == address.casefold(), Preference.topic == _topic(about))
    found = session.exec(theirs.order_by(col(Preference.at).desc()).limit(1)).first()
    if found is None:  # nobody ever asked, or whoever did was erased and the address has come again
        return STOP if _is_removed(session, address, about) else START
    return found.choice


def erase(session: Session, person_ids: Collection[UUID]) -> None:
    """Forget when these people asked for what; what they asked for stands in the removals."""
    session.exec(sa.delete(Preference).where(col(Preference.person_id).in_(person_ids)))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What was asked for at this address, about everything or which campaign, and by whom it was told to us."""
    rows = session.exec(select(Preference).where(Preference.address == address).order_by(col(Preference.at)))
    return [{"topic": removals.what(session, row.topic), **row.model_dump(include={"choice", "by", "at"})} for row in rows]


def _is_removed(session: Session, address: str, about: UUID | None = None) -> bool:
    if about is not None:
        return about in removals.topics(session, address)
    return removals.among(session, [address]).get(address.casefold()) == REASON


def _topic(about: UUID | None) -> str:
    return str(about) if about else ""


def _record(session: Session, person_id: UUID, address: str, choice: str, *, by: str, at: datetime, about: UUID | None) -> None:
    topic = _topic(about)
    session.add(Preference(person_id=person_id, address=address.casefold(), topic=topic, choice=choice, by=by, at=at))
    session.flush()
    log.record(session, PreferenceRecorded(choice=choice, topic=topic), subject=person_id, by=by, at=at)
