"""What a view finds on its desk: a session to read or write with, the time, the settings, and the officer who is acting.

    with writing() as session:
        releases.sign(session, release_id, by=current_officer(), at=now())

One step, one transaction: `writing()` commits when its block ends well; a refusal inside it undoes the step whole.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, flash, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from campaigns.agreement import nonces
from campaigns.foundation import clock, lifecycles, officers
from campaigns.foundation.database import Database, is_double
from campaigns.foundation.errors import CountersignError, NotFound, NotYours, Refused
from campaigns.foundation.lifecycles import Moves
from campaigns.foundation.officers import COUNTERSIGN, WRITERS, Officer
from campaigns.foundation.settings import Settings
from web.paging import Page

Row = TypeVar("Row")
EXTENSION = "countersign"
DOUBLE = "Somebody else saved this at the same moment. Check whether it is there now. If it is not, try again."
FORM, FORM_LASTS = b"form", timedelta(hours=8)  # for as long as a page's token is good
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


class SentAlready(CountersignError):
    """The same form of the same page was sent before, and is kept. Not a `Refused`: a view would show that beside its form, as if nothing was kept."""


@dataclass(frozen=True)
class Desk:
    """What the application was made with."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]


def desk() -> Desk:
    """The desk of the application that answers this request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Desk)
    return found


def settings() -> Settings:
    """How this installation is set up."""
    return desk().settings


def database() -> Database:
    """The database behind the pages; views want `reading()` or `writing()` instead."""
    return desk().database


def today() -> date:
    """The London day."""
    return clock.london(now()).date()


def now() -> datetime:
    """This moment, UTC."""
    return desk().clock()


@contextmanager
def writing() -> Iterator[Session]:
    """A session whose changes are kept when the block ends well. Refuses a row of which there may be one, where somebody else wrote it meanwhile."""
    try:
        with database().transaction() as session:
            yield session
    except IntegrityError as fault:
        if not is_double(fault):
            raise
        raise Refused(DOUBLE) from fault


@contextmanager
def adding() -> Iterator[Session]:
    """`writing`, for a view whose step adds something each time it is called. Raises `SentAlready` where the same form of the same page, with the same
    words, is kept already: without a script a button can be pressed twice, or a page sent again. What was refused may be sent again.
    """
    with writing() as session:
        if (form := _this_form()) and not nonces.spend_once(session, form, purpose=FORM, by=_who(), at=now(), kept=FORM_LASTS):
            raise SentAlready
        yield session


def reading() -> AbstractContextManager[Session]:
    """A session to look with."""
    return database().reading()


def open_transaction() -> Session:
    """The session of the transaction that is around this whole view (accounts only; see account_sign_in)."""
    session = g.transaction
    assert isinstance(session, Session)
    return session


def in_development() -> bool:
    """Whether the demonstration's short cuts are open."""
    return settings().env == "development"


def signed_in_officer() -> Officer | None:
    """The officer whose account is signed in, looked up once a request; None for a visitor or somebody who has left."""
    if "officer" not in g:
        g.officer = _look_up(current_user.officer_id) if current_user.is_authenticated else None
    officer: Officer | None = g.officer
    return officer


def current_officer() -> Officer:
    """The officer who acts; only for pages behind sign-in."""
    officer = signed_in_officer()
    if officer is None:
        raise NotYours("Sign in to do this.")
    return officer


def writes() -> bool:
    """Whether whoever is signed in writes for a party; templates ask."""
    officer = signed_in_officer()
    return officer is not None and officer.duty in WRITERS


def page_asked(size: int = 50) -> Page:
    """The page of a list named by `?page=`; anything unreadable is the first."""
    return Page.read(request.args.get("page", ""), size)


def paged(found: Sequence[Row], size: int = 50) -> tuple[list[Row], Page]:
    """What stands on that page of a list which was read whole, and the page."""
    page = page_asked(size).of(len(found))
    return list(found[page.offset : page.offset + page.size]), page


def choices() -> dict[str, Any]:
    """What the address chooses of a list, for a link that says it again: not its page, nor a name that is `url_for`'s own or the path's."""
    taken = {"page", "endpoint", *(request.view_args or {})}
    return {name: value for name, value in request.args.items() if name not in taken and not name.startswith("_")}


def require_open_to(moves: Moves, state: str, verb: str) -> None:
    """Whoever opens a page to do what its thing does not allow is told so at once, and not when they have filled it in."""
    if request.method == "GET":
        lifecycles.move(moves, state, verb)


def done(sentence: str, endpoint: str, **values: Any) -> AnyResponse:
    """The answer to a step that was done: on to a page that says so."""
    flash(sentence, "success")
    return redirect(url_for(endpoint, **values))


def whole_address(endpoint: str, **values: Any) -> str:
    """A page's address as it stands in letters and in other programs."""
    return settings().base_url + url_for(endpoint, **values, _external=False)


def framed(html: str) -> Response:
    """A letter's own HTML for a sandboxed frame: no scripts, no links out, nothing fetched."""
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "private, no-store"}
    return Response(html, headers=headers, mimetype="text/html")


def _this_form() -> str:
    """What was sent, as a digest: its page's token, made anew whenever a page is shown, is in it. Empty for what carries no token."""
    if "csrf_token" not in request.form:
        return ""
    return hashlib.sha256(json.dumps([str(_who().id), request.path, sorted(request.form.lists())]).encode()).hexdigest()


def _who() -> Officer:
    return signed_in_officer() or COUNTERSIGN


def _look_up(officer_id: UUID) -> Officer | None:
    with reading() as session:
        try:
            return officers.get(session, officer_id)
        except NotFound:
            return None
