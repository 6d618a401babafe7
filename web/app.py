"""Puts the pages together: settings and database in, one Flask application out, every blueprint from one list."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request, url_for
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from web import (
    account_pages,
    account_sign_in,
    accounts,
    arming,
    arrivals,
    attachments,
    audience_builder,
    audiences,
    authorities,
    bottlenecks,
    calendar_feeds,
    calendar_files,
    calendar_rules,
    calendars,
    checks,
    comings,
    comments,
    corrections,
    coverage,
    deliveries,
    demo,
    deputies,
    findings,
    footprints,
    forward_plan,
    gaps,
    guards,
    health,
    holds,
    home,
    imports,
    invited,
    keys,
    kits,
    letters,
    likenesses,
    live_previews,
    loads,
    local_repeats,
    messages,
    milestones,
    navigation,
    on_the_day,
    organisations,
    other_bodies,
    outcomes,
    passing_on,
    people,
    plan_feeds,
    plan_rows,
    plans,
    posts,
    previews,
    proofs,
    proposals,
    public,
    readings,
    recording,
    records,
    refusals,
    register,
    releases,
    replies,
    review_links,
    reviews,
    scheduling,
    sign_in_sheets,
    signatories,
    signing,
    stakeholders,
    stops,
    targets,
    tour_attendance,
    tour_briefings,
    tour_dates,
    tour_reports,
    tours,
    words,
)
from web.desk import EXTENSION, Desk, choices, in_development, signed_in_officer, writes
from web.words import FILTERS

ROOT = Path(__file__).parents[1]
LARGEST_REQUEST = 11 * 1024 * 1024  # a 10 MB file and the form around it

# Behind the links of a letter or a briefing: mail programs post there without a page (RFC 8058); the link itself is the authority.
READER_PAGES: list[Blueprint] = [stops.bp, readings.bp, comings.bp, passing_on.bp, arrivals.bp, local_repeats.bp]
# Every page of the product. A new noun adds its blueprint here and, if it has a place of its own, its line in navigation.py.
BLUEPRINTS: list[Blueprint] = [
    public.bp,
    *READER_PAGES,
    checks.bp,
    reviews.bp,
    health.bp,
    account_pages.bp,
    audiences.bp,
    audience_builder.bp,
    stakeholders.bp,
    people.bp,
    imports.bp,
    likenesses.bp,
    authorities.bp,
    corrections.bp,
    calendars.bp,
    calendar_rules.bp,
    calendar_files.bp,
    calendar_feeds.bp,
    register.bp,
    organisations.bp,
    footprints.bp,
    posts.bp,
    coverage.bp,
    gaps.bp,
    recording.bp,
    targets.bp,
    loads.bp,
    other_bodies.bp,
    records.bp,
    holds.bp,
    tours.bp,
    tour_briefings.bp,
    tour_attendance.bp,
    tour_dates.bp,
    tour_reports.bp,
    kits.bp,
    invited.bp,
    sign_in_sheets.bp,
    on_the_day.bp,
    home.bp,
    arming.bp,
    bottlenecks.bp,
    plans.bp,
    plan_rows.bp,
    forward_plan.bp,
    plan_feeds.bp,
    messages.bp,
    previews.bp,
    live_previews.bp,
    proposals.bp,
    findings.bp,
    comments.bp,
    review_links.bp,
    attachments.bp,
    milestones.bp,
    releases.bp,
    signing.bp,
    scheduling.bp,
    deliveries.bp,
    outcomes.bp,
    letters.bp,
    replies.bp,
    proofs.bp,
    signatories.bp,
    deputies.bp,
    keys.bp,
]
DEVELOPMENT_BLUEPRINTS: list[Blueprint] = [demo.bp]


class Pages(Flask):
    """Flask, which logs a page that failed by its name and not by its address: that may hold the token of a link, and whoever has one may act."""

    request_class = guards.NamedFields

    def log_exception(self, exc_info: Any) -> None:
        """One fault, with its traceback."""
        self.logger.error("Exception on the page %s [%s]", request.endpoint, request.method, exc_info=exc_info)


def create_app(settings: Settings, database: Database, *, now: Callable[[], datetime] = clock.now) -> Flask:
    """The web application of one installation."""
    app = Pages("web", root_path=str(ROOT / "web"), template_folder=str(ROOT / "templates"))
    app.config.update(_config(settings))
    app.url_map.strict_slashes = False  # an address typed with a slash at its end, or without the one it has, is the same page
    app.extensions[EXTENSION] = Desk(settings, database, now)
    _prepare_templates(app)
    protection = CSRFProtect(app)
    for blueprint in READER_PAGES:
        protection.exempt(blueprint)
    account_sign_in.set_up(app, settings)
    for blueprint in BLUEPRINTS + (DEVELOPMENT_BLUEPRINTS if settings.env == "development" else []):
        app.register_blueprint(blueprint)
    guards.stand(app, from_anywhere=frozenset(blueprint.name for blueprint in READER_PAGES))
    refusals.answer(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.env == "test",
        "PROPAGATE_EXCEPTIONS": False,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "PERMANENT_SESSION_LIFETIME": accounts.SIGNED_IN_FOR,  # of any cookie since it last changed; see guards for since it was signed in
        "SESSION_COOKIE_NAME": "countersign",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.env == "production",
        "WTF_CSRF_TIME_LIMIT": 8 * 3600,
        "PREFERRED_URL_SCHEME": settings.base_url.partition(":")[0],
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(state_colour=words.state_colour, other_page=_other_page, navigation=lambda: _navigation(app))
    app.jinja_env.globals.update(in_development=in_development, officer=signed_in_officer, writes=writes)


def _navigation(app: Flask) -> list[tuple[str, str, bool]]:
    officer = signed_in_officer()
    if officer is None:
        return []
    return [
        (said, endpoint, request.blueprint in under)
        for said, endpoint, under, duty in navigation.PLACES
        if endpoint in app.view_functions and duty in (None, officer.duty)
    ]


def _other_page(number: int) -> str:
    """The same list, another page of it: every other choice in the address stays."""
    return url_for(request.endpoint or "static", **(request.view_args or {}), **choices(), page=number)
