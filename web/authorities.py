"""Local authorities: the list, and a page for each with its people, who is missing, what it was sent and where it was briefed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from sqlmodel import Session

from audiences import authorities, footprints, organisations, people, roles
from audiences.authorities import NATIONS, Authority
from audiences.people import Person
from audiences.roles import AUTHORITY_ROLES, LAPS_LEAD
from campaigns.agreement import releases
from campaigns.briefings import tours
from campaigns.briefings.attendance import Attendance
from campaigns.delivery import removals
from campaigns.delivery.acknowledgements import PULSE, READ
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Touch
from web import csv_files, desk, directory
from web.directory import LONGEST_SEARCH, Places

bp = Blueprint("authorities", __name__, url_prefix="/authorities")

COLUMNS = ("Code", "Authority", "Official name", "Kind", "Nation", "Region", "Enforces health and safety", "Nobody known as")


@dataclass(frozen=True)
class Happened:
    """One thing an authority was told: for which campaign, in which role, what, and when."""

    campaign: str
    role: str
    grade: str
    what: str
    address: str
    at: datetime


@bp.get("")
def every() -> str:
    """The list, narrowed by what the officer chose."""
    places = _asked()
    with desk.reading() as session:
        found = directory.authorities(session, places)
        page = desk.page_asked().of(len(found))
        shown = found[page.offset : page.offset + page.size]
        return render_template(
            "authorities/every.html",
            authorities=shown,
            missing=directory.missing_roles(session, [authority.code for authority in shown]),
            page=page,
            places=places,
            nations=_same(NATIONS),
            regions=_same(authorities.regions(session)),
            kinds=_same(authorities.kinds(session)),
            said=roles.words,
            choices={name: value for name, value in request.args.items() if name != "page"},
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
            sites=[(organisations.get(session, body), number) for body, number in footprints.at_authority(session, code).items()],
            later=authorities.successors(session, code) if authority.end_date else [],
            laps_leads=[person for person in here if person.role == LAPS_LEAD],
            held={role: [person for person in here if person.role == role] for role in AUTHORITY_ROLES},
            stopped=_stopped(session, here),
            happened=_happened(session, code),
            said=roles.words,
        )


def _asked() -> Places:
    return Places(
        words=request.args.get("words", "").strip()[:LONGEST_SEARCH],
        nation=request.args.get("nation", ""),
        region=request.args.get("region", ""),
        kind=request.args.get("kind", ""),
        opted_in=bool(request.args.get("opted_in")),
    )


def _stopped(session: Session, here: list[Person]) -> dict[str, str]:
    return removals.among(session, [person.address for person in here])


def _happened(session: Session, code: str) -> list[Happened]:
    """Everything there is evidence for, the newest first, campaign by campaign."""
    found = []
    for campaign in campaign_plans.every(session):
        mine = [touch for touch in touches.of_campaign(session, campaign.id) if touch.authority_code == code]
        found += [_happening(session, touch, campaign.name) for touch in mine[::-1]]
    return found


def _happening(session: Session, touch: Touch, campaign: str) -> Happened:
    what, address = _source(session, *touch.evidence.split(":"))
    return Happened(campaign, roles.words(touch.role), touch.grade, what, address, touch.at)


def _source(session: Session, kind: str, key: str, *_: str) -> tuple[str, str]:
    """What a piece of evidence is, and the page to see it on."""
    if kind in ("letter", READ, PULSE):
        release = releases.get(session, UUID(key))
        return f"letter {release.reference}, {release.title}", url_for("messages.show", message_id=release.message_id)
    tick = session.get(Attendance, UUID(key)) if kind == "attendance" else None
    if tick is not None:
        briefing = tours.get(session, tick.briefing_id)
        return f"briefing of {briefing.group_name}", url_for("briefings.show", briefing_id=briefing.id)
    return kind, ""


def _cells(authority: Authority, missing: list[str]) -> list[object]:
    facts = [authority.code, authority.name, authority.official_name, authority.kind, authority.nation, authority.region]
    return [*facts, "yes" if authority.enforces else "no", ", ".join(roles.words(role) for role in missing)]


def _same(values: list[str] | tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]
