"""Coverage: which authorities were written to, have confirmed, or were briefed, on a map and role by role with the evidence, and which not yet.

Source: HELA paper, Annex 3 ("have not reached all stakeholders, in particular all of the LAs").
"""

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from audiences import coverage, exports, map_layout, progress, roles, targets
from audiences.coverage import Grid, Row
from audiences.grades import COUNTED, HEADLINE, STEPS
from campaigns.foundation.errors import NotFound
from web import charts, coverage_looks, csv_files, desk, maps
from web.coverage_looks import Look

bp = Blueprint("coverage", __name__, url_prefix="/coverage")

ROWS_A_PAGE = 50
ON_THE_MAP = ("Code", "Authority", "Nation", "Region", "Step on the map", "What the map says")


@bp.get("")
def show() -> str:
    """One campaign, as far as the officer chose to look: the map, what is missing, the steps over time, and the table."""
    with desk.reading() as session:
        try:
            campaigns = coverage_looks.campaigns(session)
        except NotFound:
            return render_template("coverage/none.html")
        look = coverage_looks.read(session)
        if look.problem:
            return render_template("coverage/unreadable.html", look=look, campaigns=campaigns, title="Coverage")
        grid = coverage.grid(session, look.campaign.id, look.view)
        outlines, outlined = maps.outlines(session, opted_in=look.view.opted_in), request.args.get("outline", "")
        called = {value: said for _, offered in outlines for value, said in offered}
        rows, page = desk.paged(_sorted(grid), len(grid.rows) or 1 if "all" in request.args else ROWS_A_PAGE)
        return render_template(
            "coverage/show.html",
            look=look,
            campaigns=campaigns,
            grid=grid,
            map=maps.draw(grid, outlined=called.get(outlined, ""), around=maps.around(session, outlined)),
            map_size=map_layout.size(),
            outlines=outlines,
            outline=outlined,
            charts=_charts(session, look, grid),
            rows=rows,
            page=page,
            at=desk.now(),
            sort=_sort(grid),
            address=coverage_looks.address,
            headline=HEADLINE,
            counted=COUNTED,
            columns=[("name", "Authority"), ("region", "Region"), *((role, roles.title(role)) for role in grid.view.roles)],
        )


@bp.get("/coverage.csv")
def export() -> Response:
    """The whole grid as a file: a row an authority, with every piece of evidence."""
    with desk.reading() as session:
        grid = _grid(session)
    return csv_files.download(coverage_looks.called("coverage", grid.view), exports.coverage(grid))


@bp.get("/map.csv")
def export_map() -> Response:
    """What the map shows as a file: a row an authority, with its step and the words it says when one points at it."""
    with desk.reading() as session:
        grid = _grid(session)
    places = [(row, row.authority) for row in grid.rows]
    several = len(grid.view.roles) > 1
    rows = [[one.code, one.name, one.nation, one.region, maps.step(row), maps.tell(row, several)] for row, one in places]
    return csv_files.answer(coverage_looks.called("map", grid.view), ON_THE_MAP, rows)


def _grid(session: Session) -> Grid:
    look = coverage_looks.readable(session)
    return coverage.grid(session, look.campaign.id, look.view)


def _charts(session: Session, look: Look, grid: Grid) -> list[charts.Chart]:
    today = look.view.on or desk.today()
    steps = progress.over_time(session, look.campaign.id, look.view, counted=None if look.view.on else grid.counted)
    held = targets.progress(session, look.campaign.id, today=today) if look.is_whole else []
    return charts.draw(steps, held, of=grid.totals.denominator, today=today)


def _sort(grid: Grid) -> tuple[str, bool]:
    """The column the rows stand by, and whether the other way round."""
    name = request.args.get("sort", "")
    return (name if name in ("region", "nation", *grid.view.roles) else "name"), "down" in request.args


def _sorted(grid: Grid) -> list[Row]:
    column, down = _sort(grid)
    if column in grid.view.roles:
        return sorted(grid.rows, key=lambda row: (STEPS.index(row.cells[column].grade), row.cells[column].people > 0), reverse=down)
    return sorted(grid.rows, key=lambda row: (getattr(row.authority, column), row.authority.name), reverse=down)
