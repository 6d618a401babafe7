"""Importing people from a CSV file: look first if you like; it is brought in whole, or, with any row refused, not at all."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from audiences import exports, importing
from audiences.importing import Report
from audiences.sheets import LARGEST
from campaigns.foundation.errors import Invalid, Problem, Refused
from web import csv_files, desk, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("imports", __name__, url_prefix="/people/import")

SHOWN = 200  # refused rows on the page; all of them in the download
LONGEST_REPORT = 300_000  # characters of it the page can carry back to be downloaded


class ImportForm(forms.Form):
    """A file, to look at or to bring in."""

    file = forms.upload("CSV file", hint="Up to 10 MB, with the columns name, role, authority and email, in any order")
    look = forms.submit("Check only", secondary=True)
    save = forms.submit("Import these people")


class RefusedRowsForm(forms.Form):
    """The refused rows the page was given, to be handed back as a file. Nothing is kept between the two."""

    rows = forms.hidden()


@bp.route("", methods=["GET", "POST"])
@for_writers
def choose() -> str | AnyResponse:
    """Choose a file; see what it would change and every refused row; bring it in."""
    form, report = ImportForm(), None
    if form.validate_on_submit():
        try:
            report = _read(form)
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            if report.saved:
                flash(_said(report), "success")
                return redirect(url_for("people.every"))
    return render_template("imports/choose.html", form=form, report=report, shown=SHOWN, rows=_carried(report) if report else "")


@bp.post("/refused.csv")
@for_writers
def refused() -> Response:
    """The refused rows as a file."""
    return csv_files.download("refused-rows", request.form.get("rows", ""))


def _read(form: ImportForm) -> Report:
    upload = request.files.get("file")
    raw = upload.read(LARGEST + 1) if upload else b""
    if not raw:
        raise Invalid([Problem("file", "Choose a CSV file that is not empty")])
    allowed = desk.settings().env != "production"
    if not form.save.data:
        with desk.reading() as session:
            return importing.check(session, raw, test_domains_allowed=allowed)
    with desk.writing() as session:
        return importing.bring_in(session, raw, by=desk.current_officer(), at=desk.now(), test_domains_allowed=allowed)


def _carried(report: Report) -> str:
    """The refused rows as CSV; cut at a whole row when there is more than a form may carry."""
    text = exports.refused(report.refused)
    return text if len(text) <= LONGEST_REPORT else text[: text.rindex("\r\n", 0, LONGEST_REPORT) + 2]


def _said(report: Report) -> str:
    parts = [words.many(report.added, "person", "people") + " added", f"{report.changed:,} changed", f"{report.unchanged:,} as they were"]
    return "Imported: " + ", ".join(parts) + "."
