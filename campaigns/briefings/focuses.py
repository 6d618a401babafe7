"""What a briefing is to be about: a line, or that it awaits somebody's advice.

Apart from the arrangement, since a steer comes in its own time and moves nobody's meeting. Source: HELA paper, para 5 ("advice on the most
suitable focus" of LGP's meeting).
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.foundation import log, officers, one_line, sightings
from campaigns.foundation.errors import Invalid
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class BriefingFocused(Event):
    """What a briefing is to be about was said, or that this awaits a steer."""

    focus: str


def shown(briefing: Briefing) -> dict[str, str]:
    """What it is to be about, in words: what an officer is shown who says it."""
    return {"Focus": briefing.focus_said}


def say(
    session: Session, briefing_id: UUID, *, focus: str, awaits_steer: bool = False, seen: str | None = None, by: Officer, at: datetime
) -> bool:
    """Say what it is to be about, or propose it and await a steer. False if nothing changed. Refuses `Stale` if it is not as `seen`."""
    officers.require_writer(by)
    if problems := one_line.problems("focus", focus, "the focus", needed=False):
        raise Invalid(problems)
    briefing = tours.get(session, briefing_id, lock=True)
    said = {"focus": focus.strip() or None, "awaits_steer": awaits_steer}
    if said == {"focus": briefing.focus, "awaits_steer": briefing.awaits_steer}:
        return False
    sightings.require(seen, shown(briefing), "focus")
    briefing.sqlmodel_update(said)
    session.add(briefing)
    log.record(session, BriefingFocused(focus=briefing.focus_said or "nothing yet"), subject=briefing_id, by=by.name, at=at)
    return True
