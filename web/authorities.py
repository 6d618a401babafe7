"""Local authorities: the list, and a page for each with its people, who is missing, what it was sent and where it was briefed."""

from flask import Blueprint, Response, render_template, request

from audiences import authorities, footprints, organisations, people, roles, suggestions
from audiences.authorities import NATIONS, Authority
from audiences.roles import AUTHORITY_ROLES, LAPS_LEAD
from campaigns.delivery import removals
from web import authority_calendar, authority_sheets, calendar_words, corrections, csv_files, desk, directory, forms, words
from web.authority_sheets import SHOWN
from web.directory import LONGEST_SEARCH, Places

bp = Blueprint("authorities", __name__, url_prefix="/authorities")

HISTORY = ("When", "What", "State or grade", "Which", "Whom", "Role", "Campaign", "Recorded by")
WHOLE = "the whole authority"
COLUMNS = ("Code", "Authority", "Official name", "Kind", "Nation", "Region", "Enforces health and safety", "Nobody known as")


@bp.get("")
def every() -> str:
    """The list, narrowed by what the officer chose."""
    places = _asked()
    with desk.reading() as session:
        found = directory.authorities(session, places)
        shown, page = desk.paged(found)
        return render_template(
            "authorities/every.html",
            authorities=shown,
            missing=directory.missing_roles(session, [authority.code for authority in shown]),
            page=page,
            places=places,
            nations=forms.same(NATIONS),
            regions=forms.same(authorities.regions(session)),
            kinds=forms.same(authorities.kinds(session)),
            said=roles.words,
            choices=desk.choices(),
        )


@bp.get("/authorities.csv")
def export() -> Response:
    """The same list whole, as a file."""
    with desk.reading() as session:
        found = directory.authorities(session, _asked())
        missing = directory.missing_roles(session, [authority.code for authority in found])
        return csv_files.answer("authorities", COLUMNS, [_cells(authority, missing[authority.code]) for authority in found])


@bp.get("/<code>")
def show(code: str) -> str:
    """One authority."""
    with desk.reading() as session:
        authority = authorities.get(session, code)
        here = people.at_place(session, code)
        return render_template(
            "authorities/show.html",
            authority=authority,
            group=organisations.group_of(session, code),
            sites=footprints.at_authority(session, code),
            later=authorities.successors(session, code) if authority.end_date else [],
            laps_leads=[person for person in here if person.role == LAPS_LEAD],
            held={role: [person for person in here if person.role == role] for role in AUTHORITY_ROLES},
            stopped=removals.among(session, [person.address for person in here]),
            unwanted=directory.unwanted(session, {person.address for person in here}),
            earlier=authority_sheets.before(session, code),
            waits=authority_sheets.waiting(session, code),
            letters=authority_sheets.letters(session, code, limit=SHOWN + 1),
            happened=authority_sheets.happened(session, code),
            corrections=corrections.read(session, suggestions.waiting(session, authority_code=code)),
            calendar=authority_calendar.of(session, code, desk.today()) if authority.end_date is None else None,
            calendar_words=calendar_words,
            most=SHOWN,
            said=roles.words,
        )


@bp.get("/<code>/history.csv")
def export_history(code: str) -> Response:
    """Every letter to it and everything that happened there, as a file."""
    with desk.reading() as session:
        authorities.get(session, code)
        sent, showed = authority_sheets.letters(session, code), authority_sheets.happened(session, code)
    rows = [(one.at, "letter", one.state, one.title, one.who, one.role, one.campaign, "") for one in sent]
    rows += [(one.at, "evidence", one.grade, one.what, "", one.role or WHOLE, one.campaign, one.by) for one in showed]
    return csv_files.answer(f"history-{code}", HISTORY, [(words.when(row[0]), *row[1:]) for row in sorted(rows, reverse=True)])


def _asked() -> Places:
    return Places(
        words=request.args.get("words", "").strip()[:LONGEST_SEARCH],
        nation=request.args.get("nation", ""),
        region=request.args.get("region", ""),
        kind=request.args.get("kind", ""),
        opted_in=bool(request.args.get("opted_in")),
    )


def _cells(authority: Authority, missing: list[str]) -> list[object]:
    facts = [authority.code, authority.name, authority.official_name, authority.kind, authority.nation, authority.region]
    return [*facts, "yes" if authority.enforces else "no", ", ".join(roles.words(role) for role in missing)]
