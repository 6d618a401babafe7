"""One briefing: its date, place and presenters, the speaking note both parties signed, and whether it was held."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import comings, invitees, organisations
from audiences.roles import AUTHORITY_ROLES
from campaigns.agreement import occasions, permits, releases, replaced
from campaigns.agreement.releases import Release
from campaigns.briefings import arranging, attendance, cancellations, focuses, kit_holders, kits, papers, supersessions, tours
from campaigns.briefings.supersessions import Superseded
from campaigns.briefings.tours import Briefing
from campaigns.foundation import sightings
from campaigns.foundation.errors import Refused
from campaigns.foundation.lifecycles import BRIEFING
from web import arrangement_forms, desk, forms, on_the_day, refusals, states, tour_dates
from web.arrangement_forms import ArrangementForm
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("briefings", __name__, url_prefix="/briefings")

LOGISTICS = frozenset({"date", "time", "place", "link"})  # blanks of a holding line that tell readers where a briefing is now


class DecliningForm(forms.Form):
    """Why a group wants no briefing."""

    seen = forms.hidden()  # what was arranged when the form was opened
    reason = forms.text(
        "Why will there be no briefing?", needed="Enter why there will be no briefing", hint="In the group's own words", limit=200
    )
    save = forms.submit("Mark as declined", warning=True)


class CallingOffForm(forms.Form):
    """Why it does not take place then."""

    seen = forms.hidden()  # what was arranged when the form was opened
    reason = forms.text("Why is it called off?", needed="Enter why it is called off", hint="For example, the hall is flooded", limit=200)
    save = forms.submit("Call it off", warning=True)


class HoldingForm(forms.Form):
    """Why it was held without something it should have had."""

    why = forms.text("How was it held without?", hint="For example, the account manager spoke for both parties", limit=200)
    save = forms.submit("Mark as held")


class FocusForm(forms.Form):
    """What it is to be about."""

    seen = forms.hidden()  # what was said when the form was opened
    focus = forms.text("Focus", hint="In one line. For example, what local authorities no longer need to do", limit=200)
    awaits_steer = forms.tick("This is only proposed until advice has come, for example from HELA")
    save = forms.submit("Save the focus")


@bp.get("/<uuid:briefing_id>")
def show(briefing_id: UUID) -> str:
    """Everything about one briefing, and its next step."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        members = organisations.members(session, briefing.group_code)
        present, lines = attendance.present(session, briefing_id), _holding_lines(session)
        return render_template(
            "tours/briefing.html",
            briefing=briefing,
            tour=tours.tour(session, briefing.tour_id),
            note=_note(session, briefing),
            superseded=_superseded(session, briefing),
            untold=kit_holders.without_address(session, briefing),
            lines=[(line, states.let_go_by(session, line)) for line in lines],
            theirs=[line.id for line in lines if permits.may_let_go(session, line, desk.current_officer())],
            outdated=sum(not one.is_current for one in invitees.invitees(session, briefing)),
            members=members,
            present=present,
            came={member.code for member in members} & {code for code, _ in present},
            roles=AUTHORITY_ROLES,
            day=on_the_day.of(session, briefing),
            invited=comings.of_tour(session, [briefing]).get(briefing_id),
            begun=briefing.has_begun(desk.now()),
            against=tour_dates.against(session, briefing) if briefing.state == "dated" else [],
        )


@bp.route("/<uuid:briefing_id>/arrangement", methods=["GET", "POST"])
@for_writers
def arrange(briefing_id: UUID) -> str | Response | Answer:
    """Give it a date, a place or link, and what else is known: presenters, host, speaking note."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        desk.require_open_to(BRIEFING, briefing.state, "date")
        form = ArrangementForm(data=None if request.method == "POST" else arrangement_forms.standing(session, briefing))
        form.offer(session, briefing)
        posts, listed = arrangement_forms.posts(session, briefing), len(attendance.standing(session, briefing_id))
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                arranging.arrange(session, briefing_id, form.read(), seen=form.seen.data or "", by=desk.current_officer(), at=desk.now())
            return _to_the_tour(briefing_id, "the briefing is arranged.")
    return render_template(
        "tours/arrange.html", form=form, briefing=briefing, posts=posts, listed=listed, others=shown.others
    ), shown.status


@bp.route("/<uuid:briefing_id>/focus", methods=["GET", "POST"])
@for_writers
def focus(briefing_id: UUID) -> str | Response | Answer:
    """Say what it is to be about, or that this awaits a steer."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
    said = {"focus": briefing.focus or "", "awaits_steer": briefing.awaits_steer, "seen": sightings.of(focuses.shown(briefing))}
    form = FocusForm(data=None if request.method == "POST" else said)
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                about = {"focus": form.focus.data, "awaits_steer": bool(form.awaits_steer.data), "seen": form.seen.data or ""}
                focuses.say(session, briefing_id, **about, by=desk.current_officer(), at=desk.now())
            return redirect(url_for("briefings.show", briefing_id=briefing_id))
    return render_template("tours/focus.html", form=form, briefing=briefing, others=shown.others), shown.status


