"""What readers tell us through the links in their letters: that they have read it, and whether they could explain it.

Each answer is a person's act: a choice made on a page and sent. Opening a link is none, and leaves no trace. A row names a place in a
release, never a person; once a reader is erased, nothing tells any more whose place it was.
Source: HELA paper, Annex 3 ("have not reached all stakeholders, in particular all of the LAs").
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.departures import may_be_answered
from campaigns.foundation import database, log
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.reader_links import READER
from campaigns.reach.touches import CONFIRMED, UNDERSTANDS, Fact

READ, PULSE = "read", "pulse"
ANSWERS = NO, PARTLY, YES = ("no", "partly", "yes")  # to "Could you explain to a colleague what was in it?"
GRADES = {READ: CONFIRMED, PULSE: UNDERSTANDS}


class ReadingConfirmed(Event):
    """A reader said that they have read their letter."""

    position: int


class PulseAnswered(Event):
    """A reader said whether they could explain what was in their letter, or said it anew."""

    position: int


class Acknowledgement(SQLModel, table=True):
    """One row per letter and question; answered again, the newest answer stands."""

    __tablename__ = "acknowledgements"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    answer: str
    at: datetime


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What these people said of their letters."""
    place = sa.tuple_(col(Acknowledgement.release_id), col(Acknowledgement.position))
    theirs = place.in_(sa.select(SealedLetter.release_id, SealedLetter.position).where(col(SealedLetter.person_id).in_(ids)))  # type: ignore[call-overload]
    found = select(Acknowledgement).where(theirs).order_by(col(Acknowledgement.at))
    return [said.model_dump(include={"release_id", "kind", "answer", "at"}) for said in session.exec(found)]


def confirm(session: Session, release_id: UUID, position: int, *, at: datetime) -> bool:
    """The reader has read this letter. False if said before. Refuses one that cannot have arrived yet, or was withdrawn since."""
    letter = session.get(Delivery, (release_id, position))
    if letter is None or not may_be_answered(letter):
        raise NotAllowedNow("This letter has not been sent, so nobody can have read it. Nothing was recorded.")
    _require_standing(session, release_id)
    if not _kept(session, release_id, position, READ, YES, at):
        return False
    log.record(session, ReadingConfirmed(position=position), subject=release_id, by=READER, at=at)
    return True


def answer(session: Session, release_id: UUID, position: int, said: str, *, at: datetime) -> bool:
    """Whether they could explain it: no, partly or yes. False if said before. Refuses a letter not read, or withdrawn since."""
    if said not in ANSWERS:
        raise Refused("Choose one of the answers.", field="answer")
    if READ not in given(session, release_id, position):
        raise NotAllowedNow("Say first that you have read the letter. Nothing was recorded.")
    _require_standing(session, release_id)
    if not _kept(session, release_id, position, PULSE, said, at):
        return False
    log.record(session, PulseAnswered(position=position), subject=release_id, by=READER, at=at)
    return True


def given(session: Session, release_id: UUID, position: int) -> dict[str, str]:
    """What was answered about one letter: question → answer."""
    return {row.kind: row.answer for row in of_letter(session, release_id, position)}


def of_letter(session: Session, release_id: UUID, position: int) -> list[Acknowledgement]:
    """The same, with when each was said, the first first."""
    mine = select(Acknowledgement).where(Acknowledgement.release_id == release_id, Acknowledgement.position == position)
    return list(session.exec(mine.order_by(col(Acknowledgement.at), col(Acknowledgement.kind))))


def shown(session: Session, release_id: UUID, position: int) -> tuple[list[Fact], list[str]]:
    """What the answers about one letter are evidence of: touches to put, and the evidence keys of those taken back.

    A body that is no authority gives no evidence. Locks the answers, so that of two who count them the later one sees the later answers.
    """
    letter, release = session.get(SealedLetter, (release_id, position)), session.get(Release, release_id)
    if letter is None or release is None or not letter.authority_code:
        return [], []
    place: dict[str, Any] = {"authority_code": letter.authority_code, "role": letter.role, "message_id": release.message_id}
    mine = select(Acknowledgement).where(Acknowledgement.release_id == release_id, Acknowledgement.position == position)
    facts, gone = [], []
    for row in session.exec(mine.order_by(Acknowledgement.kind).with_for_update().execution_options(populate_existing=True)):
        evidence = f"{row.kind}:{release_id}:{position}"
        if row.answer == YES:
            facts.append(Fact(release.campaign_id, grade=GRADES[row.kind], evidence=evidence, at=row.at, by=READER, **place))
        else:
            gone.append(evidence)
    return facts, gone


def _require_standing(session: Session, release_id: UUID) -> None:
    if session.get_one(Release, release_id).state == "withdrawn":
        raise NotAllowedNow("This letter was withdrawn: do not rely on it. Nothing was recorded.")


def _kept(session: Session, release_id: UUID, position: int, kind: str, said: str, at: datetime) -> bool:
    """Write the answer down, in one statement, however many say it at once; whether it was another than the one that stood."""
    statement = database.insert(session, Acknowledgement).values(release_id=release_id, position=position, kind=kind, answer=said, at=at)
    changed = statement.on_conflict_do_update(
        index_elements=["release_id", "position", "kind"],
        set_={"answer": statement.excluded.answer, "at": statement.excluded.at},
        where=col(Acknowledgement.answer) != statement.excluded.answer,
    )
    return session.exec(changed.returning(col(Acknowledgement.position))).first() is not None
