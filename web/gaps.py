"""Not yet: the authorities without a grade, by name, and one button to a draft for exactly those."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audiences import coverage, follow_ups
from audiences.coverage import Row
from audiences.grades import SAID
from campaigns.foundation.errors import Refused
from campaigns.reach.touches import GRADES
from web import coverage_looks, csv_files, desk
from web.coverage_looks import Look
from web.guards import for_writers
from web.words import many

bp = Blueprint("gaps", __name__, url_prefix="/coverage")

COLUMNS = ("Code", "Authority", "Nation", "Region", "Kind", "People in these roles", "What there is evidence for")
CARRIED = ("nation", "region", "kind", "role", "opted_in", "campaign", "message", "grade")


@bp.get("/not-yet")
def show() -> str:
    """The gap list, to print or to act on."""
    with desk.reading() as session:
        campaigns, look = coverage_looks.campaigns(session), coverage_looks.read(session)
        if look.problem:
            return render_template("coverage/unreadable.html", look=look, campaigns=campaigns, title="Not yet")
        grid = coverage.grid(session, look.campaign.id, look.view)
        return render_template(
            "coverage/not_yet.html",
            campaigns=campaigns,
            look=look,
            grid=grid,
            gaps=(gaps := follow_ups.gap(grid.rows, look.grade)),
            fields=fields(look, gaps),
            address=coverage_looks.address,
            at=desk.now(),
            said=SAID,
        )


@bp.get("/not-yet.csv")
def export() -> Response:
    """The gap list as a file, and whether anybody is known there."""
    with desk.reading() as session:
        look = coverage_looks.readable(session)
        grid = coverage.grid(session, look.campaign.id, look.view)
        return csv_files.answer(
            coverage_looks.called("not-yet", look.view), COLUMNS, [_cells(row) for row in follow_ups.gap(grid.rows, look.grade)]
        )


@bp.post("/follow-up")
@for_writers
def draft() -> AnyResponse:
    """Draft a follow-up for exactly the authorities the page listed; whoever is told meanwhile gets none."""
    codes = request.form.get("codes", "").split()
    try:
        with desk.adding() as session:
            look = coverage_looks.read(session)
            message_id = follow_ups.draft(session, look.campaign.id, look.view, look.grade, codes, by=desk.current_officer(), at=desk.now())
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return redirect(_back())
    sentence = f"Drafted for the {many(len(set(codes)), 'authority', 'authorities')} {look.not_yet}. Read the words, then submit it."
    return desk.done(sentence, "messages.show", message_id=message_id)


def fields(look: Look, gaps: list[Row]) -> dict[str, str]:
    """What the button carries: the look, and the authorities that were shown."""
    view = look.view
    told = [view.nation, view.region, view.kind, view.role, "1" if view.opted_in else ""]
    told += [str(look.campaign.id), str(view.message or ""), look.grade]
    return {**dict(zip(CARRIED, told, strict=True)), "codes": " ".join(row.authority.code for row in gaps)}


def _back() -> str:
    kept: dict[str, Any] = {name: request.form[name] for name in CARRIED if request.form.get(name)}
    return url_for("gaps.show", **kept)


def _cells(row: Row) -> list[object]:
    place = row.authority
    return [
        place.code,
        place.name,
        place.nation,
        place.region,
        place.kind,
        row.people,
        ", ".join(SAID[grade] for grade in GRADES if grade in row.grades),
    ]
