"""One briefing: its date, place and presenters, the speaking note both parties signed, and whether it was held."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import organisations
from audiences.roles import AUTHORITY_ROLES
from campaigns.agreement import releases, signatures
from campaigns.agreement.releases import Release
from campaigns.briefings import attendance, tours
from campaigns.briefings.tours import Arrangement, Briefing
from campaigns.foundation import clock
from campaigns.foundation.errors import NotFound, Refused
from web import desk, forms, on_the_day, refusals, speaking_notes
from web.guards import for_writers

bp = Blueprint("briefings", __name__, url_prefix="/briefings")

AGREED = ("sealed", "scheduled", "sending", "sent", "missed")  # where both signatures may stand; the step decides
LOGISTICS = frozenset({"date", "time", "place", "link"})  # blanks of a holding line that tell readers where a briefing is now


class ArrangementForm(forms.Form):
    """When, where, by whom, and what is read from."""

    day = forms.day("Date", needed="Enter the date of the briefing")
    hour = forms.hour("Time", needed="Enter the time it starts", hint="London time. For example, 9:30am or 14:05")
    place = forms.text("Place", needed="Enter a place", hint="For example, Civic Offices, committee room 2", limit=200)
    hse_presenter = forms.text("Presents for HSE", needed="Enter who presents for HSE", hint="The post, not the name", limit=200)
    lacors_presenter = forms.text("Presents for LACoRS", needed="Enter who presents for LACoRS", hint="The post, not the name", limit=200)
    note = forms.choice(
        "Speaking note", needed="Choose a speaking note", hint="Only what both HSE and LACoRS have signed. It stays at this version."
    )
    save = forms.submit("Save the arrangement")


class DecliningForm(forms.Form):
    """Why a group wants no briefing."""

    reason = forms.text(
        "Why will there be no briefing?", needed="Enter why there will be no briefing", hint="In the group's own words", limit=200
    )
    save = forms.submit("Mark as declined", warning=True)


class NothingForm(forms.Form):
    """A button and its guard."""


@bp.get("/<uuid:briefing_id>")
def show(briefing_id: UUID) -> str:
    """Everything about one briefing, and its next step."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        members = organisations.members(session, briefing.group_code)
        present = attendance.present(session, [briefing_id]).get(briefing_id, set())
        return render_template(
            "tours/briefing.html",
            briefing=briefing,
            tour=tours.tour(session, briefing.tour_id),
            note=_note(session, briefing),
            lines=_holding_lines(session),
            members=members,
            present=present,
            came={code for code, _ in present},
            roles=AUTHORITY_ROLES,
            day=on_the_day.of(session, briefing),
            begun=briefing.starts_at is not None and briefing.starts_at <= desk.now(),
        )


@bp.route("/<uuid:briefing_id>/arrangement", methods=["GET", "POST"])
@for_writers
def arrange(briefing_id: UUID) -> str | Response:
    """Give it a date, a place, presenters from both parties and a speaking note."""
    with desk.reading() as session:
        form = ArrangementForm(data=None if request.method == "POST" else _standing(tours.get(session, briefing_id)))
        form.note.choices = [(str(release.id), _called(release)) for release in _agreed(session)]
    if form.validate_on_submit():
        try:
            _arrange(form, briefing_id)
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            return _to_the_tour(briefing_id, "the briefing is arranged.")
    with desk.reading() as session:
        return render_template("tours/arrange.html", form=form, briefing=tours.get(session, briefing_id))


@bp.route("/<uuid:briefing_id>/declining", methods=["GET", "POST"])
@for_writers
def decline(briefing_id: UUID) -> str | Response:
    """The group wants no briefing: say why."""
    form = DecliningForm()
    if form.validate_on_submit():
        try:
            with desk.writing() as session:
                tours.decline(session, briefing_id, reason=form.reason.data, by=desk.current_officer(), at=desk.now())
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            return _to_the_tour(briefing_id, "marked as declined.")
    with desk.reading() as session:
        return render_template("tours/decline.html", form=form, briefing=tours.get(session, briefing_id))


