"""Coverage beyond the authorities: unions, professional bodies, parts of HSE, committees, groups and partners, kind by kind.

Source: HELA paper, Annex 3 ("ensuring all stakeholders are covered").
"""

from flask import Blueprint, Response, render_template, request

from audiences import other_bodies
from campaigns.planning import campaign_plans
from web import csv_files, desk
from web.organisations import KIND_WORDS

bp = Blueprint("other_bodies", __name__, url_prefix="/coverage")

COLUMNS = (
    "Code",
    "Body",
    "Kind",
    "People who can be written to",
    "People written to",
    "People who have confirmed",
    "Briefings attended",
    "State",
)


@bp.get("/bodies")
def show() -> str:
    """How many of each kind were written to, have confirmed and were briefed, and below it each by name."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        found = other_bodies.told(session, campaign.id)
        return render_template("coverage/bodies.html", campaign=campaign, kinds=found, kind_words=KIND_WORDS, at=desk.now())


@bp.get("/bodies.csv")
def export() -> Response:
    """The same as a file, a row a body."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        found = other_bodies.told(session, campaign.id)
    rows = [
        [one.body.code, one.body.name, one.body.kind, one.people, one.written, one.confirmed, one.briefings, one.words]
        for kind in found.values()
        for one in kind.bodies
    ]
    return csv_files.answer("bodies", COLUMNS, rows)
