"""Importing people: choose a file, say what its columns are, answer which councils are meant, look at what will change, apply it, undo it.

Nothing is added before the last step, and that adds all or nothing.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audiences import encodings, importing, imports, judging, roles, staging
from audiences.imports import REFUSED
from audiences.roles import ROLES
from audiences.sheets import LARGEST
from audiences.staging import Choices, Stager
from campaigns.foundation.errors import Invalid, Problem, Refused
from web import csv_files, desk, forms, import_sheets, refusals, words
from web.guards import for_writers

bp = Blueprint("imports", __name__, url_prefix="/people/import")

AT_ONCE = 20  # spellings asked about on one page
SHOWN_BEFORE = 20  # files chosen before
SOMEBODYS = [("", "As the column says"), *((role, roles.title(role)) for role in ROLES)]


class ImportForm(forms.Form):
    """A file to look at."""

    file = forms.upload("File", hint="CSV, Excel (xls, xlsx) or OpenDocument (ods), up to 10 MB and 200,000 rows")
    save = forms.submit("Continue")


class ColumnsForm(forms.Form):
    """What the columns are; the list of them is the file's own (see import_sheets)."""

    role = forms.one_of("Everybody’s role", SOMEBODYS, hint="If no column says it")
    save = forms.submit("Continue")


class AgainForm(forms.Form):
    """Another way to read the same file."""

    encoding = forms.one_of("Encoding", [("", "As it was read"), *((name, name) for name in encodings.CHOICES)])
    sheet = forms.one_of("Sheet")
    again = forms.submit("Read it again", secondary=True)


class NamesForm(forms.Form):
    """Which places are meant; the spellings are the file's own."""

    save = forms.submit("Continue")


class ApplyForm(forms.Form):
    """The last step."""

    leave_out = forms.tick("Leave out the rows that are refused or not answered, and import the others")
    save = forms.submit("Import these people")


@bp.route("", methods=["GET", "POST"])
@for_writers
def choose() -> str | AnyResponse:
    """Choose a file."""
    form = ImportForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            import_id = _staged()
            return redirect(url_for("imports.columns", import_id=import_id))
    with desk.reading() as session:
        return render_template("imports/choose.html", form=form, before=imports.lately(session, limit=SHOWN_BEFORE))


@bp.route("/<uuid:import_id>/columns", methods=["GET", "POST"])
@for_writers
def columns(import_id: UUID) -> str | AnyResponse:
    """Say what each column is."""
    with desk.reading() as session:
        one = imports.get(session, import_id)
        if request.method == "GET" and one.state not in imports.WAITING:
            return redirect(url_for("imports.show", import_id=import_id))
        mapping = import_sheets.mapping(request.form, len(one.header)) if request.method == "POST" else None
        shown = import_sheets.columns(session, one, mapping)
        again = AgainForm(data={"sheet": one.sheet}) if imports.file_of(session, import_id) is not None else None
    form = ColumnsForm(data={"role": one.role})
    if again is not None:
        again.sheet.choices = [(name, name) for name in one.sheets or [""]]
    if mapping is not None and form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                staging.choose_columns(session, import_id, mapping, form.role.data or "", by=desk.current_officer())
            _stager().judge(import_id)
            return redirect(_next(import_id))
    fields = import_sheets.FIELDS
    return render_template("imports/columns.html", form=form, again=again, one=one, shown=shown, fields=fields)


@bp.post("/<uuid:import_id>/again")
@for_writers
def again(import_id: UUID) -> AnyResponse:
    """Read the same file in another encoding, or another of its sheets."""
    choices = Choices(request.form.get("encoding") or None, request.form.get("sheet") or None)
    try:
        import_id = _stager().read_again(import_id, by=desk.current_officer(), at=desk.now(), choices=choices)
    except Refused as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for("imports.columns", import_id=import_id))


@bp.route("/<uuid:import_id>/names", methods=["GET", "POST"])
@for_writers
def names(import_id: UUID) -> str | AnyResponse:
    """Answer which places are meant, a page of spellings at a time."""
    form = NamesForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            if not (answers := import_sheets.answers(request.form, AT_ONCE)):
                raise Refused("Say of one of these names at least which place it means, or skip the rest.")
            with desk.writing() as session:
                staging.answer(session, import_id, answers, by=desk.current_officer())
            _stager().judge(import_id)
            return redirect(_next(import_id))
    with desk.reading() as session:
        asked = imports.asked(session, imports.get(session, import_id).id)
        if request.method == "GET" and not asked:
            return redirect(url_for("imports.show", import_id=import_id))
        register = judging.register_of(session)
    each = [(text, rows, register.candidates(text)) for text, rows in asked[:AT_ONCE]]
    places = sorted(register.places.values(), key=lambda place: place.name)
    return render_template("imports/names.html", form=form, import_id=import_id, each=each, more=len(asked) - len(each), places=places)


@bp.get("/<uuid:import_id>")
@for_writers
def show(import_id: UUID) -> str:
    """What will change, or what has."""
    with desk.reading() as session:
        return render_template("imports/show.html", form=ApplyForm(), **import_sheets.read(session, import_id))


@bp.post("/<uuid:import_id>")
@for_writers
def apply(import_id: UUID) -> str | AnyResponse:
    """Bring it in."""
    form = ApplyForm()
    form.validate()
    with refusals.ShownOn(form):
        with desk.writing() as session:
            counts = importing.apply(
                session, import_id, leave_out_refused=bool(form.leave_out.data), by=desk.current_officer(), at=desk.now()
            )
        return desk.done(_said(counts), "imports.show", import_id=import_id)
    with desk.reading() as session:
        return render_template("imports/show.html", form=form, **import_sheets.read(session, import_id))


@bp.post("/<uuid:import_id>/undo")
@for_writers
def undo(import_id: UUID) -> AnyResponse:
    """Take it back."""
    with desk.writing() as session:
        ended, changed = importing.undo(session, import_id, by=desk.current_officer(), at=desk.now())
    sentence = f"Undone: {words.many(ended, 'person', 'people')} marked as left, {words.many(changed, 'name')} given back."
    return desk.done(sentence, "imports.show", import_id=import_id)


@bp.get("/<uuid:import_id>/refused.csv")
@for_writers
def refused(import_id: UUID) -> Response:
    """The refused rows as a file: line, reason, and the cells as they were."""
    with desk.reading() as session:
        header = imports.get(session, import_id).header
        rows = [[row.line, row.reason, *row.cells] for row in imports.rows(session, import_id, REFUSED)]
    return csv_files.answer("refused-rows", ["line", "reason", *header], rows)


def _staged() -> UUID:
    upload = request.files.get("file")
    raw = upload.read(LARGEST + 1) if upload else b""
    if not upload or not raw:
        raise Invalid([Problem("file", "Choose a file that is not empty")])
    return _stager().stage(raw, name=upload.filename or "", by=desk.current_officer(), at=desk.now())


def _stager() -> Stager:
    return Stager(desk.database(), test_domains_allowed=desk.settings().test_domains_allowed)


def _next(import_id: UUID) -> str:
    with desk.reading() as session:
        view = "imports.names" if imports.asked(session, import_id) else "imports.show"
    return url_for(view, import_id=import_id)


def _said(counts: dict[str, int]) -> str:
    parts = [words.many(counts["new"], "person", "people") + " added", f"{counts['renamed']:,} renamed", f"{counts['same']:,} as they were"]
    return "Imported: " + ", ".join(parts) + "."
