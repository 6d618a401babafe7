"""When an agreed release goes: now, at a time somebody chooses, or before its readers' briefings; and how long that takes at a gentle pace."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any, TypedDict
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import calendars
from campaigns.agreement import censuses, leads, schedules
from campaigns.agreement import releases as stored
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.delivery import halts
from campaigns.drafting import holding_lines
from campaigns.foundation import clock, sightings
from campaigns.foundation.errors import Invalid, Problem, Refused, Stale
from campaigns.foundation.sightings import Shown
from web import desk, form_fields, forms, message_forms, refusals, releases, states, unbriefed
from web.guards import for_writers
from web.refusals import Answer
from web.words import many

bp = Blueprint("scheduling", __name__, url_prefix="/releases")

CASE, WINDOWS, LATER, BRIEFING = "case-", "windows", "later", "briefing"
CHOICES = [
    (WINDOWS, "To each authority in its own next window"),
    ("now", "As soon as it may go, whatever each authority’s own calendar says"),
    (LATER, "At a time I choose, whatever each authority’s own calendar says"),
]
CALENDARS = "An authority’s own window leaves out weekends, bank holidays, committees, seasons and days on which it wants no letters. Whatever you choose, a pre-election period holds publicity and ministerial letters, unless both parties signed a reason to go on."
BEFORE = (BRIEFING, "To each reader some days before their own briefing, within their windows")


class Before(TypedDict, total=False):
    """Before the briefings of which tour it goes, and how many days; empty when it goes otherwise."""

    tour: UUID
    days: int


class ScheduleForm(forms.Form):
    """Now, at a time, or so many days before each briefing of a tour."""

    when = forms.choice("When should it go?", CHOICES, needed="Choose when it goes", hint=CALENDARS)
    day = forms.day("Day", hint="Only for a time you choose. For example, 12 5 2027")
    hour = forms.hour("Time", hint="On a clock in London. For example, 9:30am")
    tour = forms.one_of("Which tour’s briefings should it go before?", default="")
    days = forms.text(
        "How many days before",
        hint=f"Letters go from 8am that many days before, and only until the briefing begins. For example, 7; at most {leads.MOST}",
        limit=10,
        render_kw={"params": {"classes": "govuk-input--width-3"}},
    )
    seen = forms.hidden()  # when it was to go when the form was opened
    submit = forms.submit("Let it go")
    standing: dict[str, object] = {}  # what is chosen already

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once: what the chosen way asks for is looked at whatever is wrong beside it."""
        sound = bool(super().validate(extra_validators))
        for read in (self.require_one_way, self.moment, self.before) if not self.when.errors else ():
            try:
                read()
            except Invalid as refusal:
                refusals.show_on(self, refusal)
                sound = False
        return sound

    def case(self) -> dict[str, str]:
        """Of a holding line: the choice for each of its blanks."""
        return {name.removeprefix(CASE): self[name].data for name in self._fields if name.startswith(CASE)}

    def require_one_way(self) -> None:
        """Refuses what was entered for another way than the chosen one: what goes at once cannot be called back. What stands already may stay."""
        entered = {LATER: (self.day, self.hour), BRIEFING: (self.tour, self.days) if self.tour else ()}
        for way, fields in entered.items():
            if self.when.data != way and any(field.data and field.data != self.standing.get(field.short_name) for field in fields):
                said = dict([*CHOICES, BEFORE])[way]
                raise Invalid([Problem("when", f"What you entered is for “{said}”. Choose that, or empty those boxes")])

    def moment(self) -> datetime | None:
        """The chosen moment, None for now; refuses a time that does not exist or exists twice."""
        if self.when.data != LATER:
            return None
        problems: list[Problem] = []
        moment = message_forms.moment(self.day, self.hour, problems, "Enter the day it goes")
        if problems:
            raise Invalid(problems)
        return moment

    def before(self) -> Before:
        """The tour and the days that were chosen, if that is how it goes; refuses what is no number of days."""
        if self.when.data != BRIEFING:
            return {}
        problems = [] if self.tour.data else [Problem("tour", "Choose the tour whose briefings it goes before")]
        days = form_fields.whole(self.days.data) or 0
        if not 1 <= days <= leads.MOST:
            problems.append(Problem("days", leads.HOW_MANY))
        if problems:
            raise Invalid(problems)
        return {"tour": UUID(self.tour.data), "days": days} if not self.tour.errors else {}


