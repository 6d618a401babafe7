"""Contact load: how often each authority was contacted lately, role by role and channel by channel, with what is sealed to come."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from audiences import contact_load, roles
from audiences.contact_load import EVERY_ROLE, Limit, Load, Overload
from audiences.to_come import Place
from campaigns.reach.touches import CHANNELS
from web import csv_files, desk, directory
from web.directory import LONGEST_SEARCH, Places

bp = Blueprint("loads", __name__, url_prefix="/coverage")

ROWS_A_PAGE = 50


@bp.get("/load")
def show() -> str:
    """The heaviest first."""
    with desk.reading() as session:
        loads, names = contact_load.everywhere(session, limit(), at=desk.now()), _names(session)
        found = _asked(session, loads)
    rows, page = desk.paged(found, ROWS_A_PAGE)
    heavy = len({load.code for load in loads if load.total > limit().most})
    return render_template(
        "coverage/load.html",
        rows=rows,
        page=page,
        names=names,
        said=role_words,
        channels=CHANNELS,
        columns=[(channel.capitalize(), "numeric") for channel in CHANNELS],
        limit=limit(),
        heavy=heavy,
        words=_words(),
        choices=desk.choices(),
        at=desk.now(),
    )


@bp.get("/load.csv")
def export() -> Response:
    """The same list whole, as a file."""
    with desk.reading() as session:
        loads, names = _asked(session, contact_load.everywhere(session, limit(), at=desk.now())), _names(session)
    columns = ("Code", "Authority", "Role", *(channel.capitalize() for channel in CHANNELS), "To come", "In all")
    return csv_files.answer("contact-load", columns, [_cells(load, names) for load in loads])


def limit() -> Limit:
    """What this installation means to be the most."""
    return Limit(desk.settings().contact_days, desk.settings().contact_cap)


def warning(session: Session, places: frozenset[Place], message_id: UUID) -> str:
    """What one message more would mean for these places, in a sentence; empty where nobody is over."""
    found: Overload | None = contact_load.over(session, places, limit(), message_id=message_id, at=desk.now())
    return found.sentence() if found else ""


def role_words(role: str) -> str:
    """A role, or all of them."""
    return "every role" if role == EVERY_ROLE else roles.words(role)


def _words() -> str:
    return request.args.get("words", "").strip()[:LONGEST_SEARCH]


def _asked(session: Session, loads: list[Load]) -> list[Load]:
    """Those of the authorities that an officer looks for, or all."""
    if not (words := _words()):
        return loads
    codes = {one.code for one in directory.authorities(session, Places(words, opted_in=True, past=True))}
    return [load for load in loads if load.code in codes]


def _names(session: Session) -> dict[str, str]:
    return {one.code: one.name for one in directory.authorities(session, Places(opted_in=True, past=True))}


def _cells(load: Load, names: dict[str, str]) -> list[object]:
    counts = [load.channels[channel] for channel in CHANNELS]
    return [load.code, names.get(load.code, load.code), role_words(load.role), *counts, load.coming, load.total]
