"""Wording proposed by somebody who should not become its editor, such as a signatory, and the answer to it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audiences import definitions
from campaigns.drafting import messages, proposals
from campaigns.drafting.words import Words
from campaigns.foundation.errors import Refused, Stale
from campaigns.foundation.lifecycles import MESSAGE
from campaigns.planning import campaign_plans
from web import desk, form_fields, message_forms, refusals
from web import messages as message_pages
from web.differences import Change
from web.guards import for_writers
from web.message_forms import BLANKS, WordsForm

bp = Blueprint("proposals", __name__)


@bp.route("/messages/<uuid:message_id>/proposal", methods=["GET", "POST"])
@for_writers
def new(message_id: UUID) -> str | Response:
    """Suggest other words; whoever wrote the message accepts or declines them."""
    with desk.reading() as session:
        message, audiences = messages.get(session, message_id), definitions.every(session)
        desk.require_open_to(MESSAGE, message.state, "revise")
        standing, by = messages.current(session, message).read(), desk.current_officer()
        offered = message_forms.offers(session, [campaign_plans.get(session, message.campaign_id)], standing)
        may_sign = by.duty == "signatory" and by.id not in messages.editors(session, message_id)
    form = message_forms.opened(audiences, standing, **offered)
    form.campaign.choices, form.campaign.data = [(str(message.campaign_id), "")], str(message.campaign_id)
    if not form.is_submitted():
        form.seen.data = str(message.revision)
    words, others = message_forms.read(form, audiences, at=desk.now()), list[Change]()
    if words is not None and words.stored() == standing.stored():
        flash("You changed nothing, so nothing was proposed.")
        return redirect(url_for("messages.show", message_id=message_id))
    if words is not None:
        try:
            return _proposed(form, message_id, words, may_sign)
        except Stale as refusal:
            refusals.show_on(form, refusal)
            others = message_pages.changed_by_others(form, message_id)
    shown = {"message": message, "audiences": audiences, "blanks": BLANKS, "may_sign": may_sign, "others": others}
    return render_template("messages/propose.html", form=form, **shown)


@bp.post("/messages/<uuid:message_id>/proposals/<uuid:proposal_id>")
@for_writers
def answer(message_id: UUID, proposal_id: UUID) -> Response:
    """Take the words as a new revision, or decline them."""
    verdict = request.form.get("verdict", "")
    if verdict not in {"accept", "decline"}:
        raise Refused("Accept the proposed words or decline them.")
    with desk.writing() as session:
        was, by = request.form.get("was"), desk.current_officer()
        proposals.answer(session, proposal_id, accept=verdict == "accept", was=was, by=by, at=desk.now())
    accepted = verdict == "accept"
    sentence = (
        "The proposed words are now the message's. Submit it when it is ready." if accepted else "Declined. The words stay as they are."
    )
    return desk.done(sentence, "messages.show", message_id=message_id)


def _proposed(form: WordsForm, message_id: UUID, words: Words, may_sign: bool) -> Response:
    seen = form_fields.whole(form.seen.data)  # none with a form that carries none: nothing is compared
    with desk.adding() as session:
        proposals.propose(session, message_id, words, seen=seen, by=desk.current_officer(), at=desk.now())
    sentence = f"Your words are proposed.{' You may still sign: you have changed nothing.' if may_sign else ''}"
    return desk.done(sentence, "messages.show", message_id=message_id)
