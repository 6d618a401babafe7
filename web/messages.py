"""Messages: written here, read by everybody, and submitted to both parties."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import definitions
from campaigns.agreement import releases
from campaigns.drafting import acceptances, messages
from campaigns.drafting.messages import Message
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.foundation.errors import Invalid, Problem, Stale
from campaigns.foundation.lifecycles import MESSAGE
from campaigns.planning import campaign_plans, plan_rows
from web import (
    comparisons,
    csv_files,
    desk,
    findings,
    form_fields,
    forms,
    invitation_fields,
    message_forms,
    message_sheets,
    readership,
    refusals,
    states,
)
from web.comments import CommentForm
from web.differences import Change
from web.guards import for_writers
from web.message_forms import BLANKS, WordsForm

bp = Blueprint("messages", __name__, url_prefix="/messages")

COLUMNS = ("Reference", "Title", "State", "Campaign", "Begun")


class ReasonForm(forms.Form):
    """Why something is given up."""

    reason = forms.long_text("Reason", needed="Give a reason", hint="Both parties see it, and it is kept.", limit=1000, rows=3)


@bp.get("/")
def every() -> str:
    """The list, the newest first: of one state, or of all."""
    rows, wanted = _listed(), request.args.get("state", "")
    shown = [row for row in rows if wanted in ("", row[1])]
    shown, page = desk.paged(shown)
    found = sorted({state for _, state, _ in rows})
    return render_template("messages/list.html", rows=shown, page=page, states=found, wanted=wanted)


@bp.get("/messages.csv")
def export() -> Response:
    """The same list as a file."""
    rows, wanted = _listed(), request.args.get("state", "")
    shown = [
        (one.reference, one.title, state, campaign, clock.say(one.drafted_at)) for one, state, campaign in rows if wanted in ("", state)
    ]
    return csv_files.answer("messages", COLUMNS, shown)


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def new() -> str | Response:
    """Begin one: empty, from a row of the plan, for a tour, or from another message, of which only the words are taken, never a signature."""
    with desk.reading() as session:
        audiences, plans = definitions.every(session), campaign_plans.every(session)
        like = messages.get(session, asked) if (asked := request.args.get("like", type=UUID)) else None
        parent = messages.current(session, like) if like else None
        words_like = parent.read() if parent else None
        planned = plan_rows.get(session, row) if (row := request.args.get("row", type=UUID)) else None
        offered = message_forms.offers(session, plans, words_like)
        draft = _begun_for(session)
    if not plans:
        flash("Every message belongs to a campaign. Set one up first.")
        return redirect(url_for("campaigns.new"))
    form = message_forms.opened(audiences, words_like, **offered, draft=draft)
    form.campaign.choices = [(str(plan.id), plan.name) for plan in plans]
    if like and not form.is_submitted():
        form.campaign.data = str(like.campaign_id)
    if planned and not form.is_submitted():
        message_forms.fill_in(form, planned)
    words = message_forms.read(form, audiences, at=desk.now())
    if words is None:
        return render_template("messages/edit.html", form=form, message=None, others=[], audiences=audiences, blanks=BLANKS)
    with desk.adding() as session:
        message_id = messages.draft(session, UUID(form.campaign.data), words, parent=parent, by=desk.current_officer(), at=desk.now())
        theirs = planned if planned and str(planned.campaign_id) == form.campaign.data else None
        stands = theirs and plan_rows.draft_for(session, theirs.id, message_id, by=desk.current_officer(), at=desk.now())
    return _saved(form, message_id, words, "Saved as a draft." if stands or not planned else message_forms.BESIDE)


@bp.get("/<uuid:message_id>")
def show(message_id: UUID) -> str:
    """Everything about one message, the next step first."""
    with desk.reading() as session:
        sheet = message_sheets.read(session, message_id, officer=desk.current_officer(), pace=desk.settings().pace)
    return render_template("messages/show.html", sheet=sheet, form=CommentForm(formdata=None, revision=sheet.revision.number))


@bp.get("/<uuid:message_id>/readers")
def people(message_id: UUID) -> str:
    """Who would get it if it were submitted now, and who would not, by name."""
    with desk.reading() as session:
        message = messages.get(session, message_id)
        sifted = readership.sift(session, message, messages.current(session, message).read())
        corrects = readership.original(session, message)
        found, page = desk.paged(sifted.addressees)
        said = readership.names(session)
    who = {"readers": found, "left_out": sifted.left_out, "corrects": corrects}
    return render_template("messages/readers.html", message=message, page=page, names=said, **who)


@bp.get("/<uuid:message_id>/left-out.csv")
def export_left_out(message_id: UUID) -> Response:
    """Everybody in its audiences who would get no letter of theirs today, and why, as a file; so also who is in two of them."""
    with desk.reading() as session:
        message, said = messages.get(session, message_id), readership.names(session)
        left_out = readership.sift(session, message, messages.current(session, message).read()).left_out
    rows = [[left.addressee.name, left.addressee.organisation, said[left.addressee.variant], left.reason] for left in left_out]
    return csv_files.answer(f"left-out-{message.reference}", ("Who", "Organisation", "Audience", "Why"), rows)


@bp.route("/<uuid:message_id>/edit", methods=["GET", "POST"])
@for_writers
def edit(message_id: UUID) -> str | Response:
    """Change the words: a new revision, which voids every signature on the one before."""
    with desk.reading() as session:
        message, audiences = messages.get(session, message_id), definitions.every(session)
        desk.require_open_to(MESSAGE, message.state, "revise")
        standing = messages.current(session, message).read()
        offered = message_forms.offers(session, [campaign_plans.get(session, message.campaign_id)], standing)
        release = states.newest(session, message)
        state = states.of_message(session, message, release)
    form = message_forms.opened(audiences, standing, **offered)
    form.campaign.choices, form.campaign.data = [(str(message.campaign_id), "")], str(message.campaign_id)
    if not form.is_submitted():
        form.seen.data, form.was.data = str(message.revision), message.state
    words, others = message_forms.read(form, audiences, at=desk.now()), list[Change]()
    if words is not None:
        try:
            return _revise(form, message_id, words)
        except Stale as refusal:
            refusals.show_on(form, refusal)
            others = changed_by_others(form, message_id)
    page = {"state": state, "audiences": audiences, "blanks": BLANKS, "others": others, "release": release}
    return render_template("messages/edit.html", form=form, message=message, **page)


@bp.post("/<uuid:message_id>/submission")
@for_writers
def submit(message_id: UUID) -> Response:
    """Send the current words to both parties; they are sealed first. Refused while a finding is open, or nobody can be invited as it is."""
    try:
        with desk.writing() as session:
            message = messages.get(session, message_id, lock=True)
            if message.state == "draft":
                if request.form.get("seen", "") not in ("", str(message.revision)):
                    raise Stale(
                        "Somebody else changed this message while you were reading it. Nothing was submitted: read the words as they stand now."
                    )
                acceptances.require_none_open(session, message, findings.of_message(session, message))
                if why := message_sheets.kept_back(session, messages.current(session, message).read()):
                    raise Invalid([Problem("invites_to", why)])
            release_id = releases.submit(session, message_id, by=desk.current_officer(), at=desk.now())
    except Invalid as refusal:
        flash(refusal.sentence, "error")
        if any(problem.field == "findings" for problem in refusal.problems):
            return redirect(url_for("messages.show", message_id=message_id, _anchor="findings"))
        return redirect(url_for("messages.edit", message_id=message_id))
    return redirect(url_for("releases.show", release_id=release_id))


@bp.route("/<uuid:message_id>/withdrawal", methods=["GET", "POST"])
@for_writers
def withdraw(message_id: UUID) -> str | Response:
    """Give up a message that has not been submitted."""
    form = ReasonForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form, Invalid):
            with desk.writing() as session:
                _withdraw(session, message_id, form.reason.data or "")
            return desk.done("Withdrawn. It will not be sent.", "messages.show", message_id=message_id)
    with desk.reading() as session:
        message = messages.get(session, message_id)
        desk.require_open_to(MESSAGE, message.state, "withdraw")
        return render_template("messages/withdraw.html", form=form, message=message)


def _begun_for(session: Session) -> dict[str, Any]:
    """The first draft that the address asks for: an invitation to a tour's briefings, or what follows them."""
    if tour := request.args.get("tour", type=UUID):
        return invitation_fields.draft(session, tour, at=desk.now())
    return invitation_fields.follow_up(session, followed) if (followed := request.args.get("follows", type=UUID)) else {}


