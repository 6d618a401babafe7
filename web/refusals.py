"""How a refusal becomes a page: plain words, what was not done, and what to do next. Never a bare 500 for bad input.

A view with a form puts a refusal of its step on the form: `with ShownOn(form):`. Whatever it lets through ends here.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from wtforms import Field, Form, PasswordField, StringField, TextAreaField

from campaigns.drafting import characters
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotFound, NotYours, Problem, Refused, Stale
from web import desk

STATUS: dict[type[Refused], int] = {
    NotFound: 404,
    NotYours: 403,
    Stale: 409,
    GateClosed: 409,
    NotAllowedNow: 409,
    Invalid: 422,
    Refused: 422,
}
TITLES = {
    400: "We could not read that",
    403: "You cannot do this",
    404: "Page not found",
    405: "This page cannot be used that way",
    409: "This was not done",
    413: "That is too big",
    415: "We could not read that",
    422: "Something needs correcting",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "Countersign cannot be used now",
}
SENTENCES = {
    400: "The address or the form held something no page here can use. Go back and try again.",
    403: "Your account does not allow this.",
    404: "If you typed the address, check it is correct. If you followed a link here, it may be out of date.",
    405: "Go back and use the buttons on the page.",
    413: "A file may be up to 10 MB, and the text of a form up to 500,000 characters. Nothing was saved.",
    415: "The form arrived in a way no page here can use. Go back and try again.",
    429: "Wait a few minutes, then try again.",
    503: "Its database is away or busy, or its disk is full. What you entered was saved as a whole or not at all. In a few minutes, check whether it is there. If not, try again. If this goes on, tell whoever looks after Countersign.",
    500: "What you entered was saved as a whole or not at all. Try again. If it happens again, tell whoever looks after Countersign.",
}
CARRIED = {"rows", "attached"}  # fields of a page's own, which nobody types
WHERE_IT_STANDS = {"release_id": "releases.show", "message_id": "messages.show"}
EXPIRED = "This page had been open too long, so we could not be sure the form came from you. Go back, reload the page and try again. Nothing was saved."
SIGNED_OUT = "You were signed out while this page was open, so nothing was saved. Sign in, open the page again, and enter what you typed."
KEPT_ONCE = "It is kept once. To add another like it, open the page again."

Answer = tuple[str, int]


def answer(app: Flask) -> None:
    """Hang the handlers."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(desk.SentAlready, lambda _: page(409, KEPT_ONCE, title="You sent this already", back=_back()))
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(DataError, lambda _: page(400))
    app.register_error_handler(OperationalError, _unusable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, lambda _: page(500))


class ShownOn:
    """`with ShownOn(form):` puts a refusal on the form, and the view goes on after the block, to show the page again with what was typed. `kinds`:
    which refusals; any other has a page of its own.

    `others`: what somebody else changed since a form with a field `seen` was opened, for the page to say; the answer's `status` is then 409, and
    the officer has seen it, so that what they save next counts.
    """

    def __init__(self, form: Form, *kinds: type[Refused]) -> None:
        self.form, self.kinds = form, kinds or (Refused,)
        self.others: list[str] = []
        self.status = 200

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, refusal: BaseException | None, traceback: object) -> bool:
        if not isinstance(refusal, self.kinds):
            return False
        show_on(self.form, refusal)
        if isinstance(refusal, Stale) and "seen" in self.form:
            self.form["seen"].data = refusal.now
            self.others, self.status = refusal.changes, 409
        return True


def show_on(form: Form, refusal: Refused) -> None:
    """Put a refusal on the form it belongs to: beside the field it names, else above the form."""
    problems = (
        [(problem.field, problem.sentence) for problem in refusal.problems]
        if isinstance(refusal, Invalid)
        else [(refusal.field, refusal.sentence)]
    )
    for name, sentence in problems:
        field = form._fields.get(name or "")
        if field is None:
            form.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence + _unseen(field)]


