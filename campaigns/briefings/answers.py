"""What people answer to an invitation to a briefing: whether they come. The newest answer stands, by whichever way it was given.

An answer is an intention: it is evidence of nothing, and who was there is found out on the day. Calendars write when they answered and to
which number of the invitation, so that an answer that comes late replaces none that was given since.
Sources: HELA paper, Annex 3; RFC 5546, 3.2.3.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings.tours import Briefing
from campaigns.foundation import log
from campaigns.foundation.errors import Refused
from campaigns.foundation.log import Event

ANSWERS = COMING, NOT_COMING, PERHAPS, SENDS_SOMEBODY = ("coming", "not coming", "perhaps", "sends somebody")
WAYS = LINK, CALENDAR, OFFICER = ("link", "calendar", "officer")


class InvitationAnswered(Event):
    """Somebody who was invited to a briefing said whether they come, or said it anew."""

    answer: str
    via: str


class InvitationAnswer(SQLModel, table=True):
    """One row per invited person and event, the newest answer. `sequence`: answered to which; `stamped`: when, if known; `at`: heard."""

    __tablename__ = "invitation_answers"
    __table_args__ = (sa.UniqueConstraint("uid", "person_id", name="uq_invitation_answers_person"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    uid: str
    person_id: UUID = Field(index=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    release_id: UUID = Field(foreign_key="releases.id")
    position: int
    answer: str
    via: str
    sequence: int
    stamped: datetime
    at: datetime


@dataclass(frozen=True)
class Asked:
    """Who was asked, to which event, by which letter, and which number of the invitation they answer."""

    uid: str
    person_id: UUID
    briefing_id: UUID
    release_id: UUID
    position: int
    sequence: int


def answer(session: Session, asked: Asked, said: str, *, via: str, stamped: datetime, by: str, at: datetime) -> bool:
    """Somebody says whether they come. False, with nothing changed, when they said so before or have answered anew since.

    A time ahead of ours, from a wrong clock, is taken as now. Refuses what is no answer. Lock the briefing first, so that two answers
    queue.
    """
    if said not in ANSWERS or via not in WAYS:
        raise Refused("Choose one of the answers.", field="answer")
    mine = select(InvitationAnswer).where(InvitationAnswer.uid == asked.uid, InvitationAnswer.person_id == asked.person_id)
    row = session.exec(mine.with_for_update().execution_options(populate_existing=True)).first()
    moment = min(stamped, at)
    if row is not None and (row.sequence, row.stamped) > (asked.sequence, moment):
        return False
    fresh = row is None or (row.answer, row.sequence) != (said, asked.sequence)
    row = row or InvitationAnswer(**asked.__dict__, answer=said, via=via, stamped=moment, at=at)
    told = {"answer": said, "via": via, "at": at} if fresh else {}
    row.sqlmodel_update({**asked.__dict__, **told, "stamped": moment})
    session.add(row)
    session.flush()
    if fresh:
        log.record(session, InvitationAnswered(answer=said, via=via), subject=asked.briefing_id, by=by, at=at)
    return fresh


def of_event(session: Session, uid: str) -> dict[UUID, InvitationAnswer]:
    """What was answered to one event, by person."""
    return {row.person_id: row for row in session.exec(select(InvitationAnswer).where(InvitationAnswer.uid == uid))}


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What these people answered to invitations."""
    found = select(InvitationAnswer, Briefing).join(Briefing, col(Briefing.id) == InvitationAnswer.briefing_id)
    rows = session.exec(found.where(col(InvitationAnswer.person_id).in_(ids)).order_by(col(InvitationAnswer.at), col(InvitationAnswer.id)))
    return [{"briefing": briefing.title, **row.model_dump(include={"answer", "via", "stamped", "at"})} for row, briefing in rows]
