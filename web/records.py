"""Records: how long each class of them is kept, what was disposed of lately, and which legal holds stand."""

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from audiences import legal_holds, record_classes, retention
from audiences.retention import Disposal
from campaigns.foundation import sightings
from web import csv_files, desk, form_fields, forms, refusals, words
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("records", __name__, url_prefix="/records")

SHOWN = 20
COLUMNS = ("Records", "How many", "Older than", "By", "When")


class DaysForm(forms.Form):
    """How long a class is kept."""

    seen = forms.hidden()  # the sighting of how long it was kept when the page was opened
    days = forms.text("Days it is kept", needed="Enter a number of days", hint="For example, 730 for two years", limit=6)
    save = forms.submit("Save")


@bp.get("")
def show() -> str:
    """The schedule, the last disposals, and how many holds stand."""
    with desk.reading() as session:
        return render_template(
            "records/show.html",
            said=_said,
            schedule=retention.schedule(session),
            disposals=retention.disposals(session, limit=SHOWN),
            holds=len(legal_holds.standing(session)),
        )


@bp.get("/disposals.csv")
def export() -> Response:
    """Everything that was ever disposed of, as a file."""
    with desk.reading() as session:
        return csv_files.answer("disposals", COLUMNS, [_cells(one) for one in retention.disposals(session)])


@bp.route("/<key>/days", methods=["GET", "POST"])
@for_writers
def keep(key: str) -> str | AnyResponse | Answer:
    """Decide how long a class is kept."""
    with desk.reading() as session:
        kept = retention.kept(session, key)
    form = DaysForm(days=str(kept.days), seen=sightings.of(retention.shown(kept)))
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            days, seen = form_fields.whole(form.days.data) or 0, form.seen.data or ""
            with desk.writing() as session:
                retention.keep(session, key, days=days, seen=seen, by=desk.current_officer(), at=desk.now())
            who = (
                "It applies from the next daily check."
                if kept.record.dispose
                else "Tell whoever runs the machine: it is they who delete these."
            )
            return desk.done(f"Saved. {who}", "records.show")
    return render_template("records/days.html", form=form, record=kept.record, others=shown.others), shown.status


def _said(record_class: str) -> str:
    """A class of records in the words of the schedule."""
    return words.sentence(record_classes.what(record_class))


def _cells(one: Disposal) -> list[object]:
    return [_said(one.record_class), one.number, words.on(one.cutoff), one.by, words.when(one.at)]