def _withdraw(session: Session, message_id: UUID, reason: str) -> None:
    message = messages.get(session, message_id, lock=True)  # whoever submits it at the same moment waits, or is waited for
    if message.state == "gone":  # the page said that it would never be sent
        raise Stale("This message has begun to go out since you opened the page. Nothing was withdrawn.")
    release = states.newest(session, message)
    if release is not None and message.state != "draft":
        releases.withdraw(session, release.id, reason=reason, by=desk.current_officer(), at=desk.now())
    else:
        messages.withdraw(session, message_id, reason=reason, by=desk.current_officer(), at=desk.now())


def _revise(form: WordsForm, message_id: UUID, words: Words) -> Response:
    with desk.writing() as session:
        changed = messages.revise(session, message_id, words, **_shown(form), by=desk.current_officer(), at=desk.now())
    said = (
        "Saved as a new revision. Nobody has signed these words."
        if changed
        else "You changed nothing, so nothing was saved and every signature stands."
    )
    return _saved(form, message_id, words, said)


def changed_by_others(form: WordsForm, message_id: UUID) -> list[Change]:
    """What the officer has not seen; from here on they have, so that what they save next counts."""
    with desk.reading() as session:
        message = messages.get(session, message_id)
        others = comparisons.since(session, message, _shown(form)["seen"])
    form.seen.data, form.was.data = str(message.revision), message.state
    return others


def _shown(form: WordsForm) -> dict[str, Any]:
    return {"seen": form_fields.whole(form.seen.data) or 0, "was": form.was.data}


def _saved(form: WordsForm, message_id: UUID, words: Words, said: str) -> Response:
    flash(said, "success")
    for finding in message_sheets.findings(words):
        flash(finding)
    return redirect(url_for("previews.show" if form.preview.data else "messages.show", message_id=message_id))


def _listed() -> list[tuple[Message, str, str]]:
    """Every message, its state and its campaign's name, the newest first."""
    with desk.reading() as session:
        said = {plan.id: plan.name for plan in campaign_plans.every(session)}
        return [(message, state, said[message.campaign_id]) for message, state in states.of_messages(session, messages.every(session))]
