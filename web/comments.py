"""Comments on a message's page: made by anybody who reads it, resolved and opened again by officers and signatories."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from campaigns.drafting import comments
from campaigns.drafting.comments import LONGEST
from campaigns.foundation.errors import Invalid, NotFound
from web import desk, form_fields, forms, message_sheets, refusals
from web.guards import for_writers

bp = Blueprint("comments", __name__)


class CommentForm(forms.Form):
    """What somebody has to say, and the revision they read."""

    revision = forms.hidden()
    comment = forms.long_text("Your comment", needed="Write your comment", hint="It changes no words.", limit=LONGEST, rows=4)
    submit = forms.submit("Add the comment", secondary=True)


@bp.post("/messages/<uuid:message_id>/comments")
def add(message_id: UUID) -> Response | tuple[str, int]:
    """Comment on the revision that the page showed; a comment that cannot be used comes back with the reason."""
    form = CommentForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form, Invalid):
            with desk.adding() as session:
                comments.add(session, message_id, form.comment.data, revision=_shown(form), by=desk.current_officer(), at=desk.now())
            return desk.done("Your comment is kept. Every officer can read it.", "messages.show", message_id=message_id, _anchor="comments")
    with desk.reading() as session:
        sheet = message_sheets.read(session, message_id, officer=desk.current_officer(), pace=desk.settings().pace)
    return render_template("messages/show.html", sheet=sheet, form=form), 422


@bp.post("/comments/<uuid:comment_id>/resolution")
@for_writers
def resolve(comment_id: UUID) -> Response:
    """Call it dealt with."""
    with desk.writing() as session:
        message_id = comments.resolve(session, comment_id, by=desk.current_officer(), at=desk.now())
    return redirect(url_for("messages.show", message_id=message_id, _anchor="comments"))


@bp.post("/comments/<uuid:comment_id>/reopening")
@for_writers
def reopen(comment_id: UUID) -> Response:
    """Open it again."""
    with desk.writing() as session:
        message_id = comments.reopen(session, comment_id, by=desk.current_officer(), at=desk.now())
    return redirect(url_for("messages.show", message_id=message_id, _anchor="comments"))


def _shown(form: CommentForm) -> int:
    if (number := form_fields.whole(form.revision.data)) is None:
        raise NotFound("There is no such revision.")
    return number
