"""The form that arranges a briefing: what is typed, what stands already, and the posts and hosts that can be picked."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from flask import request
from sqlmodel import Session, col, select

from audiences import organisations, roles
from audiences.organisations import Body
from audiences.people import HOLDING, Person
from campaigns.agreement import releases, unsigned
from campaigns.agreement.releases import Release
from campaigns.briefings import arrangements, arranging, tours
from campaigns.briefings.arrangements import HOW_MANY, Arrangement
from campaigns.briefings.tours import Briefing
from campaigns.foundation import clock, sightings
from campaigns.foundation.errors import Invalid, Problem, Refused
from web import desk, form_fields, forms, refusals

LET_GO = ("scheduled", "sending", "sent")
AGREED = ("sealed", "missed", *LET_GO)  # where both signatures may stand; the step decides
PRESENT = ("liaison_officer", "account_manager", "directorate_contact")  # whose posts are offered; any other can be typed
OFFICES = ("HSE", "LACoRS")
POST = "The post, not the name. Leave it empty if nobody is found yet."
PICKED = {"params": {"attributes": {"list": "posts"}}}
SHORT = {"params": {"classes": "govuk-input--width-4", "inputmode": "numeric"}}


class ArrangementForm(forms.Form):
    """When, where, by whom, and what is read from."""

    day = forms.day("Date", needed="Enter the date of the briefing")
    hour = forms.hour("Starts at", needed="Enter the time it starts", hint="London time. For example, 9:30am or 14:05")
    ends = forms.hour("Ends at", hint="Leave it empty for two hours")
    place = forms.text(
        "Place", hint="For example, Civic Offices, committee room 2. A briefing has a place, a joining link or both.", limit=200
    )
    link = forms.text("Joining link", hint="Begins with https://", limit=1000)
    host = forms.one_of("Who hosts it", default="")
    hse_presenter = forms.text("Presents for HSE", hint=POST, limit=200, render_kw=PICKED)
    lacors_presenter = forms.text("Presents for LACoRS", hint=POST, limit=200, render_kw=PICKED)
    agenda_item = forms.text(
        "Item on the group’s own agenda",
        hint="If the briefing is part of the group’s meeting. For example, item 6, after the minutes",
        limit=200,
    )
    capacity = forms.text("Room for how many people", hint="A number. Leave it empty if it does not matter.", limit=20, render_kw=SHORT)
    note = forms.one_of(
        "Speaking note",
        needed="Choose a speaking note",
        hint="Only what both HSE and LACoRS have signed. It stays at this version.",
    )
    seen = forms.hidden()  # the sighting of what stood here when the page was opened
    save = forms.submit("Save the arrangement")

    def offer(self, session: Session, briefing: Briefing) -> None:
        """What there is to choose from: agreed notes, and the authorities and bodies that may be the host."""
        forms.offer(self.note, [("", "No speaking note yet"), *((str(one.id), called(one)) for one in agreed(session))])
        forms.offer(self.host, [("", "Not known yet"), *((name, name) for name in hosts(session, briefing))])

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once: what is typed beside the time is looked at even where that is no time."""
        sound, problems, capacity = bool(super().validate(extra_validators)), list[Problem](), None
        try:
            capacity = _number(self.capacity.data.strip())
        except Invalid as refusal:
            problems = refusal.problems
        return refusals.all_said(self, sound, [*problems, *arrangements.of_its_words(self._at(desk.now(), capacity=capacity))])

    def read(self) -> Arrangement:
        """What was typed. Refuses a time the clocks skip or show twice, naming its field, and a number that is none."""
        assert self.day.data is not None and self.hour.moment is not None
        ends = _moment(self.day.data, self.ends.moment, "ends") if self.ends.moment else None
        note = UUID(self.note.data) if self.note.data else None
        starts, capacity = _moment(self.day.data, self.hour.moment, "hour"), _number(self.capacity.data.strip())
        return self._at(starts, note=note, ends_at=ends, capacity=capacity)

    def _at(self, starts: datetime, **known: Any) -> Arrangement:
        typed = ("place", "hse_presenter", "lacors_presenter", "link", "host", "agenda_item")
        return Arrangement(starts, **{name: self[name].data for name in typed}, **known)


def standing(session: Session, briefing: Briefing) -> dict[str, object]:
    """What the form shows at first: what is arranged, or the date that was chosen from the suggestions."""
    starts, until = (clock.london(moment) if moment else None for moment in (briefing.starts_at, briefing.until))
    when: dict[str, object] = {
        "day": starts.date() if starts else None,
        "hour": f"{starts:%H:%M}" if starts else "",
        "ends": f"{until:%H:%M}" if until else "",
    }
    lines = ("place", "link", "host", "hse_presenter", "lacors_presenter", "agenda_item")
    said = {name: getattr(briefing, name) or "" for name in lines}
    numbered = {"capacity": str(briefing.capacity or ""), "note": str(briefing.note_release_id or "")}
    return when | said | numbered | {"seen": sightings.of(arranging.shown(session, briefing))} | _suggested()


def agreed(session: Session) -> list[Release]:
    """What both parties have signed, the latest first. What was let go has passed the gate, and is not read through again: there may be thousands."""
    found = [release for release in releases.in_state(session, *AGREED) if release.digest]
    missing = unsigned.missing(session, [release for release in found if release.state not in LET_GO])
    return [release for release in found[::-1] if not missing.get(release.id)]


def called(release: Release) -> str:
    """A speaking note by its title and version."""
    return f"{release.title}, {release.reference}, revision {release.revision}"


def hosts(session: Session, briefing: Briefing) -> list[str]:
    """Who may host it: the group itself, its authorities, the two parties, and whoever was chosen before."""
    members = [member.name for member in organisations.members(session, briefing.group_code)]
    return list(dict.fromkeys([*filter(None, [briefing.host]), briefing.group_name, *OFFICES, *members]))


def posts(session: Session, briefing: Briefing) -> list[str]:
    """Posts that may present: those who present on this tour already, liaison officers, account managers and directorates."""
    others = tours.briefings(session, briefing.tour_id)
    known = [who for one in others for who in (one.hse_presenter, one.lacors_presenter) if who]
    there = select(Person.role, Body.name).join(Body, col(Body.code) == Person.body_code)
    held = session.exec(there.where(col(Person.role).in_(PRESENT), HOLDING).order_by(Body.name)).all()
    return list(dict.fromkeys([*known, *(f"{roles.title(role)}, {name}" for role, name in sorted(held, key=_first_liaison))]))


def _first_liaison(held: tuple[str, str]) -> tuple[int, str]:
    return PRESENT.index(held[0]), held[1]


def _suggested() -> dict[str, object]:
    """The date in the page's address, as the page of suggestions writes it; anything else is nothing."""
    try:
        day, hour = date.fromisoformat(request.args.get("day", "")), time.fromisoformat(request.args.get("hour", ""))
    except ValueError:
        return {}
    return {"day": day, "hour": f"{hour:%H:%M}", "ends": ""}


def _moment(day: date, hour: time, field: str) -> datetime:
    try:
        return clock.from_london(day, hour)
    except Refused as refusal:
        raise Refused(refusal.sentence, field=field) from None


def _number(typed: str) -> int | None:
    if typed and form_fields.whole(typed) is None:
        raise Invalid([Problem("capacity", HOW_MANY)])
    return form_fields.whole(typed)
