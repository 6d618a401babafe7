"""The forms an officer writes a message with: shared words, what differs for each audience, and when it may go."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from audiences.definitions import Audience
from campaigns.briefings import tours
from campaigns.drafting.attachments import Attachment
from campaigns.drafting.placeholders import CLOSED, PLACEHOLDERS, YOUR_PART
from campaigns.drafting.words import Words
from campaigns.foundation import clock, officers
from campaigns.foundation.errors import Invalid, Problem, Refused
from campaigns.planning import milestones, plan_rows
from campaigns.planning.campaign_plans import Campaign
from campaigns.planning.plan_rows import PlanRow
from web import audience_order, care_fields, forms, invitation_fields, message_files, refusals
from web.care_fields import CareFields
from web.form_fields import DayField, HourField, not_a_time
from web.invitation_fields import InvitationFields
from web.terms_fields import TermsFields

BLANKS = [
    *PLACEHOLDERS.items(),
    *CLOSED.items(),
    (YOUR_PART, "where the words for one audience stand; without it they come at the end"),
]
BESIDE = "Saved as a draft. The row of the plan names another message, or is not there any more: this one stands beside it."


class WordsForm(CareFields, TermsFields, InvitationFields):
    """The words of a message. `made_for` adds a box for every audience."""

    campaign = forms.one_of("Campaign")
    title = forms.text("Title", hint="For officers. Readers do not see it.", limit=1000)
    subject = forms.text("Subject", hint="What readers see in their inbox, the same for everybody.", limit=1000)
    core = forms.long_text("What everybody reads", rows=14)
    audiences = forms.ticks("Who gets it", hint="Somebody who is in more than one audience gets one letter; below you say which.")
    latest_send = forms.day("Latest day to send", hint="Nothing goes after this. For example, 12 5 2027")
    latest_send_hour = forms.hour("Latest time that day", hint="On a clock in London. For example, 17:00", default="17:00")
    not_before = forms.day("Earliest day to send (optional)", hint="Leave empty if it may go as soon as both have signed.")
    not_before_hour = forms.hour("Earliest time that day", hint="For example, 9:00", default="9:00")
    file = forms.upload(
        "Add a file (optional)",
        hint="PDF, Word, Excel, PNG, JPEG or a calendar entry; 10 MB in all. Photographs lose their hidden details, such as where they were taken.",
    )
    attach = forms.submit("Add this file", secondary=True)
    save = forms.submit("Save")
    preview = forms.submit("Save and preview", secondary=True)

    seen = forms.hidden()  # the revision that the words were read from
    was = forms.hidden()  # the message's state then

    milestones: list[str] = []
    attached: list[Attachment] = []
    order: list[str] = []

    def part(self, key: str) -> Any:
        """The box with one audience's own words."""
        return self[f"part-{key}"]

    def words(self, audiences: Iterable[Audience], *, at: datetime) -> Words:
        """What was typed, fit to be kept; refuses with every problem at once."""
        keys = [audience.key for audience in audiences]
        problems = [
            Problem(f"part-{key}", f"Tick {name} above, or clear the words for them")
            for key, name in ((audience.key, audience.name) for audience in audiences)
            if key not in (self.audiences.data or ()) and (self.part(key).data or "").strip()
        ]
        words = Words(
            title=self.title.data or "",
            subject=self.subject.data or "",
            core=self.core.data or "",
            parts={key: self.part(key).data or "" for key in keys},
            audiences=self.order,
            not_before=moment(self.not_before, self.not_before_hour, problems),
            latest_send=moment(self.latest_send, self.latest_send_hour, problems, "Enter the latest day to send")
            or datetime.max.replace(tzinfo=clock.LONDON),
            attachments=self.attached,
            terms=self.terms(),
            invites_to=list(self.invites_to.data or ()),
            **self.care(problems),
        )
        return _checked(words, problems, at)


def made_for(audiences: Iterable[Audience]) -> type[WordsForm]:
    """The form with a box for each audience's own words."""
    boxes = {f"part-{audience.key}": forms.long_text(f"Words only for {audience.name}", rows=6) for audience in audiences}
    return type("WordsFormForAudiences", (WordsForm,), boxes | care_fields.boxes())


