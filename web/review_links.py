"""Links for reviewers without an account: made for somebody named, shown once, taken back, and forgotten."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from campaigns.drafting import messages, reviews
from campaigns.foundation import clock
from campaigns.foundation.errors import Invalid
from web import desk, forms, refusals
from web.guards import for_writers

bp = Blueprint("review_links", __name__)

LAST_MINUTE = time(23, 59)


class LinkForm(forms.Form):
    """Who reads it, and until when."""

    reviewer = forms.text(
        "Who will read it?",
        needed="Enter who will read it",
        hint="Their name or post. It is shown with their comments.",
        limit=reviews.LONGEST_NAME,
    )
    until = forms.day("Last day the link works (optional)", hint="If you leave this empty it works for fourteen days.")
    submit = forms.submit("Make the link")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once."""
        further = reviews.problems(self.reviewer.data or "", self.moment() or desk.now() + reviews.LASTS, at=desk.now())
        return refusals.all_said(self, super().validate(extra_validators), further)

    def moment(self) -> datetime | None:
        """The end of the chosen day in London; None for the usual fourteen days."""
        return clock.from_london(self.until.data, LAST_MINUTE) if self.until.data else None


@bp.route("/messages/<uuid:message_id>/reviews", methods=["GET", "POST"])
@for_writers
def every(message_id: UUID) -> str:
    """The links there are, and a new one: it is on the page that answers and never again."""
    form, link = LinkForm(), ""
    if form.validate_on_submit():
        with refusals.ShownOn(form, Invalid):
            link = _made(message_id, form)
            form = LinkForm(formdata=None)
    with desk.reading() as session:
        message, links = messages.get(session, message_id), reviews.of_message(session, message_id)
    shown = {"message": message, "links": links, "form": form, "link": link}
    return render_template("messages/reviews.html", **shown, now=desk.now(), forgotten=reviews.FORGOTTEN)


@bp.post("/reviews/<uuid:review_id>/taking-back")
@for_writers
def take_back(review_id: UUID) -> Response:
    """Let a link open nothing any more."""
    with desk.writing() as session:
        message_id = reviews.take_back(session, review_id, by=desk.current_officer(), at=desk.now())
    return desk.done(
        "The link is taken back and no longer works. Comments made through it stay.", "review_links.every", message_id=message_id
    )


@bp.post("/reviews/<uuid:review_id>/erasure")
@for_writers
def forget(review_id: UUID) -> Response:
    """Erase who a link was for."""
    with desk.writing() as session:
        message_id = reviews.forget(session, review_id, by=desk.current_officer(), at=desk.now())
    return desk.done("The name is erased. What was said through the link stays.", "review_links.every", message_id=message_id)


def _made(message_id: UUID, form: LinkForm) -> str:
    with desk.adding() as session:
        token = reviews.make(
            session, message_id, reviewer=form.reviewer.data or "", until=form.moment(), by=desk.current_officer(), at=desk.now()
        )
    return desk.whole_address("reviews.show", token=token)
