"""Tours: one briefing for every regional group, on one page, so that none is forgotten.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from uuid import UUID

from flask import Blueprint, Response, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import organisations
from audiences.organisations import Body
from campaigns.briefings import additions, tours
from campaigns.briefings.tours import Briefing, Group
from campaigns.planning import campaign_plans
from web import csv_files, desk, forms, refusals, tour_rows, words
from web.guards import for_writers
from web.tour_rows import Row

bp = Blueprint("tours", __name__)

STATES = ("held", "dated", "wanted", "declined")
COLUMNS = ("Regional group", "Nation", "State", "When", "Place", "Presents for HSE", "Presents for LACoRS", "Speaking note", "Revision")
MORE = ("Ends", "Joining link", "Host", "Focus", "Item on the agenda", "Room for", "Missing", "Held without")
CAME = ("Authorities in the group", "Authorities that came", "Ticks", "Why declined or called off")


class TourForm(forms.Form):
    """For which campaign, and under what name."""

    campaign = forms.choice("Campaign", needed="Choose a campaign")
    name = forms.text("Name of the tour", needed="Enter a name for the tour", hint="For example, Spring briefings 2027", limit=200)
    opted_in = forms.tick("Also Northern Ireland's group, which joins only when asked")
    save = forms.submit("Open the tour")


class AdditionForm(forms.Form):
    """Which body, and what its briefing is to be about."""

    body = forms.one_of("Group or other body", hint="A group that is on the tour already gets one more date.")
    focus = forms.text("Focus, if anything is said of it yet", limit=200)
    awaits_steer = forms.tick("The focus is only proposed until advice has come, for example from HELA")
    save = forms.submit("Add to the tour")


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
        with refusals.ShownOn(form):
            tour_id = _open(form)
            return desk.done("The tour is open. Now arrange a date with each group.", "tours.show", tour_id=tour_id)
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
            groups=len({row.briefing.group_code for row in rows if row.briefing.nation}),
            nations=tour_rows.by_nation(rows),
            forgotten=tour_rows.forgotten(session, rows),
            tally=tour_rows.tally([row.briefing for row in rows]),
            states=STATES,
            waiting=tour_rows.waiting(rows, at=desk.now()),
        )


@bp.route("/tours/<uuid:tour_id>/briefings/new", methods=["GET", "POST"])
@for_writers
def add(tour_id: UUID) -> str | AnyResponse:
    """Put a group or another body on the tour, or give a group one more date."""
    form = AdditionForm()
    with desk.reading() as session:
        tour = tours.tour(session, tour_id)
        forms.offer(form.body, [(body.code, f"{body.name}, {body.kind}") for body in _groups_first(session)])
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            briefing_id = _add(form, tour_id)
            return desk.done("Added to the tour. Now arrange its date.", "briefings.show", briefing_id=briefing_id)
    return render_template("tours/add.html", form=form, tour=tour)


@bp.get("/tours/<uuid:tour_id>.csv")
def export(tour_id: UUID) -> Response:
    """The same rows as a file."""
    with desk.reading() as session:
        tours.tour(session, tour_id)
        return csv_files.answer("tour", COLUMNS + MORE + CAME, [_cells(row) for row in tour_rows.of(session, tour_id)])


def _open(form: TourForm) -> UUID:
    with desk.adding() as session:
        bodies = organisations.groups(session, opted_in=bool(form.opted_in.data))
        groups = [Group(body.code, body.name, body.nation) for body in bodies]
        campaign_id = UUID(form.campaign.data)
        return tours.open_tour(session, campaign_id, name=form.name.data, groups=groups, by=desk.current_officer(), at=desk.now())


def _add(form: AdditionForm, tour_id: UUID) -> UUID:
    with desk.adding() as session:
        body = organisations.get(session, form.body.data)
        about = {"focus": form.focus.data, "awaits_steer": bool(form.awaits_steer.data)}
        return additions.add(session, tour_id, Group(body.code, body.name, body.nation), **about, by=desk.current_officer(), at=desk.now())


def _groups_first(session: Session) -> list[Body]:
    """Who may be added, as tours know them: regional groups, then committees, then everybody else."""
    order = (organisations.GROUP, organisations.COMMITTEE)
    return sorted(organisations.every(session), key=lambda body: order.index(body.kind) if body.kind in order else len(order))


def _cells(row: Row) -> list[object]:
    briefing, note = row.briefing, row.note
    when = words.when(briefing.starts_at) if briefing.starts_at else ""
    people = [briefing.place, briefing.hse_presenter, briefing.lacors_presenter]
    version = [note.reference, note.revision] if note else ["", ""]
    return [
        briefing.title,
        briefing.nation,
        briefing.state,
        when,
        *people,
        *version,
        *_more(briefing),
        row.members,
        row.came,
        row.ticks,
        briefing.reason,
    ]


def _more(briefing: Briefing) -> list[object]:
    ends = words.hour(briefing.until) if briefing.until else ""
    about = [briefing.host, briefing.focus_said, briefing.agenda_item, briefing.capacity]
    return [ends, briefing.link, *about, ", ".join(briefing.missing), briefing.held_without]