@bp.post("/<uuid:briefing_id>/held")
@for_writers
def hold(briefing_id: UUID) -> Response:
    """It took place; who was there comes next."""
    with desk.writing() as session:
        tours.hold(session, briefing_id, by=desk.current_officer(), at=desk.now())
    flash("Marked as held. Now tick who was there.", "success")
    return redirect(url_for("attendance.enter", briefing_id=briefing_id))


@bp.route("/<uuid:briefing_id>/reopening", methods=["GET", "POST"])
@for_writers
def reopen(briefing_id: UUID) -> str | Response:
    """It was marked as held by mistake: what was ticked counts no more until it is held."""
    form = NothingForm()
    if form.validate_on_submit():
        with desk.writing() as session:
            tours.reopen(session, briefing_id, by=desk.current_officer(), at=desk.now())
        flash("The briefing is not marked as held any more.", "success")
        return redirect(url_for("briefings.show", briefing_id=briefing_id))
    with desk.reading() as session:
        ticks = attendance.present(session, [briefing_id]).get(briefing_id, set())
        return render_template("tours/reopen.html", form=form, briefing=tours.get(session, briefing_id), ticks=len(ticks))


@bp.get("/<uuid:briefing_id>/note")
def note(briefing_id: UUID) -> str:
    """The text of the pinned release, to print and read from."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        release = _note(session, briefing)
        if release is None:
            raise NotFound("This briefing has no speaking note yet. Arrange the briefing and choose one.")
        texts = speaking_notes.texts(session, release, group=briefing.group_name, nation=briefing.nation)
        audience = request.args.get("audience", "")
        return render_template(
            "tours/note.html",
            briefing=briefing,
            release=release,
            texts=texts,
            audience=audience if audience in texts else next(iter(texts)),
            signatures=signatures.on(session, release.id, release.digest),
            is_current=releases.is_current(session, release),
        )


def _to_the_tour(briefing_id: UUID, done: str) -> Response:
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        flash(f"{briefing.group_name}: {done}", "success")
        return redirect(url_for("tours.show", tour_id=briefing.tour_id))


def _arrange(form: ArrangementForm, briefing_id: UUID) -> None:
    presenters = (form.hse_presenter.data, form.lacors_presenter.data)
    arrangement = Arrangement(_starts_at(form), form.place.data, *presenters, note=UUID(form.note.data))
    with desk.writing() as session:
        tours.arrange(session, briefing_id, arrangement, by=desk.current_officer(), at=desk.now())


def _starts_at(form: ArrangementForm) -> datetime:
    assert form.day.data is not None and form.hour.moment is not None
    try:
        return clock.from_london(form.day.data, form.hour.moment)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="hour") from None


def _standing(briefing: Briefing) -> dict[str, object]:
    local = clock.london(briefing.starts_at) if briefing.starts_at else None
    return {
        "day": local.date() if local else None,
        "hour": f"{local:%H:%M}" if local else None,
        "place": briefing.place,
        "hse_presenter": briefing.hse_presenter,
        "lacors_presenter": briefing.lacors_presenter,
        "note": str(briefing.note_release_id) if briefing.note_release_id else None,
    }


def _agreed(session: Session) -> list[Release]:
    found = [release for release in releases.in_state(session, *AGREED) if release.digest and not releases.missing(session, release)]
    return found[::-1]


def _called(release: Release) -> str:
    return f"{release.title}, {release.reference}, revision {release.revision}"


def _holding_lines(session: Session) -> list[Release]:
    """Holding lines that both parties signed for a new date or place, and that nobody has let go."""
    found = [(release, releases.said(release)) for release in releases.in_state(session, "sealed") if releases.is_current(session, release)]
    of_places = [release for release, said in found if said and said.purpose == "holding line" and LOGISTICS & said.closed.keys()]
    return [release for release in of_places if not releases.missing(session, release)]


def _note(session: Session, briefing: Briefing) -> Release | None:
    return releases.get(session, briefing.note_release_id) if briefing.note_release_id else None
