"""Milestones: what a campaign's messages may wait for, recorded when it has happened, with what shows it.

Source: HELA paper, para 15 ("once an approach has been agreed, HELA could consider their role in communicating a high level message").
"""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import database, log, officers, one_line
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class MilestoneNamed(Event):
    """A campaign knows something that messages may wait for."""

    name: str


class MilestoneReached(Event):
    """It has happened: messages that wait for it may be scheduled, and their drafters are told."""

    name: str
    evidence: str


class MilestoneTakenBack(Event):
    """It had been recorded by mistake: messages wait for it again, and those that are going stop."""

    name: str
    reason: str


class Milestone(SQLModel, table=True):
    """One row per campaign and name."""

    __tablename__ = "milestones"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "name", name="uq_milestones_name"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    name: str
    reached_at: datetime | None = None
    evidence: str = ""
    by: str


def add(session: Session, campaign_id: UUID, *, name: str, by: Officer, at: datetime) -> UUID:
    """Name what messages of a campaign may wait for. Refuses a name that it has already."""
    officers.require_writer(by)
    name = _line("name", name, "what is waited for")
    if find(session, campaign_id, name) is not None:
        raise Invalid([Problem("name", "This campaign has a milestone of that name already")])
    row = Milestone(campaign_id=campaign_id, name=name, by=by.name)
    session.add(row)
    session.flush()
    log.record(session, MilestoneNamed(name=name), subject=row.id, by=by.name, at=at)
    return row.id


def reach(session: Session, milestone_id: UUID, *, evidence: str, by: Officer, at: datetime) -> None:
    """Record that it has happened; needs what shows it. Refuses one that is recorded already."""
    officers.require_writer(by)
    row = get(session, milestone_id, lock=True)
    if row.reached_at is not None:
        raise NotAllowedNow("This has been recorded already.")
    row.sqlmodel_update({"reached_at": at, "evidence": _line("evidence", evidence, "what shows it"), "by": by.name})
    session.add(row)
    log.record(session, MilestoneReached(name=row.name, evidence=row.evidence), subject=row.id, by=by.name, at=at)


def take_back(session: Session, milestone_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """Record that it has not happened after all; it may be recorded anew. Refuses one that is not recorded, and no reason."""
    officers.require_writer(by)
    row = get(session, milestone_id, lock=True)
    if row.reached_at is None:
        raise NotAllowedNow("This is not recorded as having happened, so there is nothing to take back.")
    reason = _line("reason", reason, "why it is taken back")
    row.sqlmodel_update({"reached_at": None, "evidence": "", "by": by.name})
    session.add(row)
    log.record(session, MilestoneTakenBack(name=row.name, reason=reason), subject=row.id, by=by.name, at=at)


def get(session: Session, milestone_id: UUID, *, lock: bool = False) -> Milestone:
    """The milestone; refuses an unknown id."""
    return database.get(session, Milestone, milestone_id, "There is no such milestone.", lock=lock)


def of(session: Session, campaign_id: UUID) -> list[Milestone]:
    """A campaign's milestones, by name."""
    return list(session.exec(select(Milestone).where(Milestone.campaign_id == campaign_id).order_by(col(Milestone.name))))


def find(session: Session, campaign_id: UUID, name: str) -> Milestone | None:
    """The one of this name, if the campaign has it."""
    return session.exec(select(Milestone).where(Milestone.campaign_id == campaign_id, Milestone.name == name)).first()


def is_reached(session: Session, campaign_id: UUID, name: str) -> bool:
    """Whether it is recorded as having happened; False for a name the campaign does not know."""
    row = find(session, campaign_id, name)
    return row is not None and row.reached_at is not None


def _line(field: str, text: str, what: str) -> str:
    if problems := one_line.problems(field, text, what):
        raise Invalid(problems)
    return text.strip()
