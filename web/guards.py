"""Who may open which page. Everything is closed unless it is written down here as open.

A visitor is asked to sign in; an observer may look and comment, and post nothing else; `for_writers`, `for_signatories` and `for_administrators` narrow a view further.
The domain refuses the same things again: a guard is courtesy, the step is the law.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import unquote

from flask import Flask, Request, Response, abort, redirect, request, session, url_for
from flask_security import logout_user
from werkzeug.wrappers import Response as AnyResponse

from campaigns.foundation import clock
from campaigns.foundation.errors import NotYours
from campaigns.foundation.officers import WRITERS
from web import limits, refusals
from web.accounts import SIGNED_IN_FOR
from web.desk import current_officer, settings, signed_in_officer
from web.refusals import Answer

View = TypeVar("View", bound=Callable[..., Any])

# Pages a visitor may open without an account. The house tests hold every route against this list.
OPEN = frozenset(
    {
        "static",
        "security.login",
        "security.forgot_password",
        "security.reset_password",
        "officers.accept",
        "public.accessibility",
        "public.privacy",
        "public.cookies",
        "stops.stop",
        "readings.read",
        "readings.pulse",
        "comings.answer",
        "passing_on.share",
        "arrivals.arrive",
        "local_repeats.tell",
        "checks.ask",
        "checks.show",
        "plan_feeds.show",
        "reviews.show",
        "reviews.letter",
        "calendar_feeds.feed",
        "health.alive",
        "health.ready",
        "health.metrics",
    }
)
FETCHED = frozenset({"static", "health.alive", "health.ready", "health.metrics"})  # by browsers and operators, whoever is signed in
PASSWORDS = frozenset({"security.login", "security.forgot_password"})  # where a visitor has us hash one
# Open in development only: outside it these routes do not exist.
OPEN_IN_DEVELOPMENT = frozenset({"demo.posts", "demo.step_into"})
FILES = frozenset({"file", "letter"})  # the fields in which a file may come
# What somebody who changes nothing may still post.
ANYBODY_MAY_POST = frozenset({"security.logout", "comments.add"})

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class NamedFields(Request):
    """A request whose form has a name for every field: whatever reads forms takes that for granted, the guard against forged ones before all others."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if None in {*self.form, *self.files}:
            abort(400)


def stand(app: Flask, *, from_anywhere: frozenset[str]) -> None:
    """Put the guards before every request and the headers after every answer. `from_anywhere`: the blueprints to which anybody's page may post."""
    app.before_request(_from_our_pages(from_anywhere))
    app.before_request(_not_too_often)
    app.before_request(_readable)
    app.before_request(_still_signed_in)
    app.before_request(_known)
    app.after_request(_headers)


def for_writers(view: View) -> View:
    """Only for officers and signatories, who act for a party."""
    return _only(view, WRITERS, "Only officers and signatories of HSE or LACoRS may do this.")


def for_signatories(view: View) -> View:
    """Only for signatories."""
    return _only(view, frozenset({"signatory"}), "Only a signatory of HSE or LACoRS may do this.")


def for_administrators(view: View) -> View:
    """Only for administrators."""
    return _only(view, frozenset({"administrator"}), "Only an administrator may do this.")


def _only(view: View, duties: frozenset[str], sentence: str) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_officer().duty not in duties:
            raise NotYours(sentence)
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def _not_too_often() -> Response | None:
    if request.endpoint not in OPEN - FETCHED:
        return None
    if request.endpoint in PASSWORDS and request.method == "POST" and (answer := limits.turned_away("passwords", limits.TRIES)):
        return answer
    return limits.turned_away("open pages", limits.VISITOR)


def _from_our_pages(from_anywhere: frozenset[str]) -> Callable[[], None]:
    # Beside a form's token and the cookie's SameSite: browsers say by themselves that another site's page sent this, and no page can unsay it.
    def check() -> None:
        elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method not in {"GET", "HEAD", "OPTIONS"}
        if elsewhere and request.blueprint not in from_anywhere:
            raise NotYours("Another site’s page sent this, so nothing was done. If you meant to do it, use the page here.")

    return check


def _readable() -> None:
    # No engine stores a NUL, and none of our addresses holds one.
    if "\x00" in unquote(request.full_path):
        abort(400)
    # Pages take forms. Flask-Security would read JSON too, and trust the types in it.
    if request.is_json:
        abort(415)
    # Anywhere else a file would be taken for a text.
    if set(request.files) - FILES:
        abort(400)


def _still_signed_in() -> None:
    # "fs_paa": when the password was entered, by the machine's clock as Flask-Security keeps it
    if "_user_id" in session and clock.now().timestamp() - session.get("fs_paa", 0) > SIGNED_IN_FOR.total_seconds():
        logout_user()


def _known() -> AnyResponse | Answer | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN:
        return None
    if endpoint in OPEN_IN_DEVELOPMENT and settings().env == "development":
        return None
    officer = signed_in_officer()
    if officer is None:
        logout_user()  # a session may outlive its officer
        return refusals.signed_out() or _ask_to_sign_in()
    if officer.duty == "observer" and request.method not in {"GET", "HEAD", "OPTIONS"} and endpoint not in ANYBODY_MAY_POST:
        raise NotYours("An observer reads everything and changes nothing.")
    return None


def _ask_to_sign_in() -> AnyResponse:
    if request.path == "/" and settings().env == "development":
        return redirect(url_for("demo.posts"))
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back))


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().env == "production":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
