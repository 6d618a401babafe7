"""Bringing an iCalendar file in: choose it and say what it is for, look at what would change, apply it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import calendar_loads, calendar_parsing, calendar_places, calendar_uploads
from audiences.calendar_loads import Calendar
from campaigns.foundation import sightings
from campaigns.foundation.errors import Stale
from web import calendar_forms, calendar_words, desk, forms, refusals
from web.calendar_forms import KINDS
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("calendar_files", __name__, url_prefix="/calendar/files")


class FileForm(forms.Form):
    """A file, and what it is."""

    file = forms.upload("File", needed="Choose an iCalendar file", hint="iCalendar (.ics), up to 10 MB")
    name = forms.text(
        "What do you call this calendar?", needed="Give it a name", hint="Use the same name next time, so that it is recognised", limit=200
    )
    kind = forms.one_of("What kind of days does it hold?", KINDS)
    where = forms.one_of("What is it for?")
    authority = forms.text("Or one authority", hint="Its full name or its code", limit=120)
    lead_days = forms.text(
        "Days before that belong to each", hint="For committees: how many days before a meeting its papers close", limit=4, default="0"
    )
    save = forms.submit("Continue")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once, but for what the file says."""
        return refusals.all_said(self, super().validate(extra_validators), calendar_forms.of_place_and_lead(self))


class ApplyForm(forms.Form):
    """The last step."""

    seen = forms.hidden()  # what the page said that it would change
    save = forms.submit("Apply these changes")


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def choose() -> str | AnyResponse:
    """Choose a file, and say what it is."""
    form = FileForm()
    with desk.reading() as session:
        forms.offer(form.where, [(calendar_places.BETWEEN, "One authority, typed below"), *calendar_places.choices(session)])
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            reading = calendar_parsing.opened(form.file.data.read() if form.file.data else b"")
            with desk.writing() as session:
                upload = calendar_uploads.keep(session, _calendar(session, form), reading, by=desk.current_officer(), at=desk.now())
            return redirect(url_for("calendar_files.look", upload_id=upload))
    return render_template("calendars/file.html", form=form)


@bp.route("/<uuid:upload_id>", methods=["GET", "POST"])
@for_writers
def look(upload_id: UUID) -> str | AnyResponse | Answer:
    """What would change; then apply it."""
    form = ApplyForm()
    shown = refusals.ShownOn(form, Stale)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                done = calendar_uploads.apply(session, upload_id, seen=form.seen.data, by=desk.current_officer(), at=desk.now())
            return _applied(done)
    with desk.reading() as session:
        upload = calendar_uploads.get(session, upload_id)
        if upload.applied is not None:
            return _applied(upload.applied)
        found = calendar_loads.compare(session, upload.calendar(), upload.reading())
        if request.method == "GET":
            form.seen.data = sightings.of(calendar_uploads.shown(found))
        page = {"upload": upload, "found": found, "places": calendar_places.named(session), "words": calendar_words, "others": shown.others}
        return render_template("calendars/preview.html", form=form, **page), shown.status


def _applied(numbers: list[int]) -> AnyResponse:
    added, changed, retired, same = numbers
    return desk.done(f"Added {added}, changed {changed}, retired {retired}; {same} as before.", "calendars.show", when="all")


def _calendar(session: Session, form: FileForm) -> Calendar:
    lead_days = calendar_forms.lead(form.lead_days)
    scope, place = calendar_places.read(session, form.where.data or "", form.authority.data or "")
    return Calendar(form.name.data, scope, place, form.kind.data, lead_days)