@bp.route("/<uuid:briefing_id>/calling-off", methods=["GET", "POST"])
@for_writers
def call_off(briefing_id: UUID) -> Response | Answer:
    """It does not take place then and there: say why; it wants another date."""
    return _end(
        briefing_id, CallingOffForm(), "tours/call_off.html", cancellations.call_off, "call off", "called off. It needs another date."
    )


@bp.route("/<uuid:briefing_id>/declining", methods=["GET", "POST"])
@for_writers
def decline(briefing_id: UUID) -> Response | Answer:
    """The group wants no briefing: say why."""
    return _end(briefing_id, DecliningForm(), "tours/decline.html", cancellations.decline, "decline", "marked as declined.")


@bp.route("/<uuid:briefing_id>/held", methods=["GET", "POST"])
@for_writers
def hold(briefing_id: UUID) -> Response | Answer:
    """It took place; who was there comes next. Without a note or both presenters it is asked how come."""
    form, status = HoldingForm(), 200
    if form.validate_on_submit():
        try:
            with desk.writing() as session:
                tours.hold(session, briefing_id, why=form.why.data, by=desk.current_officer(), at=desk.now())
                signed_in = bool(attendance.present(session, briefing_id))
            return _to_the_list(briefing_id, signed_in=signed_in)
        except Refused as refusal:
            refusals.show_on(form, refusal)
            status = 200 if form.why.errors else refusals.status(refusal)
    with desk.reading() as session:
        return render_template("tours/hold.html", form=form, briefing=tours.get(session, briefing_id), at=desk.now()), status


@bp.route("/<uuid:briefing_id>/reopening", methods=["GET", "POST"])
@for_writers
def reopen(briefing_id: UUID) -> str | Response:
    """It was marked as held by mistake: what was ticked counts no more until it is held."""
    form = forms.Form()
    if form.validate_on_submit():
        with desk.writing() as session:
            tours.reopen(session, briefing_id, by=desk.current_officer(), at=desk.now())
        return desk.done("The briefing is not marked as held any more.", "briefings.show", briefing_id=briefing_id)
    with desk.reading() as session:
        ticks = attendance.present(session, briefing_id)
        return render_template("tours/reopen.html", form=form, briefing=tours.get(session, briefing_id), ticks=len(ticks))


@bp.get("/<uuid:briefing_id>/note")
def note(briefing_id: UUID) -> str:
    """The text of the pinned release, to print and read from."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        release = kits.note(session, briefing)
        about = {"group": briefing.group_name, "nation": briefing.nation}
        texts = papers.of(session, release, label="Speaking note", base_url=desk.settings().base_url, **about)
        audience = request.args.get("audience", "")
        return render_template(
            "tours/note.html",
            briefing=briefing,
            release=release,
            texts=texts,
            audience=audience if audience in texts else next(iter(texts)),
            superseded=_superseded(session, briefing),
            is_current=releases.is_current(session, release),
        )


def _end(
    briefing_id: UUID, form: CallingOffForm | DecliningForm, template: str, step: Callable[..., None], verb: str, done: str
) -> Response | Answer:
    """Why it does not take place, on a page that says who will be told of it, and who will not."""
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                step(session, briefing_id, reason=form.reason.data, seen=form.seen.data or "", by=desk.current_officer(), at=desk.now())
            return _to_the_tour(briefing_id, done)
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        desk.require_open_to(BRIEFING, briefing.state, verb)
        gets, without = invitees.of_a_cancellation(session, briefing, at=desk.now())
        if request.method == "GET":
            form.seen.data = sightings.of(arranging.shown(session, briefing))
        told = {"gets": gets, "without": without, "listed": len(attendance.standing(session, briefing_id))}
        return render_template(template, form=form, briefing=briefing, others=shown.others, **told), shown.status


def _to_the_tour(briefing_id: UUID, done: str) -> Response:
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        return desk.done(f"{briefing.title}: {done}", "tours.show", tour_id=briefing.tour_id)


def _to_the_list(briefing_id: UUID, *, signed_in: bool) -> Response:
    """Whoever signed in stands on the list already; otherwise it is ticked from the paper sheet."""
    next_step = "Type in the paper sheet, then say that the list is complete." if signed_in else "Now tick who was there."
    return desk.done(f"Marked as held. {next_step}", "sign_in_sheets.show" if signed_in else "attendance.enter", briefing_id=briefing_id)


def _holding_lines(session: Session) -> list[Release]:
    """Holding lines that both parties signed for a new date or place, and that nobody has let go."""
    found = [(release, releases.said(release)) for release in replaced.without(session, "sealed")]
    of_places = [release for release, said in found if said and said.purpose == "holding line" and LOGISTICS & said.closed.keys()]
    return [one for one in of_places if not releases.missing(session, one) and not occasions.overtaken(session, releases.said(one))]


def _superseded(session: Session, briefing: Briefing) -> Superseded | None:
    return supersessions.of(session, release) if (release := _note(session, briefing)) else None


def _note(session: Session, briefing: Briefing) -> Release | None:
    return releases.get(session, briefing.note_release_id) if briefing.note_release_id else None
