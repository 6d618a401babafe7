"""Reading and commenting on one revision through a link, without an account.

The page's address is the key to it: no other site is told it (Referrer-Policy: same-origin, so that our own forms can still be told from
forged ones over TLS), no search engine keeps it, and the letter's frame passes nothing on at all.
"""

from flask import Blueprint, Response, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from campaigns.drafting import comments, messages, reviews, samples
from campaigns.drafting.letters import Opened
from campaigns.drafting.reviews import Review
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Refused
from web import desk, forms, previews, reader_pages, readership, refusals

bp = Blueprint("reviews", __name__, url_prefix="/review")
bp.after_request(reader_pages.keep_out_of_indexes)


class ReviewForm(forms.Form):
    """What the reviewer has to say."""

    comment = forms.long_text("Your comment", needed="Write your comment", limit=comments.LONGEST, rows=6)
    submit = forms.submit("Send the comment")


@bp.route("/<token>", methods=["GET", "POST"])
def show(token: str) -> str | tuple[str, int] | AnyResponse:
    """The revision the link was made for, whatever has become of it since, and a box to comment."""
    form = ReviewForm()
    try:
        if form.validate_on_submit() and _kept(token, form):
            return desk.done("Thank you. Your comment is kept, and both bodies can read it.", "reviews.show", token=token)
        return _page(token, form)
    except (NotFound, NotAllowedNow) as refusal:
        return _closed(refusal)


@bp.get("/<token>/<audience>")
def letter(token: str, audience: str) -> Response | tuple[str, int]:
    """One audience's letter, for its frame."""
    try:
        with desk.reading() as session:
            found = _letters(session, reviews.opened(session, token, at=desk.now()))
        if audience not in found:
            raise NotFound("This message does not go to that audience.")
    except (NotFound, NotAllowedNow) as refusal:
        return _closed(refusal)
    framed = desk.framed(found[audience].html)
    framed.headers["Referrer-Policy"] = "no-referrer"
    return framed


def _page(token: str, form: ReviewForm) -> str:
    with desk.reading() as session:
        review = reviews.opened(session, token, at=desk.now())
        words = messages.revision(session, review.message_id, review.revision).read()
        return render_template(
            "public/review.html",
            form=form,
            token=token,
            review=review,
            words=words,
            letters=_letters(session, review),
            names=readership.names(session),
            message=messages.get(session, review.message_id),
            said=reviews.said_through(session, review),
        )


def _letters(session: Session, review: Review) -> dict[str, Opened]:
    words = messages.revision(session, review.message_id, review.revision).read()
    reference = messages.get(session, review.message_id).reference
    return samples.of_words(words, reference=reference, sender=previews.sender())


def _kept(token: str, form: ReviewForm) -> bool:
    with refusals.ShownOn(form, Invalid):
        with desk.adding() as session:
            reviews.comment(session, token, form.comment.data or "", at=desk.now())
        return True
    return False


def _closed(refusal: Refused) -> tuple[str, int]:
    code = 404 if isinstance(refusal, NotFound) else 410
    return render_template("public/review_closed.html", sentence=refusal.sentence, typed=refusals.typed_words()), code
