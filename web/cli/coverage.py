"""`countersign coverage`: what coverage says of a campaign, for operators and scripts, today or as at an earlier day; and its recount."""

import json
from datetime import datetime
from typing import Any

import click

from audiences import coverage, roles
from audiences.coverage import Grid, Totals
from audiences.coverage_views import View
from audiences.grades import NONE, SAID
from audiences.roles import AUTHORITY_ROLES
from campaigns.planning import campaign_plans
from campaigns.planning.campaign_plans import Campaign
from campaigns.reach import cells
from campaigns.reach.touches import GRADES
from web.cli import installation


@click.command("coverage")
@click.option("--campaign", "ref", required=True, metavar="REF", help="The campaign's id, or its name.")
@click.option(
    "--as-at", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="A day gone by, like 2026-05-12: its end, in London; today is now."
)
@click.option("--role", type=click.Choice(AUTHORITY_ROLES), default=None, help="One role only.")
@click.option("--rebuild", is_flag=True, help="Count it anew from every touch first; it gives the same.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with every authority.")
def show(ref: str, as_at: datetime | None, role: str | None, rebuild: bool, as_json: bool) -> None:
    """How far a campaign has come: authorities by grade, each by its own evidence, of a denominator that is always said."""
    day = installation.as_at(as_at)
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        if rebuild:
            with database.transaction() as session:
                cells.recount(session, campaign_plans.find(session, ref).id)
        with database.reading() as session:
            campaign = campaign_plans.find(session, ref)
            grid = coverage.grid(session, campaign.id, View(role=role or "", on=None if day == installation.today() else day))
    click.echo(json.dumps(_object(campaign, grid)) if as_json else "\n".join(_lines(campaign, grid)))


def _lines(campaign: Campaign, grid: Grid) -> list[str]:
    heading = f"{campaign.name}: {grid.denominator}"
    asked = [("all roles looked at", grid.totals), *((roles.words(role), totals) for role, totals in grid.by_role.items())]
    return [
        heading,
        *(f"{said:22} {totals.sentence()} · not yet {totals.nothing} · nobody to write to {totals.nobody}" for said, totals in asked),
    ]


def _object(campaign: Campaign, grid: Grid) -> dict[str, Any]:
    return {
        "campaign": {"id": str(campaign.id), "name": campaign.name},
        "as_at": grid.view.on.isoformat() if grid.view.on else None,
        "denominator": {"authorities": len(grid.rows), "said": grid.denominator},
        "totals": _counts(grid.totals),
        "by_role": {role: _counts(totals) for role, totals in grid.by_role.items()},
        "authorities": [
            {
                "code": row.authority.code,
                "name": row.authority.name,
                "grade": row.grade,
                "said": SAID[row.grade],
                "grades": [grade for grade in GRADES if grade in row.grades],
                "roles": {role: {"grade": cell.grade, "people": cell.people} for role, cell in row.cells.items()},
            }
            for row in grid.rows
        ],
    }


def _counts(totals: Totals) -> dict[str, int]:
    return {**totals.own, NONE: totals.nothing, "nobody": totals.nobody}
