"""Are you coming? A reader answers an invitation by the link in it; by an explicit choice, and nothing by looking."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from audiences import answering
from campaigns.briefings.answers import COMING, NOT_COMING, PERHAPS, SENDS_SOMEBODY
from campaigns.foundation.reader_links import COMING as LINK
from web import desk, forms, reader_pages
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("comings")

NOT_YET = "not yet"
SAID = {COMING: "Yes", NOT_COMING: "No", PERHAPS: "Perhaps", SENDS_SOMEBODY: "Somebody else comes instead of me"}


class ComingForm(ReaderForm):
    """One question."""

    coming = forms.choice(
        "Are you coming?",
        [(NOT_YET, "I do not know yet"), *SAID.items()],
        needed="Choose an answer. Nothing has been recorded",
    )
    submit = forms.submit("Send my answer")


@bp.route("/coming/<path:token>", methods=["GET", "POST"])
def answer(token: str) -> str | Response:
    """Whether the reader comes; answered, it may be answered again until the briefing begins."""
    form = ComingForm()
    with desk.reading() as session:
        known = reader_pages.bearer(session, token, LINK)
        about = {**reader_pages.letter(session, known), "token": token}
        asked = answering.invitation(session, known, at=desk.now())
    if asked.closed:
        return reader_pages.page("coming_closed", asked=asked, moved=asked.closed == answering.MOVED, **about)
    if form.validate_on_submit():
        if form.coming.data == NOT_YET:
            return reader_pages.page("coming_later", before=SAID.get(asked.answer, ""), **about)
        with desk.writing() as session:
            answering.by_link(session, known, form.coming.data, at=desk.now())
        return redirect(url_for("comings.answer", token=token), 303)
    if asked.answer and request.method == "GET" and "again" not in request.args:
        return reader_pages.page("coming_answered", asked=asked, answer=SAID[asked.answer], **about)
    return reader_pages.page("coming", form=form, asked=asked, **about)
