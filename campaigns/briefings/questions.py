"""Questions raised at a briefing: what was asked, for which authority if that is known, and what came of it.

Source: HELA paper, Annex 2 (Communications: face to face, so that questions are heard and answered).
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings import tours
from campaigns.foundation import database, log, officers, sightings
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.foundation.sightings import Shown

LONGEST = 1000
UNKNOWN = "There is no such question."


class QuestionRaised(Event):
    """A question was raised at a briefing."""


class QuestionSettled(Event):
    """What came of a question was written down."""


class Question(SQLModel, table=True):
    """One row per question. `outcome` is what came of it, and may be written anew."""

    __tablename__ = "briefing_questions"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    authority_code: str | None = None
    question: str
    by: str
    at: datetime
    outcome: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None


def raise_one(session: Session, briefing_id: UUID, *, question: str, authority_code: str | None, by: Officer, at: datetime) -> UUID:
    """Write down what was asked. Refuses an unknown briefing, and a question that is empty or too long."""
    officers.require_writer(by)
    _require_fit("question", question, "what was asked")
    row = Question(
        briefing_id=tours.get(session, briefing_id).id, authority_code=authority_code, question=question.strip(), by=by.name, at=at
    )
    session.add(row)
    log.record(session, QuestionRaised(), subject=briefing_id, by=by.name, at=at)
    return row.id


def shown(row: Question) -> Shown:
    """What came of it, for whoever is to write it down or anew."""
    return {"Outcome": row.outcome or ""}


def settle(session: Session, question_id: UUID, *, outcome: str, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Write down the outcome. False if it stands already. Refuses an empty or overlong one, and `Stale` over one that was not `seen`."""
    officers.require_writer(by)
    _require_fit("outcome", outcome, "what came of it")
    row = database.get(session, Question, question_id, UNKNOWN, lock=True)
    if row.outcome == outcome.strip():
        return False
    sightings.require(seen, shown(row), "outcome")
    row.sqlmodel_update({"outcome": outcome.strip(), "settled_by": by.name, "settled_at": at})
    session.add(row)
    log.record(session, QuestionSettled(), subject=row.briefing_id, by=by.name, at=at)
    return True


def get(session: Session, question_id: UUID) -> Question:
    """The question; refuses an unknown id."""
    return database.get(session, Question, question_id, UNKNOWN)


def of_briefing(session: Session, briefing_id: UUID) -> list[Question]:
    """Everything that was asked, in the order it was written down."""
    return of_briefings(session, [briefing_id])


def of_briefings(session: Session, briefing_ids: Collection[UUID]) -> list[Question]:
    """The same of several briefings, all in one list."""
    asked = select(Question).where(col(Question.briefing_id).in_(list(briefing_ids)))
    return list(session.exec(asked.order_by(col(Question.at), col(Question.id))))


def erase(session: Session, question_id: UUID, lines: Collection[str]) -> None:
    """Blank these lines of a question."""
    session.add(get(session, question_id).sqlmodel_update(dict.fromkeys(lines, "erased")))


def _require_fit(field: str, text: str, what: str) -> None:
    if not 0 < len(text.strip()) <= LONGEST or "\x00" in text:
        raise Invalid([Problem(field, f"Enter {what}, in up to {LONGEST:,} characters")])
