"""Dates a briefing could have: those that suit the group's authorities and the presenters first, each with what stands against it.

Source: HELA paper, Annex 2 ("Communications need to be linked in to LA timescales").
"""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, render_template
from sqlmodel import Session

from audiences import calendars, organisations
from campaigns.briefings import suggestions, tours
from campaigns.briefings.arrangements import USUAL
from campaigns.briefings.suggestions import Slot, Wanted
from campaigns.briefings.tours import Briefing
from campaigns.foundation import clock
from campaigns.planning import windows
from web import desk
from web.guards import for_writers

bp = Blueprint("dates", __name__, url_prefix="/briefings")

NOTICE, AHEAD = timedelta(weeks=2), timedelta(weeks=8)  # a group and a room want some notice
SHOWN = 20
CLASS = windows.PUBLICITY  # members come to a briefing too: a pre-election period stands against it


@bp.get("/<uuid:briefing_id>/dates")
@for_writers
def suggest(briefing_id: UUID) -> str:
    """The dates of the next weeks, the best first, to choose one and arrange the briefing on it."""
    today = desk.today()
    first, last = today + NOTICE, today + AHEAD
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        wanted = _wanted(session, briefing)
        holds = calendars.holds(session, list(wanted.members), first, last, CLASS)
        best, never = suggestions.suggest(wanted, _days(wanted, first, last), holds, _slots(session, briefing, first, last))
        return render_template(
            "tours/dates.html",
            briefing=briefing,
            best=best[:SHOWN],
            more=len(best) - SHOWN,
            never=never,
            wanted=wanted,
            first=first,
            last=last,
        )


def against(session: Session, briefing: Briefing) -> list[str]:
    """What stands against the date a briefing has; nothing for one that has none."""
    if briefing.starts_at is None:
        return []
    day, wanted = clock.london(briefing.starts_at).date(), _wanted(session, briefing)
    holds = calendars.holds(session, list(wanted.members), day, day, CLASS)
    found = suggestions.weigh(wanted, briefing.starts_at, holds, _slots(session, briefing, day, day))
    return [*found.ruled_out, *found.against, *([] if wanted.members else _of_the_day_itself(day))]


def _of_the_day_itself(day: date) -> list[str]:
    """That it is no working day, for a body that has no authorities with calendars of their own."""
    off = windows.holds(calendars.bank_holidays(calendars.ELSEWHERE, (day.year,)), first=day, last=day, message_class=CLASS)
    return [hold.reason[0].upper() + hold.reason[1:] for hold in off]


def _days(wanted: Wanted, first: date, last: date) -> list[date]:
    """Weekdays; for a body that has no authorities with calendars of their own, without England's bank holidays."""
    days = suggestions.weekdays(first, last)
    if wanted.members:
        return days
    free = {rule.first for rule in calendars.bank_holidays(calendars.ELSEWHERE, tuple(range(first.year, last.year + 1)))}
    return [day for day in days if day not in free]


def _wanted(session: Session, briefing: Briefing) -> Wanted:
    members = {member.code: member.name for member in organisations.members(session, briefing.group_code)}
    lasts = briefing.until - briefing.starts_at if briefing.starts_at and briefing.until else USUAL
    return Wanted(members, _regions(session).get(briefing.group_code, ""), _presenters(briefing), lasts)


def _slots(session: Session, briefing: Briefing, first: date, last: date) -> list[Slot]:
    """Every other briefing of these weeks, on any tour."""
    regions = _regions(session)
    found = tours.dated(session, clock.end_of(first - timedelta(days=1)), clock.end_of(last))
    return [
        Slot(
            _presenters(other),
            other.starts_at,
            other.until,
            f"{other.place or 'an online meeting'} ({other.title})",
            regions.get(other.group_code, ""),
            by_link=not other.place,
        )
        for other in found
        if other.id != briefing.id and other.starts_at and other.until
    ]


def _presenters(briefing: Briefing) -> frozenset[str]:
    return frozenset(filter(None, (briefing.hse_presenter, briefing.lacors_presenter)))


def _regions(session: Session) -> dict[str, str]:
    return {group.code: group.region or group.nation for group in organisations.groups(session, opted_in=True)}
