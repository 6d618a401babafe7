"""Coverage: which authorities were written to, have confirmed, or were briefed, role by role, with the evidence, and which not yet.

Source: HELA paper, Annex 3 ("have not reached all stakeholders, in particular all of the LAs").
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from sqlmodel import Session

from audiences import authorities, coverage, exports, roles
from audiences.authorities import NATIONS
from audiences.coverage import Grid, Row
from audiences.grades import STEPS
from audiences.roles import AUTHORITY_ROLES
from audiences.views import View
from campaigns.foundation.errors import NotFound
from campaigns.planning import campaign_plans
from campaigns.planning.campaign_plans import Campaign
from web import csv_files, desk

bp = Blueprint("coverage", __name__, url_prefix="/coverage")

ROWS_A_PAGE = 50
ROLES = [(role, f"{roles.words(role).capitalize()}s") for role in AUTHORITY_ROLES]


@bp.get("")
def show() -> str:
    """The grid of one campaign, as far as the officer chose to look, in the order they chose."""
    with desk.reading() as session:
        campaigns = campaign_plans.every(session)
        if not campaigns:
            return render_template("coverage/none.html")
        campaign = _campaign(session, campaigns)
        choices = _choices(session)
        grid = coverage.grid(session, campaign.id, _view(choices))
        rows = _sorted(grid)
        page = desk.page_asked(len(rows) or 1 if "all" in request.args else ROWS_A_PAGE).of(len(rows))
        return render_template(
            "coverage/show.html",
            campaigns=campaigns,
            campaign=campaign,
            choices=choices,
            grid=grid,
            by_role=grid.by_role,
            rows=rows[page.offset : page.offset + page.size],
            page=page,
            at=desk.now(),
            sort=_sort(grid),
            address=_address,
            columns=[("name", "Authority"), ("region", "Region"), *((role, roles.words(role).capitalize()) for role in grid.view.roles)],
            campaign_options=[(str(found.id), found.name) for found in campaigns],
        )


@bp.get("/coverage.csv")
def export() -> Response:
    """The whole grid as a file: a row an authority, with every piece of evidence."""
    with desk.reading() as session:
        return csv_files.download("coverage", exports.coverage(_grid(session)))


@bp.get("/not-yet.csv")
def export_not_yet() -> Response:
    """The gap list as a file: authorities with no evidence of anything, and whether anybody is known there."""
    columns = ("Code", "Authority", "Nation", "Region", "Kind", "People in these roles")
    with desk.reading() as session:
        return csv_files.answer("not-yet", columns, [_gap(row) for row in _grid(session).nothing])


@bp.get("/not-yet")
def not_yet() -> str:
    """The gap list to print."""
    with desk.reading() as session:
        campaign = _campaign(session, campaign_plans.every(session))
        grid = coverage.grid(session, campaign.id, _view(_choices(session)))
        return render_template("coverage/not_yet.html", campaign=campaign, grid=grid, at=desk.now(), address=_address)


def _grid(session: Session) -> Grid:
    campaign = _campaign(session, campaign_plans.every(session))
    return coverage.grid(session, campaign.id, _view(_choices(session)))


def _campaign(session: Session, campaigns: list[Campaign]) -> Campaign:
    """The campaign asked for; the newest when none is."""
    if not (asked := request.args.get("campaign")):
        if not campaigns:
            raise NotFound("There is no campaign yet.")
        return campaigns[0]
    try:
        return campaign_plans.get(session, UUID(asked))
    except ValueError:
        raise NotFound("There is no such campaign.") from None


def _choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen: the value and how it is said."""
    return {
        "role": ROLES,
        "nation": _same(NATIONS),
        "region": _same(authorities.regions(session)),
        "kind": _same(authorities.kinds(session)),
    }


def _view(choices: dict[str, list[tuple[str, str]]]) -> View:
    """What the address asks to see; a value that is not offered asks for nothing."""

    def asked(name: str) -> str:
        value = request.args.get(name, "")
        return value if value in {offered for offered, _ in choices[name]} else ""

    return View(asked("nation"), asked("region"), asked("kind"), asked("role"), opted_in=bool(request.args.get("opted_in")))


def _sort(grid: Grid) -> tuple[str, bool]:
    """The column the rows stand by, and whether the other way round."""
    name = request.args.get("sort", "")
    return (name if name in ("region", "nation", *grid.view.roles) else "name"), "down" in request.args


def _sorted(grid: Grid) -> list[Row]:
    column, down = _sort(grid)
    if column in grid.view.roles:
        return sorted(grid.rows, key=lambda row: (STEPS.index(row.cells[column].grade), row.cells[column].people > 0), reverse=down)
    return sorted(grid.rows, key=lambda row: (getattr(row.authority, column), row.authority.name), reverse=down)


def _address(endpoint: str = "coverage.show", **changes: Any) -> str:
    """A page that looks at the same thing, with `changes`; None takes a choice away."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"} | changes
    return url_for(endpoint, **{name: value for name, value in kept.items() if value not in (None, "")})


def _gap(row: Row) -> list[object]:
    place = row.authority
    return [place.code, place.name, place.nation, place.region, place.kind, row.people]


def _same(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]
