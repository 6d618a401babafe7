"""I have read this: a reader says so, and then whether they could explain it; both by an explicit choice, and nothing by looking."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from campaigns.delivery import acknowledgements
from campaigns.delivery.acknowledgements import NO, PARTLY, PULSE, READ, YES
from web import desk, forms, reader_pages
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("readings")

NOT_YET = "not yet"
SAID = {NO: "Not yet", PARTLY: "In part", YES: "Yes"}


class ReadForm(ReaderForm):
    """One question."""

    read = forms.choice(
        "Have you read this letter?",
        [(NOT_YET, "Not yet"), (YES, "Yes, I have read it")],
        needed="Choose an answer. Nothing has been recorded",
    )
    submit = forms.submit("Send my answer")


class PulseForm(ReaderForm):
    """One question, after the first."""

    answer = forms.choice(
        "Could you explain to a colleague what was in it?",
        list(SAID.items()),
        needed="Choose an answer. Nothing more has been recorded",
    )
    submit = forms.submit("Send my answer")


@bp.route("/read/<path:token>", methods=["GET", "POST"])
def read(token: str) -> str | Response:
    """Whether the reader has read the letter; once they have said so, the second question."""
    form = ReadForm()
    with desk.reading() as session:
        known = reader_pages.bearer(session, token, "read")
        about = reader_pages.letter(session, known)
        said = acknowledgements.given(session, known.release_id, known.position)
    if READ in said:
        return redirect(url_for("readings.pulse", token=token), 303)
    if about["recall"].withdrawn:
        return _in_vain(about)
    if form.validate_on_submit():
        if form.read.data == NOT_YET:
            return reader_pages.page("read_later", **about)
        with desk.writing() as session:
            acknowledgements.confirm(session, known.release_id, known.position, at=desk.now())
        return redirect(url_for("readings.pulse", token=token), 303)
    return reader_pages.page("read", form=form, **about)


@bp.route("/pulse/<path:token>", methods=["GET", "POST"])
def pulse(token: str) -> str | Response:
    """Whether they could explain it; answered, it may be answered again."""
    form = PulseForm()
    with desk.reading() as session:
        known = reader_pages.bearer(session, token, "read")
        about = {**reader_pages.letter(session, known), "token": token}
        said = acknowledgements.given(session, known.release_id, known.position)
    if READ not in said:
        return redirect(url_for("readings.read", token=token), 303)
    asked = PULSE not in said or request.method == "POST" or "again" in request.args
    if about["recall"].withdrawn and asked:
        return _in_vain(about)
    if form.validate_on_submit():
        with desk.writing() as session:
            acknowledgements.answer(session, known.release_id, known.position, form.answer.data, at=desk.now())
        return redirect(url_for("readings.pulse", token=token), 303)
    if not asked:
        return reader_pages.page("answered", answer=SAID[said[PULSE]], **about)
    return reader_pages.page("pulse", form=form, **about)


def _in_vain(about: dict[str, Any]) -> str:
    """Of a letter that was withdrawn nothing is asked, and no answer is taken."""
    return reader_pages.page("read_in_vain", answered=request.method == "POST", **about)
