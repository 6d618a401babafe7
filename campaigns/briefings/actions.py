"""Next actions after a briefing: what is to be done, by which party or the group itself, by when, and whether it is done."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings import tours
from campaigns.foundation import database, log, officers, one_line
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

OWNERS = HSE, LACORS, GROUP = ("hse", "lacors", "group")  # a party, or the regional group that was briefed
LONGEST = 300


class ActionAdded(Event):
    """Something is to be done after a briefing."""

    party: str
    due: date


class ActionFinished(Event):
    """A next action is done."""


class ActionReopened(Event):
    """A next action had been marked as done by mistake, and is still to be done."""


class Action(SQLModel, table=True):
    """One row per action; `owner` is the post within the `party` that does it."""

    __tablename__ = "briefing_actions"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    what: str
    party: str
    owner: str
    due: date
    by: str
    at: datetime
    done_by: str | None = None
    done_at: datetime | None = None


def add(session: Session, briefing_id: UUID, *, what: str, party: str, owner: str, due: date, by: Officer, at: datetime) -> UUID:
    """Write down what is to be done. Refuses, naming each field, what cannot be used."""
    officers.require_writer(by)
    problems = [
        *one_line.problems("what", what, "what is to be done", longest=LONGEST),
        *one_line.problems("owner", owner, "the post that does it"),
    ]
    if party not in OWNERS:
        problems.append(Problem("party", "Choose who does it"))
    if problems:
        raise Invalid(problems)
    said: dict[str, Any] = {"what": what.strip(), "party": party, "owner": owner.strip(), "due": due}
    row = Action(briefing_id=tours.get(session, briefing_id).id, **said, by=by.name, at=at)
    session.add(row)
    log.record(session, ActionAdded(party=party, due=due), subject=briefing_id, by=by.name, at=at)
    return row.id


def finish(session: Session, action_id: UUID, *, by: Officer, at: datetime) -> Action:
    """Mark an action as done. Refuses one that is done already."""
    officers.require_writer(by)
    row = database.get(session, Action, action_id, "There is no such action.", lock=True)
    if row.done_at is not None:
        raise NotAllowedNow(f"{row.done_by} has marked this as done already.")
    row.sqlmodel_update({"done_by": by.name, "done_at": at})
    session.add(row)
    log.record(session, ActionFinished(), subject=row.briefing_id, by=by.name, at=at)
    return row


def reopen(session: Session, action_id: UUID, *, by: Officer, at: datetime) -> Action:
    """An action is not done after all. Refuses one that is not marked as done."""
    officers.require_writer(by)
    row = database.get(session, Action, action_id, "There is no such action.", lock=True)
    if row.done_at is None:
        raise NotAllowedNow("This is not marked as done.")
    row.sqlmodel_update({"done_by": None, "done_at": None})
    session.add(row)
    log.record(session, ActionReopened(), subject=row.briefing_id, by=by.name, at=at)
    return row


def of_briefing(session: Session, briefing_id: UUID) -> list[Action]:
    """What is to be done, the soonest due first."""
    return list(session.exec(select(Action).where(Action.briefing_id == briefing_id).order_by(col(Action.due), col(Action.at))))


def due(session: Session, briefing_ids: Collection[UUID]) -> dict[UUID, date]:
    """The day by which the first action of each of these briefings was to be done that is not; a briefing with none is left out."""
    undone = select(Action.briefing_id, sa.func.min(Action.due)).where(
        col(Action.briefing_id).in_(briefing_ids), col(Action.done_at).is_(None)
    )
    return dict(session.exec(undone.group_by(col(Action.briefing_id))).all())


def erase(session: Session, action_id: UUID, lines: Collection[str]) -> None:
    """Blank these lines of an action."""
    session.add(session.get_one(Action, action_id).sqlmodel_update(dict.fromkeys(lines, "erased")))
