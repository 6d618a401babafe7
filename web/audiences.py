"""Audiences: who a letter is for. The five by name first, then the others, each with its rule as a sentence, its numbers, list and versions."""

from flask import Blueprint, Response, render_template, request, url_for
from sqlmodel import Session

from audiences import definitions, headcounts, roles, versions
from audiences.definitions import FOUNDING
from audiences.headcounts import Count
from campaigns.agreement.addressees import Addressee
from campaigns.drafting import messages
from campaigns.foundation import clock
from web import csv_files, desk, words
from web.paging import Page

bp = Blueprint("audiences", __name__, url_prefix="/audiences")

FIVE = [key for key, *_ in FOUNDING[:5]]
FURTHER = [key for key, *_ in FOUNDING[5:]]
COLUMNS = ("Name", "Role", "Organisation", "Nation", "Region", "Address", "Authority code")
A_PAGE, A_PRINT = 50, 2000  # people; a list to print stays one that a printer takes


@bp.get("")
def every() -> str:
    """All audiences with their counts, and how many places have nobody with an address."""
    with desk.reading() as session:
        counted = {count.key: (count, without(count)) for count in headcounts.counts(session)}
    known = [*FIVE, *FURTHER]
    parts = [
        ("The five audiences", [counted[key] for key in FIVE if key in counted]),
        ("Also written to", [counted[key] for key in FURTHER if key in counted]),
        ("Made here", [found for key, found in counted.items() if key not in known]),
    ]
    return render_template("audiences/every.html", parts=parts)


@bp.get("/<key>")
def show(key: str) -> str:
    """One audience: rule, numbers, where its people are, who gets no letter, the list, and every version of it."""
    region = request.args.get("region", "")
    asked = desk.page_asked(A_PRINT if "all" in request.args else A_PAGE)
    with desk.reading() as session:
        count = headcounts.count(session, key)
        members = headcounts.members(session, key, asked.number, size=asked.size, region=region)
        left_out = headcounts.left_out(session, key).left_out
        return render_template(
            "audiences/show.html",
            count=count,
            without=without(count),
            places=sorted(count.regions.items()),
            region=region,
            left_out=left_out,
            gets_none={left.addressee.person_id: left.reason for left in left_out},
            used=_used(session, key),
            versions=versions.of(session, definitions.get(session, key).id),
            readers=members.people,
            page=Page(members.number, asked.size).of(members.total),
            most_printed=A_PRINT,
        )


@bp.get("/<key>/audience.csv")
def export(key: str) -> Response:
    """Everybody who would get a letter, as a file."""
    with desk.reading() as session:
        return csv_files.answer(
            definitions.get(session, key).key, COLUMNS, [_cells(reader) for reader in definitions.resolve(session, [key])]
        )


@bp.get("/<key>/versions.csv")
def export_versions(key: str) -> Response:
    """Every version of an audience, as a file."""
    with desk.reading() as session:
        audience = definitions.get(session, key)
        found = versions.of(session, audience.id)
    columns = ("Version", "Who is in it", "By", "When")
    return csv_files.answer(f"{audience.key}-versions", columns, [[one.number, one.sentence, one.by, clock.say(one.at)] for one in found])


def without(count: Count) -> str:
    """How many of the places an audience asks about have nobody with an address, in words."""
    if count.denominator and count.bodies_asked:
        return f"{count.without:,} of {words.many(count.denominator + count.bodies_asked, 'authority or body', 'authorities and bodies')}"
    if count.denominator:
        return f"{count.without:,} of {words.many(count.denominator, 'authority', 'authorities')}"
    return f"{count.without:,} of {words.many(count.bodies_asked, 'body', 'bodies')}"


def _used(session: Session, key: str) -> list[tuple[str, str]]:
    """The messages written to an audience: title and page, the newest first."""
    return [(message.title, url_for("messages.show", message_id=message.id)) for message in messages.to_audience(session, key)]


def _cells(reader: Addressee) -> list[object]:
    role = roles.words(reader.role)
    return [reader.name, role, reader.organisation, reader.nation, reader.region, reader.address, reader.authority_code]
