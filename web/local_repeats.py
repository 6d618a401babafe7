"""Telling of a local repeat, on one page and without an account: where, when, how many of which role, and what was asked.

The link can be passed on to anybody, so what is told through it waits for an officer, and counts only then.
"""

from datetime import date
from functools import partial
from typing import Any

from wtforms import Field, ValidationError

from audiences import attendees, roles
from audiences.roles import AUTHORITY_ROLES
from campaigns.briefings import repeats, tours
from campaigns.briefings.repeats import Told
from campaigns.foundation import clock, one_line
from campaigns.foundation.errors import Invalid, NotFound, Problem
from web import briefing_links, desk, form_fields, forms, limits, reader_pages, refusals
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("local_repeats")

A_MINUTE = 20


def _number(role: str) -> Any:
    return forms.text(f"How many: {roles.words(role)}s", hint="A number, or leave it empty", limit=4)


class RepeatForm(ReaderForm):
    """Everything about one repeat. The numbers by role are `heads_` and the role."""

    authority = forms.one_of("At which authority?")
    day = forms.day("On which day?", needed="Enter the day it was held")
    venue = forms.text("Where?", needed="Enter where it was", hint="For example, council offices, room 2", limit=one_line.LONGEST)
    heads_senior_manager = _number("senior_manager")
    heads_elected_member = _number("elected_member")
    heads_practitioner = _number("practitioner")
    asked = forms.text("What was asked? (optional)", hint="In one line, and without names", limit=one_line.LONGEST)
    reporter = forms.text("Your name", needed="Enter your name", limit=one_line.LONGEST)
    post = forms.text("Your post", needed="Enter your post", hint="For example, Partnership Liaison Officer", limit=one_line.LONGEST)
    submit = forms.submit("Tell us")

    def validate_authority(self, field: Field) -> None:
        """An unchosen drop-down says so in words of its own."""
        if not field.data:
            raise ValidationError("Choose the authority it was held at")


@bp.route("/repeat/<path:token>", methods=["GET", "POST"])
def tell(token: str) -> str:
    """One page; sent, it waits for an officer."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_links.briefing_of(briefing_links.REPEAT, token))
        window = repeats.window(briefing)
        if window is None or desk.now() > window[1]:
            raise NotFound("Repeats of this briefing cannot be reported now. Write to us.")
        briefing_links.require_begun(window[0], "tell us about a local repeat of this briefing")
        places = attendees.of_group(session, briefing.group_code)
    form = RepeatForm()
    forms.offer(form.authority, [("", "Choose one"), *((place.code, place.name) for place in places)])
    sound = form.validate_on_submit()
    if form.is_submitted() and refusals.all_said(form, sound, _problems(form, clock.london(window[0]).date())):
        limits.admit("tell of a local repeat", A_MINUTE)
        with refusals.ShownOn(form, Invalid):
            with desk.writing() as session:
                fresh = repeats.report(session, briefing.id, _told(form), at=desk.now())
            return reader_pages.page("repeat_told", briefing=briefing, fresh=fresh, token=token)
    return reader_pages.page("repeat", form=form, briefing=briefing)


def _problems(form: RepeatForm, since: date) -> list[Problem]:
    """What else is wrong with what was typed, so that all is told at once."""
    unread = [problem for role in AUTHORITY_ROLES for problem in refusals.problems_of(partial(_count, form, role))]
    if unread:
        return unread + [one for one in repeats.problems(_told(form, {}), since=since, today=desk.today()) if one.field != "heads"]
    heads = f"heads_{AUTHORITY_ROLES[0]}"  # numbers are asked role by role
    found = repeats.problems(_told(form), since=since, today=desk.today())
    return [Problem(heads if one.field == "heads" else one.field, one.sentence) for one in found]


def _told(form: RepeatForm, heads: dict[str, int] | None = None) -> Told:
    """What was typed; of a day that was none, today."""
    return Told(
        authority_code=form.authority.data or "",
        day=form.day.data or desk.today(),
        venue=form.venue.data or "",
        heads={role: _count(form, role) for role in AUTHORITY_ROLES} if heads is None else heads,
        asked=form.asked.data or "",
        reporter=form.reporter.data or "",
        post=form.post.data or "",
    )


def _count(form: RepeatForm, role: str) -> int:
    number = form_fields.whole((form[f"heads_{role}"].data or "").strip() or "0")
    if number is None:
        raise Invalid([Problem(f"heads_{role}", "Enter a number of people, or leave it empty")])
    return number
