"""Organisations: partners of the pilot, unions, professional bodies, directorates and committees, and regional groups with their members."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, footprints, organisation_changes, organisations, people, roles
from audiences.authorities import NATIONS
from audiences.organisation_changes import ENFORCING, LEADS, STATUSES, Facts
from audiences.organisations import GROUP, KINDS, PILOT, Body
from campaigns.agreement import parties
from campaigns.foundation import sightings
from web import csv_files, desk, forms, refusals
from web.guards import for_writers
from web.refusals import Answer
from web.words import many, sentence

bp = Blueprint("organisations", __name__, url_prefix="/organisations")

COLUMNS = ("Code", "Name", "Kind", "Nation", "Status", "Sector", "Lead", "Enforced by", "Account manager’s authority", "Sites", "People")
KIND_WORDS = {  # of one, and of all of them
    "pilot organisation": ("Partner organisation", "Partner organisations"),
    "regional group": ("Regional group", "Regional groups"),
    "union": ("Trade union", "Trade unions"),
    "professional body": ("Professional body", "Professional bodies"),
    "hse directorate": ("HSE directorate", "HSE directorates"),
    "committee": ("Committee", "Committees"),
}


class FactsForm(forms.Form):
    """What may be said of a partner organisation."""

    seen = forms.hidden()  # what was said when the form was opened
    status = forms.choice("Status", [(status, status.capitalize()) for status in STATUSES], needed="Choose where the partnership stands")
    lead = forms.choice("Led by", [(lead, parties.FOUNDING[lead]) for lead in LEADS], needed="Choose who leads")
    home_authority = forms.one_of("The account manager’s own authority", hint="None, where the account manager is HSE’s")
    sector = forms.text("Sector", hint="For example, retail", limit=100)
    enforcing_authority = forms.choice(
        "Who enforces health and safety at its premises",
        [*((one, sentence(one)) for one in ENFORCING), ("", "Not known")],
        needed="Choose who enforces",
        hint="Both, where some premises are HSE’s and some local authorities’",
    )
    save = forms.submit("Save")

    def facts(self) -> Facts:
        """As a value."""
        data = {name: self[name].data for name in ("status", "lead", "enforcing_authority")}
        return Facts(**data, sector=self.sector.data.strip(), home_authority=self.home_authority.data or None)


class BodyForm(forms.Form):
    """A body that was not known."""

    name = forms.text("Name", needed="Enter its name", limit=100)
    kind = forms.choice("What it is", [(kind, KIND_WORDS[kind][0]) for kind in KINDS], needed="Choose what kind of body it is")
    nation = forms.one_of("Nation", [("", "No one nation"), *((nation, nation) for nation in NATIONS)], hint="A regional group needs one")
    lead = forms.one_of("Led by (a partner organisation)", [(lead, parties.FOUNDING[lead]) for lead in LEADS])
    save = forms.submit("Add it")


@bp.get("")
def every() -> str:
    """All bodies by kind, with who is known there."""
    with desk.reading() as session:
        listed = {kind: organisations.of_kind(session, kind) for kind in KINDS}
        return render_template(
            "organisations/every.html", listed=listed, kind_words=KIND_WORDS, sums=_sums(listed[PILOT]), **_known(session)
        )


@bp.get("/organisations.csv")
def export() -> Response:
    """The same as a file."""
    with desk.reading() as session:
        known = _known(session)
        rows = [_cells(body, known) for kind in KINDS for body in organisations.of_kind(session, kind)]
    return csv_files.answer("organisations", COLUMNS, rows)


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def add() -> str | AnyResponse:
    """Add a body."""
    form = BodyForm()
    if form.validate_on_submit():
        facts = Facts(status="considering", lead=form.lead.data) if form.kind.data == PILOT else None
        with refusals.ShownOn(form):
            with desk.adding() as session:
                code = organisation_changes.add(
                    session,
                    name=form.name.data,
                    kind=form.kind.data,
                    nation=form.nation.data,
                    facts=facts,
                    by=desk.current_officer(),
                    at=desk.now(),
                )
            return desk.done(f"{form.name.data} is added.", "organisations.show", code=code)
    return render_template("organisations/add.html", form=form)


@bp.get("/<code>")
def show(code: str) -> str:
    """One body: its people by post, and its sites or its members."""
    with desk.reading() as session:
        body = organisations.get(session, code)
        here = people.at_place(session, code)
        held = {role: [person for person in here if person.role == role] for role in roles.held_at(body.kind)}
        sites = footprints.of(session, code)
        places = sorted(((authorities.get(session, place), number) for place, number in sites.items()), key=lambda site: site[0].name)
        home = authorities.get(session, body.home_authority) if body.home_authority else None
        return render_template(
            "organisations/show.html",
            body=body,
            heading=KIND_WORDS[body.kind][0],
            home=home,
            lead=parties.FOUNDING.get(body.lead, ""),
            held=held,
            places=places,
            members=organisations.members(session, code) if body.kind == GROUP else [],
            is_partner=body.kind == PILOT,
            is_group=body.kind == GROUP,
            title=roles.title,
            said=roles.words,
        )


@bp.route("/<code>/change", methods=["GET", "POST"])
@for_writers
def change(code: str) -> str | AnyResponse | Answer:
    """Change what is said of a partner organisation."""
    with desk.reading() as session:
        body = organisations.get(session, code)
        seen = sightings.of(organisation_changes.shown(session, body)) if request.method == "GET" else ""
        form = FactsForm(data=body.model_dump() | {"home_authority": body.home_authority or "", "seen": seen})
        forms.offer(form.home_authority, [("", "None: HSE’s"), *((one.code, one.name) for one in authorities.every(session))])
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                seen, by = form.seen.data or "", desk.current_officer()
                changed = organisation_changes.change(session, code, form.facts(), seen=seen, by=by, at=desk.now())
            return desk.done(f"What is said of {body.name} is {'changed' if changed else 'as it was'}.", "organisations.show", code=code)
    return render_template("organisations/change.html", form=form, body=body, others=shown.others), shown.status


def _known(session: Session) -> dict[str, Any]:
    """How many people, sites and members there are, body by body."""
    return {
        "people": people.tally_bodies(session),
        "sites": footprints.totals(session),
        "members": {group: len(codes) for group, codes in organisations.members_each(session).items()},
        "homes": {one.code: one.name for one in authorities.every(session, enforcing_only=False)},
        "leads": parties.FOUNDING,
    }


def _sums(partners: list[Body]) -> str:
    """The partnerships in one sentence, to be held against Annex 1."""
    status, lead = Counter(body.status for body in partners), Counter(parties.FOUNDING.get(body.lead, "nobody") for body in partners)
    told = [f"{number} {said}" for said, number in sorted(status.items(), reverse=True)]
    return f"{many(len(partners), 'organisation')}: {', '.join(told)}; {', '.join(f'{number} led by {said}' for said, number in sorted(lead.items()))}."


def _cells(body: Body, known: dict[str, Any]) -> list[object]:
    home = known["homes"].get(body.home_authority, body.home_authority)
    facts = [body.code, body.name, body.kind, body.nation, body.status, body.sector, known["leads"].get(body.lead, "")]
    return [*facts, body.enforcing_authority, home, known["sites"].get(body.code), known["people"].get(body.code, 0)]
