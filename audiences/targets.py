"""Targets: how many authorities a campaign means to have brought to a grade, in which role, by which day; and how far it is.

Held against the evidence for that grade or one that counts towards it, of the same denominator as coverage. Source: HELA paper, para 14 ("a
high level of awareness among LAs is essential") and Annex 2 ("senior managers and elected members, as well as practitioners").
"""

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from audiences import coverage
from audiences.coverage_views import View
from audiences.roles import AUTHORITY_ROLES
from campaigns.foundation import clock, database, log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans
from campaigns.reach.touches import GRADES

SHARE, NUMBER = "share", "number"
EACH_ROLE = "each role"


class TargetSet(Event):
    """A campaign was given a target."""

    grade: str
    by_day: date


class TargetDropped(Event):
    """A target is held against a campaign no more."""


class Target(SQLModel, table=True):
    """One row per target. `wanted` is per cent of the authorities that enforce, or a number of them; `role` empty means anybody there."""

    __tablename__ = "targets"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(index=True)
    role: str
    grade: str
    measure: str
    wanted: int
    by_day: date
    set_by: str
    set_at: datetime
    dropped_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """A target and how far it is: `have` of `need` authorities, out of `of`, with the day looked at."""

    target: Target
    have: int
    of: int
    today: date

    @property
    def need(self) -> int:
        """How many authorities it takes; a share is rounded up, so that 100 per cent means every one."""
        return ceil(self.of * self.target.wanted / 100) if self.target.measure == SHARE else self.target.wanted

    @property
    def state(self) -> str:
        """`met`, `open`, or `missed` once its day is over."""
        if self.have >= self.need:
            return "met"
        return "missed" if self.today > self.target.by_day else "open"


def set_target(
    session: Session, campaign_id: UUID, *, role: str, grade: str, measure: str, wanted: int, by_day: date, by: Officer, at: datetime
) -> UUID:
    """Give a campaign a target. Refuses, naming each field, what cannot be held against anything."""
    officers.require_writer(by)
    campaign_plans.get(session, campaign_id)
    if found := problems(role=role, grade=grade, measure=measure, wanted=wanted, by_day=by_day, at=at):
        raise Invalid(found)
    row = Target(campaign_id=campaign_id, role=role, grade=grade, measure=measure, wanted=wanted, by_day=by_day, set_by=by.name, set_at=at)
    session.add(row)
    session.flush()
    log.record(session, TargetSet(grade=grade, by_day=by_day), subject=row.id, by=by.name, at=at)
    return row.id


def problems(*, role: str, grade: str, measure: str, wanted: int, by_day: date, at: datetime) -> list[Problem]:
    """Whatever cannot be in a target, field by field."""
    checks = {
        "role": (role in ("", EACH_ROLE, *AUTHORITY_ROLES), "Choose a role from the list"),
        "grade": (grade in GRADES, "Choose a grade from the list"),
        "measure": (measure in (SHARE, NUMBER), "Choose per cent or a number"),
        "wanted": (0 < wanted <= (100 if measure == SHARE else 1000), "Enter 1 to 100 per cent, or a number of authorities up to 1,000"),
        "by_day": (by_day >= clock.london(at).date(), "Enter a day that is still to come"),
    }
    return [Problem(field, sentence) for field, (holds, sentence) in checks.items() if not holds]


def drop(session: Session, target_id: UUID, *, by: Officer, at: datetime) -> None:
    """Hold it against the campaign no more. Refuses one that was dropped already."""
    officers.require_writer(by)
    row = database.get(session, Target, target_id, "There is no such target.", lock=True)
    if row.dropped_at:
        raise NotAllowedNow("This target was dropped already.")
    row.dropped_at = at
    session.add(row)
    log.record(session, TargetDropped(), subject=row.id, by=by.name, at=at)


def of_campaign(session: Session, campaign_id: UUID) -> list[Target]:
    """The targets held against a campaign, the next due first."""
    standing = select(Target).where(Target.campaign_id == campaign_id, col(Target.dropped_at).is_(None))
    return list(session.exec(standing.order_by(col(Target.by_day), col(Target.set_at))))


def progress(session: Session, campaign_id: UUID, *, today: date) -> list[Progress]:
    """How far each target is: as it stood at the end of its day once that is over, and now until then."""
    return [_progress(session, target, today) for target in of_campaign(session, campaign_id)]


def _progress(session: Session, target: Target, today: date) -> Progress:
    view = View(role=target.role if target.role != EACH_ROLE else "", on=target.by_day if today > target.by_day else None)
    grid = coverage.grid(session, target.campaign_id, view)
    have = grid.least_in_every_role(target.grade) if target.role == EACH_ROLE else grid.totals.least(target.grade)
    return Progress(target, have, grid.totals.denominator, today)
