"""The part of a message's form about briefings: which it invites to, and what a first draft of an invitation, or of what follows, says."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.drafting import invitations
from campaigns.foundation import clock
from web import forms, words

SUBJECT = "Briefing for your regional group"
CORE = """Dear ((name)),

((invitation))

- Date: ((date))
- Time: ((time))
- Place: ((place))
"""
JOINING = "- Join by: ((link))\n"
LINES = (
    "HSE and LACoRS invite you to the briefing for your regional group. Please say whether you are coming.",
    "We have not heard yet whether you are coming to the briefing for your regional group. Please tell us.",
    "The briefing for your regional group will not take place then. We are sorry. If there is another date, we will invite you again.",
)


class InvitationFields(forms.Form):
    """Briefings that readers are invited to; every message's form has them."""

    invites_to = forms.ticks(
        "Does it invite to briefings?",
        hint="Each reader is invited to their own group’s briefing. Write ((invitation)) where one of the three lines below should go; ((date)), ((time)),"
        " ((place)) and ((link)) are filled in. Every letter carries a calendar entry.",
    )


def offered(session: Session, standing: Collection[str]) -> list[tuple[str, str]]:
    """The briefings that have a date, soonest first; and those of `standing` words, so that none is dropped in silence."""
    wanted = (col(Briefing.state) == "dated") | col(Briefing.id).in_([UUID(one) for one in standing])
    found = session.exec(select(Briefing).where(wanted).order_by(col(Briefing.starts_at), col(Briefing.group_name)))
    return [(str(one.id), said(one)) for one in found]


def said(briefing: Briefing) -> str:
    """`Wales, Tuesday 12 May 2026, 10:00, Cardiff`."""
    when = clock.say(briefing.starts_at) if briefing.state == "dated" and briefing.starts_at else "no date now"
    return ", ".join(filter(None, (briefing.title, when, briefing.place)))


def follow_up(session: Session, tour_id: UUID) -> dict[str, Any]:
    """The beginning of what follows a tour's briefings, as the form shows it."""
    tour = tours.tour(session, tour_id)
    begun = {"title": f"After the briefings: {tour.name}", "core": "Dear ((name)),\n\n((attendance))\n"}
    return {"campaign": str(tour.campaign_id), "follows_up": str(tour_id), "latest_send_hour": "17:00", **begun}


def draft(session: Session, tour_id: UUID, *, at: datetime) -> dict[str, Any]:
    """A first draft that invites to every briefing of a tour that is still to come, as the form shows it."""
    tour = tours.tour(session, tour_id)
    coming = [one for one in tours.briefings(session, tour_id) if one.state == "dated" and one.starts_at and one.starts_at > at]
    latest = clock.london(max((one.starts_at for one in coming if one.starts_at), default=at))
    return {
        "campaign": str(tour.campaign_id),
        "title": f"Invitation: {tour.name}",
        "subject": SUBJECT,
        "core": CORE + (JOINING if coming and all(one.link for one in coming) else ""),
        "invites_to": [str(one.id) for one in coming],
        f"closed-{invitations.STAGE}": "\n".join(LINES),
        "latest_send": latest.date(),
        "latest_send_hour": words.hour(latest),
        "message_class": "operational",
    }
