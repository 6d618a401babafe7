"""The register of authorities in officers' hands: a newer list applied over it in two steps, a council's end, and the group it meets in."""

from datetime import date

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from audiences import (
    authorities,
    organisation_changes,
    organisations,
    register_changes,
    register_differences,
    register_files,
    reorganisations,
)
from audiences.register_differences import Difference
from audiences.register_files import Listing
from audiences.sheets import LARGEST
from campaigns.foundation import sightings
from campaigns.foundation.errors import Invalid, Problem, Refused, Stale
from web import csv_files, desk, forms, refusals, words
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("register", __name__, url_prefix="/authorities")

NO_FILE = "Choose a file that is not empty"


class ListForm(forms.Form):
    """A newer list, to look at."""

    file = forms.upload("List of councils", needed=NO_FILE, hint="As ONS or GOV.UK publish it: a column of codes and one of names at least")
    day = forms.day("Day the list is of", hint="Leave empty for today")
    save = forms.submit("Show what would change")


class EndingForm(forms.Form):
    """A council's last day, and who came after it."""

    on = forms.day("Its last day", needed="Enter the council’s last day", hint="For example, 31 3 2026")
    successors = forms.ticks("Who took over its area")
    save = forms.submit("This council has ended", warning=True)


class GroupForm(forms.Form):
    """The group a council meets in."""

    group = forms.choice("Regional group", needed="Choose a group")
    seen = forms.hidden()  # the sighting of where it met when the page was opened
    save = forms.submit("Move it")


@bp.route("/import", methods=["GET", "POST"])
@for_writers
def look() -> str | AnyResponse:
    """First step: choose a list and see what it says otherwise. Nothing is changed."""
    form = ListForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            listing = _read()
            register_changes.require_gone_by(_day(form.day.data), at=desk.now())
            return _compared(form, listing, _day(form.day.data))
    return render_template("register/import.html", form=form, found=None)


@bp.post("/import/apply")
@for_writers
def apply() -> AnyResponse | Answer:
    """Second step: what was shown is applied, whole; or shown anew, where the register has changed meanwhile."""
    carried, seen = request.form.get("rows", ""), request.form.get("seen", "")
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Refused("The page did not say which day the list is from. Look at the list again.") from None
    listing, form = register_files.read(carried.encode()), ListForm(formdata=None)
    ending, by = request.form.getlist("ending"), desk.current_officer()
    with refusals.ShownOn(form, Stale):
        with desk.writing() as session:
            found = register_changes.apply(session, listing, day=day, seen=seen, ending=ending, by=by, at=desk.now())
        return desk.done(_said(found, len(ending)) if found.saved else "Nothing was changed: a line cannot be used.", "authorities.every")
    return _compared(form, listing, day), 409


@bp.get("/past")
def past() -> str:
    """Councils that came to an end, and who is there now."""
    with desk.reading() as session:
        ended = [(one, authorities.successors(session, one.code)) for one in authorities.past(session)]
        return render_template("register/past.html", ended=ended)


@bp.get("/past.csv")
def export_past() -> Response:
    """The same as a file; successors by their codes, apart by spaces."""
    with desk.reading() as session:
        rows = [
            (one.code, one.name, one.kind, one.end_date, " ".join(later.code for later in authorities.successors(session, one.code)))
            for one in authorities.past(session)
        ]
    return csv_files.answer("councils-that-ended", ("Code", "Name", "Kind", "Last day", "There now"), rows)


@bp.route("/<code>/ending", methods=["GET", "POST"])
@for_writers
def end(code: str) -> str | AnyResponse:
    """Ask once, then a council has come to an end."""
    form = EndingForm()
    with desk.reading() as session:
        authority = authorities.get(session, code)
        if request.method == "GET":
            reorganisations.require_there(authority)
        others = authorities.every(session, enforcing_only=False)
        forms.offer(form.successors, [(one.code, one.name) for one in others if one.nation == authority.nation and one.code != code])
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                chosen = form.successors.data or []
                reorganisations.end(session, code, on=form.on.data, successors=chosen, by=desk.current_officer(), at=desk.now())
            return desk.done(f"{authority.name} has come to an end. Nobody holds its posts any more.", "authorities.show", code=code)
    return render_template("register/ending.html", form=form, authority=authority)


@bp.route("/<code>/group", methods=["GET", "POST"])
@for_writers
def move(code: str) -> str | AnyResponse | Answer:
    """An authority meets in another group."""
    with desk.reading() as session:
        authority, standing = authorities.get(session, code), organisations.group_of(session, code)
        if request.method == "GET":
            organisation_changes.require_meeting(authority)
        met = sightings.of(organisation_changes.where_it_meets(standing))
        form = GroupForm(data={"group": standing.code if standing else "", "seen": met})
        groups = organisations.groups(session, opted_in=True)
        forms.offer(form.group, [(group.code, group.name) for group in groups if group.nation == authority.nation])
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            seen, by = form.seen.data or "", desk.current_officer()
            with desk.writing() as session:
                moved = organisation_changes.move(session, code, form.group.data, seen=seen, by=by, at=desk.now())
            return desk.done(
                f"{authority.name} meets in another group now." if moved else "Nothing changed.", "authorities.show", code=code
            )
    return render_template("register/group.html", form=form, authority=authority, others=shown.others), shown.status


def _compared(form: ListForm, listing: Listing, day: date) -> str:
    with desk.reading() as session:
        found = register_differences.compare(session, listing, day=day)
    return render_template("register/import.html", form=form, found=found, carried=register_files.write(listing).decode(), day=day)


def _read() -> Listing:
    upload = request.files.get("file")
    raw = upload.read(LARGEST + 1) if upload else b""
    if not raw:
        raise Invalid([Problem("file", NO_FILE)])
    return register_files.read(raw)


def _day(typed: date | None) -> date:
    return typed or desk.today()


def _said(found: Difference, ended: int) -> str:
    parts = [f"{len(found.new)} new", f"{len(found.renamed)} renamed", f"{len(found.ended) + ended} ended"]
    parts += [f"{len(found.recoded)} known by another code", f"{words.many(len(found.moved), 'web address', 'web addresses')} changed"]
    return "The register is brought up to date: " + ", ".join(parts) + "."
