"""Where an organisation has sites: the whole list typed or uploaded, looked at line by line, and kept whole or not at all."""

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, footprint_files, footprints, organisations
from audiences.footprint_files import Reading
from audiences.sheets import LARGEST
from campaigns.foundation import sightings
from campaigns.foundation.errors import Invalid, Problem
from web import csv_files, desk, forms, refusals, words
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("footprints", __name__, url_prefix="/organisations/<code>/sites")

SHOWN = 100  # refused lines on the page


class SitesForm(forms.Form):
    """A footprint as a file, or typed."""

    seen = forms.hidden()  # the sighting of the footprint when the page was opened
    file = forms.upload(
        "A file", hint="With a column of authorities, and one of the number of sites there (without it, a line for each site)"
    )
    typed = forms.long_text("Or typed: an authority and a number on each line", hint="For example, Adur, 3", limit=30_000, rows=12)
    save = forms.submit("Keep this footprint")


@bp.get("/sites.csv")
def export(code: str) -> Response:
    """The footprint as a file, with the columns that uploading reads."""
    with desk.reading() as session:
        body = organisations.get(session, code)
        rows = [
            (place, authorities.get(session, place).name, number) for place, number in sorted(footprints.of(session, body.code).items())
        ]
    return csv_files.answer(f"sites-{body.code}", ("Code", "Name", "Number of sites"), rows)


@bp.route("", methods=["GET", "POST"])
@for_writers
def change(code: str) -> str | AnyResponse | Answer:
    """Type or upload the whole footprint."""
    reading = None
    with desk.reading() as session:
        body = organisations.get(session, code)
        seen = sightings.of(footprints.shown(session, code)) if request.method == "GET" else ""
        form = SitesForm(data={"typed": _typed(session, code), "seen": seen})
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            reading = _keep(code, form)
            if not reading.refused:
                sentence = f"{body.name} has {words.many(sum(reading.sites.values()), 'site')} at {words.many(len(reading.sites), 'authority', 'authorities')}."
                return desk.done(sentence, "organisations.show", code=code)
    return render_template(
        "organisations/sites.html", form=form, body=body, reading=reading, shown=SHOWN, others=shown.others
    ), shown.status


def _keep(code: str, form: SitesForm) -> Reading:
    upload = request.files.get("file")
    raw = upload.read(LARGEST + 1) if upload else b""
    with desk.writing() as session:
        reading = footprint_files.from_file(session, raw) if raw else footprint_files.typed(session, form.typed.data or "")
        if not raw and not (form.typed.data or "").strip() and footprints.of(session, code) == {}:
            raise Invalid([Problem("typed", "Choose a file, or type an authority and a number")])
        if not reading.refused:
            footprints.put(session, code, reading.sites, seen=form.seen.data or "", by=desk.current_officer(), at=desk.now())
    return reading


def _typed(session: Session, code: str) -> str:
    return "\n".join(f"{authorities.get(session, place).name}, {number}" for place, number in footprints.of(session, code).items())
