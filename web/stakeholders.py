"""The stakeholder map: audiences, roles, regions and bodies where nobody can be written to yet; every number leads to its list.

Source: HELA paper, Annex 2 ("gaps in our existing communications strategy") and Annex 3 ("ensuring all stakeholders are covered").
"""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request

from audiences import roles, stakeholders
from audiences.organisations import KINDS
from audiences.roles import AUTHORITY_ROLES
from audiences.stakeholders import Map
from campaigns.foundation.errors import NotFound
from web import csv_files, desk
from web.coverage_looks import ROLES

bp = Blueprint("stakeholders", __name__, url_prefix="/audiences/stakeholders")

COLUMNS = ("What", "Which", "Region or plan", "Nobody to write to", "Of")
PLURALS = dict(
    zip(KINDS, ("Pilot organisations", "Regional groups", "Unions", "Professional bodies", "HSE directorates", "Committees"), strict=True)
)


@bp.get("")
def show() -> str:
    """The whole map on one page."""
    with desk.reading() as session:
        return render_template("stakeholders/show.html", map=stakeholders.read(session), roles=ROLES, kinds=PLURALS, at=desk.now())


@bp.get("/stakeholders.csv")
def export() -> Response:
    """The same as a file, a row a number."""
    with desk.reading() as session:
        return csv_files.answer("stakeholders", COLUMNS, list(_rows(stakeholders.read(session))))


@bp.get("/authorities")
def authorities() -> str:
    """The authorities behind one number: a role, in a region or in all."""
    role, region = _asked()
    with desk.reading() as session:
        found = stakeholders.authorities_without(session, role, region)
    shown, page = desk.paged(found)
    said = dict(ROLES)[role].lower()
    return render_template("stakeholders/authorities.html", authorities=shown, page=page, role=role, region=region, said=said)


@bp.get("/authorities.csv")
def export_authorities() -> Response:
    """The same list whole, as a file."""
    role, region = _asked()
    with desk.reading() as session:
        found = stakeholders.authorities_without(session, role, region)
    rows = [[one.code, one.name, one.kind, one.nation, one.region] for one in found]
    return csv_files.answer(f"nobody-as-{role.replace('_', '-')}", ("Code", "Authority", "Kind", "Nation", "Region"), rows)


def _asked() -> tuple[str, str]:
    role = request.args.get("role", "")
    if role not in AUTHORITY_ROLES:
        raise NotFound("There is no such role at an authority.")
    return role, request.args.get("region", "")


def _rows(found: Map) -> Iterator[list[object]]:
    for silent in found.silent:
        yield ["Audience", silent.name, "", "nobody", silent.people]
    for role, gaps in found.gaps.items():
        yield from (list[object](["Authorities without", roles.words(role), gap.region, gap.without, gap.asked]) for gap in gaps)
    for kind, (unheard, asked) in found.bodies.items():
        yield ["Bodies", kind, "", len(unheard), asked]
        yield from (list[object](["Body", one.name, one.named, "nobody", ""]) for one in unheard)