def all_said(form: Form, sound: bool, problems: list[Problem]) -> bool:
    """Whether a form is sound and has no further problem, so that all are told at once: each stands beside its field, where nothing is said yet."""
    show_on(form, Invalid([problem for problem in problems if problem.field not in form or not form[problem.field].errors]))
    return sound and not problems


def problems_of(look: Callable[[], object]) -> list[Problem]:
    """What is wrong with what was typed, by a look that refuses it."""
    try:
        look()
    except Invalid as refusal:
        return refusal.problems
    return []


def _unseen(field: Field) -> str:
    """Which signs of a line nobody sees, as pasted words have them: without that an officer looks in vain for what is wrong with it."""
    if not isinstance(field, StringField) or isinstance(field, PasswordField | TextAreaField):
        return ""
    found = [characters.named(sign) for sign in dict.fromkeys((field.data or "").strip()) if not sign.isprintable()]
    return f" (it holds {', '.join(found[:3])}, which cannot be seen: type it again)" if found else ""


def page(
    status: int,
    sentence: str | None = None,
    *,
    title: str | None = None,
    changes: list[str] | None = None,
    back: str = "",
    typed: list[str] | None = None,
) -> Answer:
    """A refusal's page. `back`: the page of what was refused, if it has one; `typed`: words that would be lost."""
    said = {"title": title or TITLES.get(status, TITLES[400]), "sentence": sentence or SENTENCES.get(status, SENTENCES[400])}
    shown = {"changes": changes or [], "back": back, "typed": typed or [], "reply_to": desk.settings().reply_to}
    if status >= 500:
        g.setdefault("officer", None)  # to know who is signed in, the database would be asked, which may be what failed
    # Not by `render_template`, which would ask it for Flask-Login's own variables.
    return current_app.jinja_env.get_template("errors/refused.html").render(**said, **shown), status


def status(refusal: Refused) -> int:
    """What a refusal is over HTTP."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def signed_out() -> Answer | None:
    """The page of somebody whose session ended while they wrote, as they signed out elsewhere or its time was up; None where they wrote nothing."""
    return page(400, SIGNED_OUT, title="You are signed out", typed=typed) if (typed := typed_words()) else None


def _expired(_: CSRFError) -> Answer:
    return page(400, EXPIRED, title="Try that again", typed=typed_words())


def _unusable(fault: OperationalError) -> Answer:
    """The database is away, busy or full, which is no fault of a page: whoever looks after it reads why in the log, the officer what they typed."""
    current_app.logger.error("the database cannot be used for the page %s [%s]: %s", request.endpoint, request.method, fault.orig)
    return page(503, typed=typed_words())


def typed_words() -> list[str]:
    """Whoever was signed out while they wrote, or was refused on a page that has no form, finds an empty one when they come back: so what they
    wrote stands here, to be copied. Not what another site's form sent, which would stand under our name.
    """
    ours = urlsplit(request.origin or "").netloc == request.host
    by_hand = [lines for name, lines in request.form.lists() if "password" not in name and name not in CARRIED]
    told = [words for lines in by_hand for words in lines if " " in words.strip()]
    return told if ours else []


def _refused(refusal: Refused) -> Answer:
    code = status(refusal)
    back, typed = "" if code == 404 else _back(), typed_words()
    if isinstance(refusal, Stale):
        return page(code, refusal.sentence, title="This changed while you were reading it", changes=refusal.changes, back=back, typed=typed)
    if isinstance(refusal, Invalid):
        saved = None if request.method == "GET" else "Nothing was saved."
        return page(code, saved, changes=[problem.sentence for problem in refusal.problems], back=back, typed=typed)
    return page(code, refusal.sentence, title="There is no such thing here" if code == 404 else None, back=back, typed=typed)


def _back() -> str:
    """The page that says where the release or message stands that was asked about."""
    asked = request.view_args or {}
    for name, endpoint in WHERE_IT_STANDS.items():
        if name in asked:
            return url_for(endpoint, **{name: asked[name]})
    return ""


def _http(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect, such as a missing final slash
    return page(error.code)
