"""Briefings added to a tour by hand: a group the register has since it was opened, another body, or one more date for a group.

Source: HELA paper, para 5 (LGP's meeting) and Annex 3 ("Present LOPP to each LA regional group").
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing, Group
from campaigns.foundation import log, officers, one_line
from campaigns.foundation.errors import Invalid, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class BriefingAdded(Event):
    """A group or another body was put on a tour by hand, or was given one more date."""

    group: str
    slot: int


def add(session: Session, tour_id: UUID, group: Group, *, focus: str = "", awaits_steer: bool = False, by: Officer, at: datetime) -> UUID:
    """Put one more group or body on the tour, or give it one more date; gives the id. Refuses one that still waits for a date."""
    officers.require_writer(by)
    if problems := one_line.problems("focus", focus, "the focus", needed=False):
        raise Invalid(problems)
    tours.tour(session, tour_id, lock=True)
    theirs = [briefing for briefing in tours.briefings(session, tour_id) if briefing.group_code == group.code]
    if any(briefing.state == "wanted" for briefing in theirs):
        raise Refused(f"{group.name} is on this tour and has no date yet. Arrange that briefing first.", field="body")
    slot = 1 + max((briefing.slot for briefing in theirs), default=0)
    briefing = Briefing(tour_id=tour_id, group_code=group.code, group_name=group.name, nation=group.nation, slot=slot)
    briefing.sqlmodel_update({"focus": focus.strip() or None, "awaits_steer": awaits_steer})
    session.add(briefing)
    session.flush()
    log.record(session, BriefingAdded(group=group.name, slot=slot), subject=briefing.id, by=by.name, at=at)
    return briefing.id
