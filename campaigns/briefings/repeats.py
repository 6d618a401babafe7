"""Local repeats: somebody held a briefing again at one authority, with the same kit, and told us through a link.

A link can be passed on to anybody, so what comes through it is a report and no evidence: it counts as *briefed face to face* once an officer
has accepted it, and not before. Source: HELA paper, Annex 2 ("Partnership Liaison Officers"; "face to face communications").
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings import attendance, tours
from campaigns.briefings.tours import Briefing, Tour
from campaigns.foundation import clock, database, log, officers, one_line
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.reach.touches import BRIEFED, BRIEFING, Fact, Touch

WAITING, ACCEPTED, NOT_COUNTED = STATES = ("waiting", "accepted", "not counted")
LARGEST_COUNT = 500
MOST_WAITING = 50
OPEN_FOR = timedelta(days=365)  # after the briefing
LINK = "the repeat page"  # who did it, where somebody reports through the link


class RepeatReported(Event):
    """Somebody told us through a link that they held a local repeat."""


class RepeatAccepted(Event):
    """An officer accepted a local repeat: it counts."""


class RepeatRefused(Event):
    """An officer does not let a local repeat count, or no more."""


@dataclass(frozen=True)
class Told:
    """What somebody tells of a repeat. `heads` are how many came, by role; `reporter` is who held it and `post` theirs."""

    authority_code: str
    day: date
    venue: str
    heads: Mapping[str, int]
    asked: str
    reporter: str
    post: str


class Repeat(SQLModel, table=True):
    """One row per repeat told of; the very same told twice is one."""

    __tablename__ = "local_repeats"
    __table_args__ = (sa.UniqueConstraint("briefing_id", "digest", name="uq_local_repeats_told"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    authority_code: str
    day: date
    venue: str
    heads: dict[str, int] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    asked: str
    reporter: str
    post: str
    digest: str
    at: datetime
    state: str = Field(default=WAITING, index=True)
    settled_by: str | None = None
    settled_at: datetime | None = None


def window(briefing: Briefing) -> tuple[datetime, datetime] | None:
    """From when until when repeats of a briefing can be told of: from its day on, in London, for a year; None of one without a date."""
    if briefing.starts_at is None or briefing.state not in ("dated", "held"):
        return None
    return clock.from_london(clock.london(briefing.starts_at).date(), time(0)), briefing.starts_at + OPEN_FOR


def report(session: Session, briefing_id: UUID, told: Told, *, at: datetime) -> bool:
    """Put a repeat before the officers; False if the very same was told already. Refuses, naming each field, what cannot be."""
    briefing = tours.get(session, briefing_id, lock=True)  # whoever sends the same at the same moment waits, and is known then
    open_between = window(briefing)
    if open_between is None or not open_between[0] <= at <= open_between[1]:
        raise NotFound("Repeats of this briefing cannot be reported now.")
    if found := problems(told, since=clock.london(open_between[0]).date(), today=clock.london(at).date()):
        raise Invalid(found)
    digest = _digest(told)
    if session.exec(select(Repeat.id).where(Repeat.briefing_id == briefing_id, Repeat.digest == digest)).first() is not None:
        return False
    if len(_in_state(session, briefing_id, WAITING)) >= MOST_WAITING:
        raise NotAllowedNow("Many repeats of this briefing wait to be looked at already. Write to us about yours.")
    said: dict[str, Any] = {**vars(told), "heads": {role: number for role, number in told.heads.items() if number}}
    lines: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
    session.add(Repeat(briefing_id=briefing_id, **lines, digest=digest, at=at))
    log.record(session, RepeatReported(), subject=briefing_id, by=LINK, at=at)
    return True


def problems(told: Told, *, since: date, today: date) -> list[Problem]:
    """Whatever cannot be in what is told of a briefing that was on the day `since`, field by field."""
    lines = {"venue": ("where it was", told.venue), "reporter": ("your name", told.reporter), "post": ("your post", told.post)}
    found = [problem for field, (what, text) in lines.items() for problem in one_line.problems(field, text, what)]
    found += one_line.problems("asked", told.asked, "what was asked", needed=False)
    if not since <= told.day <= today:
        found.append(Problem("day", f"Enter the day it was held: from {clock.day(since)}, when the briefing was, to today"))
    if not any(told.heads.values()) or not all(0 <= number <= LARGEST_COUNT for number in told.heads.values()):
        found.append(Problem("heads", f"Enter how many came, for at least one role, and up to {LARGEST_COUNT} for each"))
    return found


def accept(session: Session, repeat_id: UUID, *, by: Officer, at: datetime) -> Repeat:
    """It took place as told: it counts. Refuses one that counts already."""
    row = _settle(session, repeat_id, ACCEPTED, "This repeat counts already.", by=by, at=at)
    log.record(session, RepeatAccepted(), subject=row.id, by=by.name, at=at)
    return row


def refuse(session: Session, repeat_id: UUID, *, by: Officer, at: datetime) -> Repeat:
    """It does not count, or no longer counts. Refuses one that was refused already."""
    row = _settle(session, repeat_id, NOT_COUNTED, "This repeat does not count already.", by=by, at=at)
    log.record(session, RepeatRefused(), subject=row.id, by=by.name, at=at)
    return row


def of_briefing(session: Session, briefing_id: UUID) -> list[Repeat]:
    """Every repeat told of, those that wait first and the newest first among them."""
    rows = session.exec(select(Repeat).where(Repeat.briefing_id == briefing_id).order_by(col(Repeat.at).desc(), col(Repeat.id)))
    return sorted(rows, key=lambda row: STATES.index(row.state))


def shown(session: Session, repeat_id: UUID) -> tuple[list[Fact], list[str]]:
    """What a repeat is evidence of: touches to put for each role that came, and the evidence of one that does not count."""
    row = _held(session, repeat_id)
    if row.state != ACCEPTED:
        return [], [_evidence(row, role) for role in row.heads]
    campaign = session.exec(
        select(Tour.campaign_id).join(Briefing, col(Briefing.tour_id) == Tour.id).where(Briefing.id == row.briefing_id)
    ).one()
    noon, by = clock.from_london(row.day, time(12)), _by(row)
    return [Fact(campaign, row.authority_code, role, BRIEFED, _evidence(row, role), noon, by, channel=BRIEFING) for role in row.heads], []


def evidence(session: Session, briefing_ids: Collection[UUID]) -> list[str]:
    """The beginning of every evidence key of these briefings: of their sheets, and of the repeats told of."""
    told = session.exec(select(Repeat.id).where(col(Repeat.briefing_id).in_(briefing_ids)))
    return [*map(attendance.evidence, briefing_ids), *(f"repeat:{one}:" for one in told)]


def erase(session: Session, repeat_id: UUID, lines: Collection[str]) -> None:
    """Blank these lines of a repeat, and who reported it wherever that was put down beside the evidence."""
    row = _held(session, repeat_id)
    session.add(row.sqlmodel_update({**dict.fromkeys(lines, "erased"), "digest": f"erased {row.id}"}))
    evidence = col(Touch.evidence).startswith(f"repeat:{row.id}:")
    session.exec(sa.update(Touch).where(evidence).values(by=_by(row)))  # taken back or not


def forget(session: Session, repeat_id: UUID) -> None:
    """Blank who told of a repeat and all they wrote; the day, the authority and how many came stay, and so does the evidence."""
    erase(session, repeat_id, ("venue", "asked", "reporter", "post"))


def _settle(session: Session, repeat_id: UUID, state: str, already: str, *, by: Officer, at: datetime) -> Repeat:
    officers.require_writer(by)
    row = _held(session, repeat_id)
    if row.state == state:
        raise NotAllowedNow(already)
    row.sqlmodel_update({"state": state, "settled_by": by.name, "settled_at": at})
    session.add(row)
    return row


def _held(session: Session, repeat_id: UUID) -> Repeat:
    """The repeat, locked until the transaction ends; refuses an unknown id."""
    return database.get(session, Repeat, repeat_id, "There is no such local repeat.", lock=True)


def _in_state(session: Session, briefing_id: UUID, state: str) -> list[UUID]:
    return list(session.exec(select(Repeat.id).where(Repeat.briefing_id == briefing_id, Repeat.state == state)))


def _by(row: Repeat) -> str:
    return f"{row.reporter}, {row.post}"


def _evidence(row: Repeat, role: str) -> str:
    return f"repeat:{row.id}:{role}"


def _digest(told: Told) -> str:
    said = [told.authority_code, told.day.isoformat(), told.venue.strip(), sorted(told.heads.items()), told.reporter.strip()]
    return sha256(json.dumps(said).encode()).hexdigest()