@bp.route("/<uuid:release_id>/schedule", methods=["GET", "POST"])
@for_writers
def schedule(release_id: UUID) -> str | Response | Answer:
    """Choose."""
    with desk.reading() as session:
        closed = _closed(session, release_id)
        standing = _standing(session, release_id, closed)
        form = _made_for(closed)(data=standing if request.method == "GET" else None)
        form.standing = standing
        if standing:
            form.submit.label.text = "Change the time"
        _offer(form, _tours(session, release_id))
    shown = refusals.ShownOn(form, Invalid, Stale)
    if form.validate_on_submit():
        with shown:
            return _schedule(release_id, form)
    with desk.reading() as session:
        view = releases.read(session, release_id)
        today = _against_today(session, view.said) if view.said else ""
        without, why_not = unbriefed.said(session, release_id) if form.tour else [], _why_not(session, view.release)
        waits = " ".join(filter(None, [states.awaited(session, view.release).strip(), unbriefed.unlisted(session, view.said)]))
    letters, follows_up = (view.said.readers, view.said.goes_under.follows_up) if view.said else (0, "")  # of a holding line, one case goes
    page = {"pace": pace_of(letters, waits=bool(follows_up)), "today": today, "waits": waits, "without": without, "why_not": why_not}
    return render_template("releases/schedule.html", form=form, view=view, others=shown.others, **page), shown.status


def pace_of(letters: int, *, waits: bool) -> str:
    """`at most 25 letters a second: about 1 minute for 1,120 letters`; the pace alone for letters that wait (`waits`) for more than their turn."""
    pace = desk.settings().pace
    span = "" if waits else f": {lasting(letters / pace)} for {many(letters, 'letter')}"
    return f"at most {pace:,.10g} letters a second{span}"


def lasting(seconds: float) -> str:
    """A span as people say it, rounded up."""
    if seconds < 1:
        return "a moment"
    if seconds <= 90 * 60:
        return f"about {many(ceil(seconds / 60), 'minute')}"
    return f"about {many(ceil(seconds / 3600), 'hour')}"


def _against_today(session: Session, said: Manifest) -> str:
    """How many of the authorities it goes to have something against letters today; empty where it goes to none."""
    codes = {code for code, _ in censuses.of(session, UUID(said.release)).places}
    held = calendars.held_on(session, codes, desk.today(), said.goes_under.message_class)
    return (
        f"{held:,} of {many(len(codes), 'authority', 'authorities')} {'has' if held == 1 else 'have'} something against it" if codes else ""
    )


def _why_not(session: Session, release: Release) -> str:
    """Why this officer cannot let it go now, whatever moment they choose; empty when they can."""
    try:
        schedules.require_may_go(session, release, by=desk.current_officer(), at=desk.now())
    except Refused as refusal:
        return refusal.sentence
    return ""


def _closed(session: Session, release_id: UUID) -> dict[str, list[str]]:
    said = stored.said(stored.get(session, release_id))
    return said.closed if said and not (said.goes_under.follows_up or said.is_invitation) else {}


