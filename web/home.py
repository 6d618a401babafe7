"""Home: what waits for me, what is blocked and by whom, what comes next, and how far each campaign has come."""

from flask import Blueprint, render_template

from audiences import coverage
from campaigns.delivery import arming, heartbeats
from campaigns.foundation import log
from campaigns.planning import campaign_plans
from web import desk, fortnight, histories, waiting

bp = Blueprint("home", __name__)

LOOK_BACK = 20  # facts looked through for one worth telling


@bp.get("/")
def show() -> str:
    """An officer's first page."""
    officer, at = desk.current_officer(), desk.now()
    with desk.reading() as session:
        waits = waiting.sealed(session, officer)
        return render_template(
            "home/show.html",
            off=arming.off(session),
            unmanned=heartbeats.said(session, at=at),
            tasks=waiting.for_officer(session, officer, waits, at=at),
            blocked=waiting.blocked(session, officer, waits, at=at),
            days=fortnight.days(session, at=at),
            campaigns=[(plan, coverage.grid(session, plan.id).totals) for plan in campaign_plans.every(session)],
            last=next(iter(histories.lines(log.latest(session, LOOK_BACK))), None),
            now=at,
        )
