"""People: who holds which role where; found by words, added one by one, marked as left, and erased."""

import json
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, ValidationError

from audiences import dossiers, erasures, incoming_post, people, roles
from audiences.roles import ROLES
from campaigns.delivery import removals
from web import accounts, authority_sheets, corrections, csv_files, desk, directory, forms, refusals
from web.authority_sheets import SHOWN
from web.directory import LONGEST_SEARCH, Search
from web.guards import for_writers

bp = Blueprint("people", __name__, url_prefix="/people")

COLUMNS = ("Name", "Role", "Authority or body", "E-mail", "Code", "How it came here")
ROLE_CHOICES = [(role, roles.title(role)) for role in ROLES]


class PersonForm(forms.Form):
    """One person and role."""

    place = forms.one_of("Authority or body")
    role = forms.choice("Role", ROLE_CHOICES, needed="Choose a role")
    name = forms.text("Name or post", needed="Enter a name or post", hint="For example, Head of Environmental Health", limit=120)
    address = forms.email("E-mail address", needed="Enter an e-mail address")
    save = forms.submit("Add this person")

    def validate_place(self, field: SelectField) -> None:
        """The first line of the list is no place."""
        if not field.data:
            raise ValidationError("Choose an authority or body")


@bp.get("")
def every() -> str:
    """The list, narrowed by words and role."""
    search, choices = _asked(), desk.choices()
    with desk.reading() as session:
        found, page = directory.people(session, search, desk.page_asked())
        return render_template(
            "people/every.html", found=found, page=page, search=search, roles=ROLE_CHOICES, said=roles.words, choices=choices
        )


@bp.get("/people.csv")
def export() -> Response:
    """The same list whole, with the column names an import reads."""
    with desk.reading() as session:
        found = directory.every_person(session, _asked())
    # Written once the database is let go: of very many it takes longer than a transaction may stand still.
    rows = ((name, roles.words(role), organisation, address, place, source) for organisation, name, role, address, place, source in found)
    return csv_files.streamed("people", COLUMNS, rows)


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def add() -> str | AnyResponse:
    """Add one person by hand."""
    with desk.reading() as session:
        correction = corrections.asked(session)
        given = {"name": correction.name, "address": correction.address} if correction else {}
        form = PersonForm(data={"place": request.args.get("place", ""), "role": request.args.get("role", ""), **given})
        form.place.choices = _places(session)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            person_id = _add(form)
            flash(f"{form.name.data} is added.", "success")
            return redirect(corrections.onward(url_for("people.show", person_id=person_id)))
    return render_template("people/add.html", form=form)


@bp.get("/<uuid:person_id>")
def show(person_id: UUID) -> str:
    """One person."""
    with desk.reading() as session:
        person = people.get(session, person_id)
        reason = removals.among(session, [person.address]).get(person.address.casefold())
        place = people.place_names(session).get(person.place, person.place)
        return render_template(
            "people/show.html",
            person=person,
            place=place,
            reason=reason,
            topics=directory.unwanted(session, [person.address])[person.address],
            may_lift=incoming_post.may_lift(session, person.address),
            said=roles.words,
            title=roles.title,
            letters=authority_sheets.letters_to(session, person_id, limit=SHOWN + 1),
            most=SHOWN,
        )


@bp.post("/<uuid:person_id>/dossier")
@for_writers
def dossier(person_id: UUID) -> Response:
    """Everything kept about this person's address, as a file: to be read, or JSON. It is a POST because who had it made is recorded."""
    with desk.writing() as session:
        address = people.reachable(session, person_id).address
        whole = dossiers.make(session, address, by=desk.current_officer(), at=desk.now(), more=[("account", accounts.about)])
    if request.form.get("form") == "json":
        said, kind, name = json.dumps(whole.plain(), indent=1, ensure_ascii=False), "application/json", "person.json"
    else:
        said, kind, name = whole.text(), "text/plain", "person.txt"
    return Response(said, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.route("/<uuid:person_id>/leaving", methods=["GET", "POST"])
@for_writers
def leave(person_id: UUID) -> str | AnyResponse:
    """Ask once, then mark somebody as left."""
    form = forms.Form()
    if form.validate_on_submit():
        with desk.writing() as session:
            name = people.get(session, person_id).name
            corrections.take(session)  # before the person, as everywhere: two who answer one correction would else wait in a ring
            people.leave(session, person_id, by=desk.current_officer(), at=desk.now())
        flash(f"{name} is marked as left and gets no more letters.", "success")
        return redirect(corrections.onward(url_for("people.every")))
    with desk.reading() as session:
        return render_template("people/leave.html", form=form, person=people.get(session, person_id))


@bp.route("/<uuid:person_id>/erasure", methods=["GET", "POST"])
@for_writers
def erase(person_id: UUID) -> str | AnyResponse:
    """Say what goes and what stays, then erase somebody for good."""
    form = forms.Form()
    if form.validate_on_submit():
        with desk.writing() as session:
            left = erasures.erase(session, person_id, by=desk.current_officer(), at=desk.now())
        said = ["The person is erased. Nobody can tell whose the letters were.", *map(str, left)]
        return desk.done(" ".join(said), "people.show", person_id=person_id)
    with desk.reading() as session:
        (person, *others), found = erasures.whom(session, person_id)
        return render_template("people/erase.html", form=form, person=person, others=others, left=found.left, said=roles.words)


def _add(form: PersonForm) -> UUID:
    with desk.adding() as session:
        corrections.take(session)
        return people.add(
            session,
            name=form.name.data,
            role=form.role.data,
            place=form.place.data,
            address=form.address.data,
            by=desk.current_officer(),
            at=desk.now(),
            test_domains_allowed=desk.settings().test_domains_allowed,
        )


def _asked() -> Search:
    role = request.args.get("role", "")
    words = request.args.get("words", "").strip()[:LONGEST_SEARCH]
    return Search(words, role if role in ROLES else "", left=bool(request.args.get("left")))


def _places(session: Session) -> list[tuple[str, str]]:
    found = sorted(people.places(session), key=lambda place: (place.kind is not None, place.name))
    return [("", "Choose one"), *((place.code, f"{place.name} ({place.kind or place.code})") for place in found)]
