"""A briefing that does not take place: called off, when it wants another date, or declined by the group, when it wants none."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.briefings import arranging, sign_ins, tours
from campaigns.foundation import log, officers, one_line, sightings
from campaigns.foundation.errors import Invalid
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

NOWHERE: dict[str, object] = dict.fromkeys(("starts_at", "ends_at", "place", "link"))


class BriefingCalledOff(Event):
    """A briefing does not take place when and where it was to, and wants a date again."""

    reason: str
    starts_at: datetime
    place: str = ""
    link: str = ""


class BriefingDeclined(Event):
    """A group does not want a briefing."""

    reason: str


def call_off(session: Session, briefing_id: UUID, *, reason: str, seen: str | None = None, by: Officer, at: datetime) -> None:
    """Call it off: it wants another date. Needs a reason. Presenters, host and note stay. Refuses `Stale` if it is not as `seen`."""
    officers.require_writer(by)
    if problems := one_line.problems("reason", reason, "why it is called off"):
        raise Invalid(problems)
    before = tours.get(session, briefing_id, lock=True)
    sightings.require(seen, arranging.shown(session, before), "briefing")
    fact = BriefingCalledOff(reason=reason.strip(), starts_at=before.starts_at or at, place=before.place or "", link=before.link or "")
    tours.move(session, briefing_id, "call off", **NOWHERE, reason=reason.strip(), times_off=before.times_off + 1)
    sign_ins.lapse(session, briefing_id, by=by, at=at)
    log.record(session, fact, subject=briefing_id, by=by.name, at=at)


def decline(session: Session, briefing_id: UUID, *, reason: str, seen: str | None = None, by: Officer, at: datetime) -> None:
    """The group does not want a briefing; needs a reason. Refuses as `Stale` what was not `seen`, as calling off does."""
    officers.require_writer(by)
    if problems := one_line.problems("reason", reason, "why there will be no briefing"):
        raise Invalid(problems)
    before = tours.get(session, briefing_id, lock=True)
    sightings.require(seen, arranging.shown(session, before), "briefing")
    tours.move(session, briefing_id, "decline", reason=reason.strip(), times_off=before.times_off + 1)
    sign_ins.lapse(session, briefing_id, by=by, at=at)
    log.record(session, BriefingDeclined(reason=reason.strip()), subject=briefing_id, by=by.name, at=at)
