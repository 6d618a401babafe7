"""Arranging a briefing: its date and place, who presents, and the words it is read from, as often as any of it changes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.briefings import arrangements, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Briefing
from campaigns.foundation import clock, log, officers, sightings
from campaigns.foundation.errors import Invalid
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class BriefingDated(Event):
    """A briefing has a date and a place or link, or another one; `changed` names everything that is different now."""

    starts_at: datetime
    ends_at: datetime | None = None
    changed: list[str] = []


class NotePinned(Event):
    """A briefing is read from this release, at this version."""

    release: UUID
    reference: str
    revision: int


def shown(session: Session, briefing: Briefing) -> dict[str, str]:
    """What is arranged, part by part, in words: what an officer is shown who arranges it."""
    note = releases.get(session, briefing.note_release_id) if briefing.note_release_id else None
    return {
        "Starts": clock.say(briefing.starts_at) if briefing.starts_at else "",
        "Ends": clock.say(briefing.until) if briefing.until else "",
        "Place": briefing.place or "",
        "Joining link": briefing.link or "",
        "Who hosts it": briefing.host or "",
        "Presents for HSE": briefing.hse_presenter or "",
        "Presents for LACoRS": briefing.lacors_presenter or "",
        "Item on the agenda": briefing.agenda_item or "",
        "Room for": str(briefing.capacity or ""),
        "Speaking note": f"{note.title}, {note.reference}, revision {note.revision}" if note else "",
        "Called off or declined": briefing.reason or "",
    }


def arrange(session: Session, briefing_id: UUID, arrangement: Arrangement, *, seen: str | None = None, by: Officer, at: datetime) -> None:
    """Give a briefing its date and what else is known of it. The same again changes nothing, so that nobody is written to about it.

    On another day, sign-ins and apologies lapse. Refuses a note that both parties have not signed, nowhere to meet, and `Stale` if not as
    `seen`.
    """
    officers.require_writer(by)
    if problems := arrangements.problems(session, arrangement):
        raise Invalid(problems)
    before = tours.get(session, briefing_id, lock=True)
    columns, pinned = arrangement.columns(), before.note_release_id
    changed = [name for name, value in columns.items() if getattr(before, name) != value]
    if before.state == "dated" and not changed:
        return
    sightings.require(seen, shown(session, before), "briefing")
    if before.starts_at is None or clock.london(before.starts_at).date() != clock.london(arrangement.starts_at).date():
        sign_ins.lapse(session, briefing_id, by=by, at=at)
    tours.move(session, briefing_id, "date", **columns, reason=None)
    dated = BriefingDated(starts_at=arrangement.starts_at, ends_at=arrangement.until, changed=changed)
    log.record(session, dated, subject=briefing_id, by=by.name, at=at)
    if arrangement.note is not None and arrangement.note != pinned:
        _pinned(session, briefing_id, arrangement.note, by=by, at=at)


def use_note(session: Session, briefing_id: UUID, release_id: UUID, *, by: Officer, at: datetime) -> None:
    """Let a dated briefing be read from this release from now on, everything else staying as it is. Refuses one both have not signed."""
    officers.require_writer(by)
    if problems := arrangements.note_problems(session, release_id):
        raise Invalid(problems)
    if tours.get(session, briefing_id, lock=True).note_release_id == release_id:
        return
    tours.move(session, briefing_id, "pin", note_release_id=release_id)
    _pinned(session, briefing_id, release_id, by=by, at=at)


def _pinned(session: Session, briefing_id: UUID, release_id: UUID, *, by: Officer, at: datetime) -> None:
    release = releases.get(session, release_id)
    pinned = NotePinned(release=release_id, reference=release.reference, revision=release.revision)
    log.record(session, pinned, subject=briefing_id, by=by.name, at=at)
