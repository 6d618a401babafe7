"""Calendars waiting to be looked at: what an officer's file said, kept from the preview to the press that applies it, a day at the most."""

from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, delete

from audiences import calendar_loads, calendar_parsing, calendar_subscriptions
from audiences.calendar_files import Reading
from audiences.calendar_loads import Calendar, Difference
from campaigns.foundation import database, officers, sightings
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.officers import Officer
from campaigns.foundation.sightings import Shown

KEPT = timedelta(days=1)


class CalendarUpload(SQLModel, table=True):
    """One row per file that was read; of one that was applied only its numbers are kept."""

    __tablename__ = "calendar_uploads"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    scope: str
    place: str
    kind: str
    lead_days: int
    said: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    by: str
    at: datetime = Field(index=True)

    @property
    def applied(self) -> list[int] | None:
        """Of one that was applied: how many rules were added, changed, retired and as before."""
        return self.said.get("applied")

    def calendar(self) -> Calendar:
        """What the officer said of it."""
        return Calendar(self.name, self.scope, self.place, self.kind, self.lead_days)

    def reading(self) -> Reading:
        """What the file said."""
        entries = [calendar_parsing.entry(each) for each in self.said["entries"]]
        return Reading(entries, [tuple(each) for each in self.said["refused"]], list(self.said["remarks"]))


def keep(session: Session, calendar: Calendar, reading: Reading, *, by: Officer, at: datetime) -> UUID:
    """Keep what was read until somebody has looked; files that nobody applied within a day go. Refuses what `compare` does, and
    the name of a calendar that is read from the web, which would take it back.
    """
    officers.require_writer(by)
    calendar_loads.compare(session, calendar, reading)
    if calendar_subscriptions.is_read(session, calendar.name):
        raise Invalid([Problem("name", "A calendar of this name is read from the web every day. Give this one another name")])
    session.exec(delete(CalendarUpload).where(col(CalendarUpload.at) < at - KEPT))
    entries = [calendar_parsing.written(each) for each in reading.entries]
    said = {"entries": entries, "refused": [list(each) for each in reading.refused], "remarks": reading.remarks}
    facts: dict[str, Any] = {"name": calendar.name.strip(), "scope": calendar.scope, "place": calendar.place, "kind": calendar.kind}
    row = CalendarUpload(**facts, lead_days=calendar.lead_days, said=said, by=by.name, at=at)
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, upload_id: UUID, *, lock: bool = False) -> CalendarUpload:
    """The file; refuses one that has gone."""
    return database.get(session, CalendarUpload, upload_id, "This file is too old. Bring it in again.", lock=lock)


def apply(session: Session, upload_id: UUID, *, seen: str | None = None, by: Officer, at: datetime) -> list[int]:
    """Apply it, and keep of it only how many rules were added, changed, retired and as before; whoever presses twice gets the same answer.

    `seen`: what it was shown to change. Refuses, as `Stale`, to change anything else.
    """
    row = get(session, upload_id, lock=True)
    if row.applied is None:
        sightings.require(seen, shown(calendar_loads.compare(session, row.calendar(), row.reading())), "calendar")
        found = calendar_loads.apply(session, row.calendar(), row.reading(), by=by, at=at)
        row.said = {"applied": [len(found.added), len(found.changed), len(found.retired), found.same]}
        session.add(row)
    return row.applied or []


def shown(found: Difference) -> Shown:
    """What applying would change, in words."""
    return {
        "Would be added": _listed([rule.title for rule in found.added]),
        "Would be changed": _listed([rule.title for _, rule in found.changed]),
        "Would be retired": _listed([rule.title for rule in found.retired]),
    }


def _listed(titles: list[str]) -> str:
    return f"{len(titles):,}: {shorten(', '.join(sorted(titles)), 300, placeholder=' …')}" if titles else ""
