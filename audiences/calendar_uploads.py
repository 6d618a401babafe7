"""Calendars waiting to be looked at: what an officer's file said, kept from the preview to the press that applies it, a day at the most."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, delete

from audiences import calendar_loads, calendar_parsing, calendar_subscriptions
from audiences.calendar_files import Reading
from audiences.calendar_loads import Calendar, Difference
from campaigns.foundation import database, officers
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.officers import Officer

KEPT = timedelta(days=1)


class CalendarUpload(SQLModel, table=True):
    """One row per file that was read and not yet applied."""

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


def get(session: Session, upload_id: UUID) -> CalendarUpload:
    """The file; refuses one that was applied or has gone."""
    return database.get(session, CalendarUpload, upload_id, "This file was applied already, or is too old. Bring it in again.")


def apply(session: Session, upload_id: UUID, *, by: Officer, at: datetime) -> Difference:
    """Apply it, and keep it no longer."""
    row = get(session, upload_id)
    found = calendar_loads.apply(session, row.calendar(), row.reading(), by=by, at=at)
    session.delete(row)
    return found