def _standing(session: Session, release_id: UUID, closed: dict[str, list[str]]) -> dict[str, object]:
    """What was chosen for a release that is scheduled, as the form's fields hold it; nothing for another."""
    release = stored.get(session, release_id)
    if release.state != "scheduled" or release.scheduled_for is None:
        return {}
    case = next((one for one in holding_lines.cases(closed) if holding_lines.key(one) == release.choice), {})
    chosen: dict[str, object] = {f"{CASE}{name}": choice for name, choice in case.items()}
    chosen["seen"] = sightings.of(_shown(session, release))
    if lead := leads.of(session, release_id):
        return chosen | {"when": BRIEFING, "tour": str(lead.tour_id), "days": str(lead.days)}
    if release.in_windows:
        return chosen | {"when": WINDOWS}
    # Seconds are not typed: the minute shown is not before the moment that stands, which may be the first that was signed.
    local = clock.london(release.scheduled_for + timedelta(minutes=1) - timedelta(microseconds=1))
    return chosen | {"when": LATER, "day": local.date(), "hour": f"{local:%H:%M}"}


def _shown(session: Session, release: Release) -> Shown:
    """What is chosen for it, in words."""
    return {"It goes": states.goes(session, release), "Which case": release.choice}


def _tours(session: Session, release_id: UUID) -> list[tuple[str, str]]:
    """The tours it may go before the briefings of, and how far each has come; none for a follow-up."""
    said = stored.said(stored.get(session, release_id))
    found = [] if said and said.goes_under.follows_up else tours.every(session)
    return [(str(tour.id), f"{tour.name} ({_dated(tours.briefings(session, tour.id), desk.now())})") for tour in found]


def _dated(briefings: list[Briefing], at: datetime) -> str:
    """`8 of 12 briefings still to come have a date`; one whose day is past is not to come, held or not."""
    dated = sum(one.state == "dated" and one.starts_at is not None and one.starts_at > at for one in briefings)
    to_come = dated + sum(one.state == "wanted" for one in briefings)
    return f"{dated} of {many(to_come, 'briefing')} still to come {'has' if dated == 1 else 'have'} a date"


def _offer(form: ScheduleForm, found: list[tuple[str, str]]) -> None:
    """The way before a briefing, where there is a tour."""
    if found:
        forms.offer(form.when, [*CHOICES, BEFORE])
        forms.offer(form.tour, [("", "Choose a tour"), *found])
    else:
        del form.tour, form.days


def _made_for(closed: dict[str, list[str]]) -> type[ScheduleForm]:
    """The form with a choice for each blank of a holding line."""
    choices = {f"{CASE}{name}": [(choice, choice) for choice in closed[name]] for name in sorted(closed)}
    fields = {name: forms.one_of(f"Which {name.removeprefix(CASE)}?", offered) for name, offered in choices.items()}
    return type("ScheduleFormForCases", (ScheduleForm,), fields)


def _schedule(release_id: UUID, form: ScheduleForm) -> Response:
    moment, in_windows, before = form.moment(), form.when.data == WINDOWS, form.before()
    officer, at = desk.current_officer(), desk.now()
    with desk.writing() as session:
        release = stored.get(session, release_id, lock=True)
        shown = _shown(session, release) if release.state == "scheduled" else {}
        changed = schedules.schedule(session, release_id, when=moment, case=form.case(), in_windows=in_windows, **before, by=officer, at=at)
        if shown and changed:  # whoever chooses what stands already changes nothing of anybody's
            sightings.require(form.seen.data or "", shown, "choice of a time")
        halted = halts.shown(session, at=at)
        without = unbriefed.said(session, release_id, tour=before["tour"]) if before else []
    sentence = " ".join(filter(None, [_said(moment, in_windows, before.get("days", 0)), *without, halted]))
    return desk.done(sentence, "deliveries.show", release_id=release_id)


def _said(moment: datetime | None, in_windows: bool, days: int) -> str:
    if days:
        return f"It goes to each reader {many(days, 'day')} before their own briefing. Where that has no date yet, it waits for one."
    if moment:
        return f"It goes out on {clock.say(moment)}."
    if in_windows:
        return "It goes to each authority in its own next window. The page shows what waits, and for what."
    return "It goes out as soon as it may. The page shows how far it has come."
