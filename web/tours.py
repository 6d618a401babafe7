"""Tours: one briefing for every regional group, on one page, so that none is forgotten.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from audiences import organisations
from campaigns.briefings import tours
from campaigns.briefings.tours import Group
from campaigns.foundation.errors import Refused
from campaigns.planning import campaign_plans
from web import csv_files, desk, forms, refusals, tour_rows, words
from web.guards import for_writers
from web.tour_rows import Row

bp = Blueprint("tours", __name__)

STATES = ("held", "dated", "wanted", "declined")
COLUMNS = ("Regional group", "Nation", "State", "When", "Place", "Presents for HSE", "Presents for LACoRS", "Speaking note", "Revision")
CAME = ("Authorities in the group", "Authorities that came", "Ticks", "Why declined")


class TourForm(forms.Form):
    """For which campaign, and under what name."""

    campaign = forms.choice("Campaign", needed="Choose a campaign")
    name = forms.text("Name of the tour", needed="Enter a name for the tour", hint="For example, Spring briefings 2027", limit=200)
    opted_in = forms.tick("Also Northern Ireland's group, which joins only when asked")
    save = forms.submit("Open the tour")


@bp.get("/tours")
def every() -> str:
    """All tours, each with how far it has come."""
    with desk.reading() as session:
        found = [
            (tour, campaign_plans.get(session, tour.campaign_id), tour_rows.tally(tours.briefings(session, tour.id)))
            for tour in tours.every(session)
        ]
        return render_template("tours/every.html", tours=found, states=STATES)


@bp.route("/tours/new", methods=["GET", "POST"])
@for_writers
def open_tour() -> str | AnyResponse:
    """Set up a tour over all regional groups."""
    form = TourForm()
    with desk.reading() as session:
        form.campaign.choices = [(str(campaign.id), campaign.name) for campaign in campaign_plans.every(session)]
    if form.validate_on_submit():
        try:
            tour_id = _open(form)
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            flash("The tour is open: every group wants its date.", "success")
            return redirect(url_for("tours.show", tour_id=tour_id))
    return render_template("tours/open.html", form=form)


@bp.get("/tours/<uuid:tour_id>")
def show(tour_id: UUID) -> str:
    """A row per regional group, nation by nation, with what is missing."""
    with desk.reading() as session:
        tour = tours.tour(session, tour_id)
        rows = tour_rows.of(session, tour_id)
        return render_template(
            "tours/show.html",
            tour=tour,
            campaign=campaign_plans.get(session, tour.campaign_id),
            rows=rows,
            tally=tour_rows.tally([row.briefing for row in rows]),
            states=STATES,
            waiting=tour_rows.waiting(rows, at=desk.now()),
        )


@bp.get("/tours/<uuid:tour_id>.csv")
def export(tour_id: UUID) -> Response:
    """The same rows as a file."""
    with desk.reading() as session:
        tours.tour(session, tour_id)
        return csv_files.answer("tour", COLUMNS + CAME, [_cells(row) for row in tour_rows.of(session, tour_id)])


def _open(form: TourForm) -> UUID:
    with desk.writing() as session:
        bodies = organisations.groups(session, opted_in=bool(form.opted_in.data))
        groups = [Group(body.code, body.name, body.nation) for body in bodies]
        campaign_id = UUID(form.campaign.data)
        return tours.open_tour(session, campaign_id, name=form.name.data, groups=groups, by=desk.current_officer(), at=desk.now())


def _cells(row: Row) -> list[object]:
    briefing, note = row.briefing, row.note
    when = words.when(briefing.starts_at) if briefing.starts_at else ""
    people = [briefing.place, briefing.hse_presenter, briefing.lacors_presenter]
    version = [note.reference, note.revision] if note else ["", ""]
    return [
        briefing.group_name,
        briefing.nation,
        briefing.state,
        when,
        *people,
        *version,
        row.members,
        row.came,
        row.ticks,
        briefing.reason,
    ]
