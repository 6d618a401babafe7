"""Wording proposed by somebody who should not become its editor, such as a signatory, and the answer to it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audiences import definitions
from campaigns.drafting import messages, proposals
from campaigns.foundation.errors import Refused
from campaigns.foundation.lifecycles import MESSAGE
from campaigns.planning import campaign_plans
from web import desk, message_forms
from web.guards import for_writers
from web.message_forms import BLANKS

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
    words = message_forms.read(form, audiences, at=desk.now())
    if words is None:
        shown = {"message": message, "audiences": audiences, "blanks": BLANKS, "may_sign": may_sign}
        return render_template("messages/propose.html", form=form, **shown)
    if words.stored() == standing.stored():
        flash("You changed nothing, so nothing was proposed.")
        return redirect(url_for("messages.show", message_id=message_id))
    with desk.adding() as session:
        proposals.propose(session, message_id, words, by=by, at=desk.now())
    sentence = f"Your words are proposed.{' You may still sign: you have changed nothing.' if may_sign else ''}"
    return desk.done(sentence, "messages.show", message_id=message_id)


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
