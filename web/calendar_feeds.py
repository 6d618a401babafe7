"""The calendar as iCalendar: to download, and by secret links that a calendar program can fetch without an account."""

from flask import Blueprint, Response, render_template, url_for
from sqlmodel import Session

from audiences import authorities, calendar_feed
from audiences.calendars import Place
from campaigns.foundation import tokens
from campaigns.foundation.errors import NotFound
from campaigns.planning.rules import EVERYWHERE
from web import desk

bp = Blueprint("calendar_feeds", __name__)

PURPOSE = "calendar feed"
ALL: Place = (EVERYWHERE, "")


@bp.get("/calendar.ics")
def download() -> Response:
    """Every rule that stands, for whoever is signed in."""
    with desk.reading() as session:
        return _answer(session, ALL)


@bp.get("/calendar/links")
def links() -> str:
    """The secret link of the whole calendar."""
    return render_template("calendars/links.html", title="The whole calendar", back=url_for("calendars.show"), link=link(ALL))


@bp.get("/calendar/links/<code>")
def links_of(code: str) -> str:
    """The secret link of one authority's calendar."""
    with desk.reading() as session:
        authority = authorities.get(session, code)
    back = url_for("authorities.show", code=code)
    return render_template("calendars/links.html", title=authority.name, back=back, link=link(("authority", code)))


@bp.get("/calendar/feeds/<token>")
def feed(token: str) -> Response:
    """What a calendar program fetches: the token says which calendar, and is the only authority. It holds days and sources, no person."""
    scope, place = _read(token)
    with desk.reading() as session:
        return _answer(session, (scope, place))


def link(place: Place) -> str:
    """The whole address of a feed."""
    token = tokens.make(desk.settings().secret_key, PURPOSE, *place)
    return desk.whole_address("calendar_feeds.feed", token=f"{token}.ics")


def _read(token: str) -> Place:
    try:
        scope, place = tokens.read(desk.settings().secrets, PURPOSE, token.removesuffix(".ics"))
    except (NotFound, ValueError):
        raise NotFound("This calendar link is not one of ours, or it is incomplete. Copy the whole link again.") from None
    return scope, place


def _answer(session: Session, place: Place) -> Response:
    name = "LOPP calendar" if place == ALL else f"LOPP calendar: {authorities.get(session, place[1]).name}"
    raw = calendar_feed.written(name, calendar_feed.of(session, place))
    return Response(raw, mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="calendar.ics"'})
