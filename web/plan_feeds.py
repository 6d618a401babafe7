"""The forward plan as a calendar to subscribe to: iCalendar, behind a link made for one officer, since calendar programs cannot sign in.

Titles and states alone, and nothing of a reader. The link ends when the officer leaves, or the installation's secret is replaced.
Source: RFC 5545.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response
from icalendar import Calendar, Event
from sqlmodel import Session

from audiences import forward_plan, planned_letters
from audiences.forward_plan import Item, View
from audiences.planned_letters import PROPOSED, WAITING
from campaigns.foundation import clock, officers, tokens
from campaigns.foundation.errors import NotFound
from campaigns.foundation.officers import Officer
from web import desk

bp = Blueprint("plan_feeds", __name__, url_prefix="/forward-plan")

PURPOSE = "countersign/forward-plan-feed/v1"
BACK, WEEKS = timedelta(weeks=4), 30
INTEREST = "Government interest: "
LASTS = timedelta(hours=1)
NO_FEED = "This calendar link is not one of ours, or whoever it was made for has left."


def address(officer: Officer) -> str:
    """The link of an officer's own feed, whole."""
    token = tokens.make(desk.settings().secret_key, PURPOSE, str(officer.id))
    return desk.whole_address("plan_feeds.show", token=token)


@bp.get("/<token>.ics")
def show(token: str) -> Response:
    """From four weeks ago for thirty weeks. Refuses, as one that is not there, a link that was changed or whose officer has left."""
    at = desk.now()
    with desk.reading() as session:
        _require_standing(session, token)
        view = View(clock.london(at - BACK).date(), WEEKS)
        letters = planned_letters.read(session, first=view.first, last=view.last, at=at)
        found = forward_plan.items(session, view, letters, at=at)
    return Response(write(found, at=at), mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="forward-plan.ics"'})


def write(items: Iterable[Item], *, at: datetime) -> bytes:
    """The items as one iCalendar object: lines folded at 75 octets and ended by CRLF, an entry's UID the same each time it is written."""
    calendar = Calendar()
    calendar.add("prodid", "-//Countersign//Forward plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "LOPP forward plan")
    for item in items:
        calendar.add_component(_event(item, at))
    return bytes(calendar.to_ical())


def _event(item: Item, at: datetime) -> Event:
    event, (what, about) = Event(), item.about
    event.add("uid", f"{what}-{about}-{item.first:%Y%m%d}@countersign" if what == "rule" else f"{what}-{about}@countersign")
    event.add("dtstamp", at)
    event.add("summary", f"{INTEREST if item.is_of_interest else ''}{' '.join(item.title.split())} ({item.stands})")
    event.add("status", "TENTATIVE" if item.state in (PROPOSED, WAITING) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if item.moment and item.first == item.last:
        event.add("dtstart", item.moment)
        event.add("dtend", item.moment + LASTS)
    else:
        event.add("dtstart", item.first)
        event.add("dtend", item.last + timedelta(days=1))
    return event


def _require_standing(session: Session, token: str) -> None:
    try:
        (officer_id,) = tokens.read(desk.settings().secrets, PURPOSE, token)
        officers.get(session, UUID(officer_id))
    except (NotFound, ValueError):
        raise NotFound(NO_FEED) from None
