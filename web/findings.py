"""What the lint found in a message's words, and an officer's own name under what they accept."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import organisations
from campaigns.drafting import acceptances, lint, messages, samples
from campaigns.drafting.lint import Finding
from campaigns.drafting.messages import Message
from web import desk, previews
from web.guards import for_writers

bp = Blueprint("findings", __name__)


@bp.post("/messages/<uuid:message_id>/acceptances")
@for_writers
def accept(message_id: UUID) -> Response:
    """Accept the findings that are ticked, by name."""
    keys = request.form.getlist("accept")
    with desk.writing() as session:
        found = of_message(session, messages.get(session, message_id, lock=True))  # in the words as they stand once nobody can change them
        number = acceptances.accept(session, message_id, found, keys, by=desk.current_officer(), at=desk.now())
    if number:
        flash("Accepted in your name. It is in the history, and whoever signs sees it.", "success")
    elif not keys:
        flash("Tick what you accept, or change the words.", "error")
    return redirect(url_for("messages.show", message_id=message_id, _anchor="findings"))


def of_message(session: Session, message: Message) -> list[Finding]:
    """Everything to look at in the words as they stand, what must be resolved first."""
    words = messages.current(session, message).read()
    letters = samples.of_words(words, reference=message.reference, sender=previews.sender())
    return lint.findings(words, letters, organisations.considering(session))
