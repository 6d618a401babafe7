"""Home: what waits for me, what is blocked and by whom, what comes next, and how far each campaign has come."""

from uuid import UUID

from flask import Blueprint, render_template
from sqlmodel import Session

from audiences import coverage, people
from campaigns.agreement.releases import Release
from campaigns.briefings.tours import Briefing
from campaigns.delivery import halts, heartbeats
from campaigns.drafting.messages import Message
from campaigns.foundation import log
from campaigns.planning import campaign_plans
from web import desk, first_steps, fortnight, histories, signature_tasks, waiting
from web.histories import Line

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> str:
    """An officer's first page."""
    officer, at = desk.current_officer(), desk.now()
    with desk.reading() as session:
        waits = signature_tasks.sealed(session, officer)
        reserve = waiting.in_reserve(session, officer, waits)
        kept = {one.release.id for one in reserve}
        waits = [one for one in waits if one.release.id not in kept]
        return render_template(
            "home/show.html",
            off=halts.off(session),
            unmanned=heartbeats.said(session, at=at),
            first_steps=first_steps.of(session, officer, desk.settings()),
            tasks=waiting.for_officer(session, officer, waits, at=at),
            blocked=waiting.blocked(session, officer, waits, kept, at=at),
            reserve=reserve,
            days=fortnight.days(session, at=at),
            campaigns=[(plan, coverage.grid(session, plan.id).totals) for plan in campaign_plans.every(session)],
            last=_last(session),
            now=at,
        )


def _last(session: Session) -> tuple[str, Line] | None:
    """The newest fact worth telling, after the name of the message or briefing it is about."""
    names, newest = people.place_names(session), log.latest(session, but=histories.MACHINERY)
    told = ((entry, line) for entry in newest for line in histories.lines([entry], names))
    return next(((_about(session, entry.subject), line) for entry, line in told), None)


def _about(session: Session, subject: UUID) -> str:
    found = (session.get(Release, subject), session.get(Message, subject), session.get(Briefing, subject))
    return next((f"“{one.title}”: " for one in found if one), "")
