"""The report of a tour, region by region: on a page, to print, and as a file."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from audiences import people, roles, tour_results
from audiences.roles import AUTHORITY_ROLES
from audiences.tour_results import Region
from campaigns.briefings import tours
from campaigns.planning import campaign_plans
from web import csv_files, desk
from web.tour_rows import ELSEWHERE

bp = Blueprint("tour_reports", __name__, url_prefix="/tours")

COLUMNS = (
    "Nation", "Group", "Held", "Dated", "Wanted", "Declined", "Why declined", "Held without", "Authorities in the group",
    "Authorities that came", "People who came", "Apologies", "Questions raised", "Questions still open",
)  # fmt: skip
FRESH = ("Briefed since the tour was opened", "Which they are")


@bp.get("/<uuid:tour_id>/report")
def show(tour_id: UUID) -> str:
    """What the tour has come to."""
    with desk.reading() as session:
        tour = tours.tour(session, tour_id)
        result = tour_results.of(session, tour_id)
        return render_template(
            "tours/report.html",
            tour=tour,
            campaign=campaign_plans.get(session, tour.campaign_id),
            result=result,
            whole=result.whole,
            nations=[(tour_results.together(nation or ELSEWHERE, regions), regions) for nation, regions in result.nations.items()],
            roles=AUTHORITY_ROLES,
            asked=[(one, question) for one in result.regions for question in one.asked],
            places=people.place_names(session),
            role_columns=[(roles.title(role), "numeric") for role in AUTHORITY_ROLES],
            awaited=[briefing for one in result.regions for briefing in one.briefings if briefing.awaits_steer],
            now=desk.now(),
        )


@bp.get("/<uuid:tour_id>/report.csv")
def export(tour_id: UUID) -> Response:
    """The same lines as a file."""
    with desk.reading() as session:
        result = tour_results.of(session, tour_id)
        columns = (*COLUMNS, *(f"Authorities with a {roles.words(role)} there" for role in AUTHORITY_ROLES), *FRESH)
        return csv_files.answer("tour-report", columns, [_cells(one) for one in result.regions])


def _cells(one: Region) -> list[object]:
    states = [one.count(state) for state in ("held", "dated", "wanted", "declined")]
    said = ["; ".join(one.declined), "; ".join(one.without), len(one.members), len(one.came)]
    people_there = [one.heads, one.apologies, len(one.asked), one.open]
    fresh = [len(one.fresh), "; ".join(authority.name for authority in one.fresh)]
    return [one.nation, one.name, *states, *said, *people_there, *one.by_role.values(), *fresh]