def offers(session: Session, plans: Iterable[Campaign], standing: Words | None) -> dict[str, Any]:
    """What can be chosen in a message's form: the posts told, tours it may follow, briefings it may invite to, its campaigns' milestones."""
    followed = [(str(tour.id), tour.name) for tour in tours.every(session)]
    return {
        "observers": [(post, post) for post in officers.observers(session)],
        "followed": followed,
        "named": sorted({milestone.name for plan in plans for milestone in milestones.of(session, plan.id)}),
        "invited": invitation_fields.offered(session, standing.invites_to if standing else ()),
    }


def opened(
    audiences: list[Audience],
    words: Words | None,
    *,
    observers: Iterable[tuple[str, str]] = (),
    followed: Iterable[tuple[str, str]] = (),
    invited: Iterable[tuple[str, str]] = (),
    named: Iterable[str] = (),
    draft: Mapping[str, Any] = MappingProxyType({}),
) -> WordsForm:
    """The form, filled with words that stand already, or a first `draft`, unless it was posted. The rest: see `offers`."""
    form = made_for(audiences)(data=_data(words) if words else {"latest_send_hour": "17:00", **draft})
    form.audiences.choices = [(audience.key, audience.name) for audience in audiences]
    forms.offer(form.observers, list(observers))
    forms.offer(form.follows_up, [("", "No"), *followed])
    forms.offer(form.invites_to, list(invited))
    form.milestones = list(named)
    form.attached = message_files.attached(words.attachments if words else [])
    form.order = audience_order.said(audiences, form.audiences.data or (), words.audiences if words else ())
    return form


def fill_in(form: WordsForm, row: PlanRow) -> None:
    """What a row of the communications plan says already: campaign, title, audience, and its last day as the latest. Refuses one that has its message."""
    plan_rows.standing_row(row, undrafted=True)
    form.campaign.data, form.title.data, form.latest_send.data = str(row.campaign_id), row.title, row.last
    if row.audience in {key for key, *_ in form.audiences.choices}:
        form.audiences.data = form.order = [row.audience]


def read(form: WordsForm, audiences: list[Audience], *, at: datetime) -> Words | None:
    """The words if the form was posted to be saved and can be used; otherwise None, with every problem beside its field."""
    if not form.is_submitted():
        return None
    if audience_order.pressed():
        message_files.add_chosen(form)
        return None
    if message_files.pressed():
        message_files.change(form)
        return None
    well = form.validate()
    message_files.add_chosen(form)
    well = well and not form.file.errors
    with refusals.ShownOn(form, Invalid):
        words = form.words(audiences, at=at)
        return words if well else None
    return None


def moment(day: DayField, hour: HourField, problems: list[Problem], missing: str | None = None) -> datetime | None:
    """The moment a day and an hour name on a London clock; what is wrong with them is added to the problems."""
    if day.data is None:
        if missing and not day.errors:
            problems.append(Problem(day.name, missing))
        if missing and not hour.data:
            problems.append(Problem(hour.name, not_a_time(hour)))
        return None
    if hour.moment is None:
        if not hour.data:
            problems.append(Problem(hour.name, not_a_time(hour)))
        return None
    return _on_the_clock(day, hour, hour.moment, problems)


def _on_the_clock(day: DayField, hour: HourField, typed: time, problems: list[Problem]) -> datetime | None:
    try:
        return clock.from_london(day.data, typed)
    except Refused as refusal:
        problems.append(Problem(hour.name, refusal.sentence))
        return None


def _checked(words: Words, problems: list[Problem], at: datetime) -> Words:
    try:
        words.check(at=at)
    except Invalid as refusal:
        problems += refusal.problems
    if problems:
        raise Invalid(problems)
    return words


def _data(words: Words) -> dict[str, Any]:
    latest, earliest = clock.london(words.latest_send), clock.london(words.not_before) if words.not_before else None
    return {
        "title": words.title,
        "subject": words.subject,
        "core": words.core,
        "audiences": words.audiences,
        "latest_send": latest.date(),
        "latest_send_hour": f"{latest:%H:%M}",
        "not_before": earliest.date() if earliest else None,
        "not_before_hour": f"{earliest:%H:%M}" if earliest else "9:00",
        **{f"part-{key}": part for key, part in words.parts.items()},
        **care_fields.data(words),
        **words.terms.model_dump(),
        "invites_to": words.invites_to,
    }
