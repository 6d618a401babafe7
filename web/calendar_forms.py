"""The form a calendar rule is typed into: plain choices for how often it comes, and RFC 5545's own words for those who know them."""

from datetime import date
from typing import Any

from sqlmodel import Session

from audiences import calendar_places
from audiences.calendars import Place
from campaigns.foundation import one_line
from campaigns.foundation.errors import Invalid, Problem
from campaigns.planning.rules import CalendarRule, Typed
from campaigns.planning.windows import HOLDS, QUIET
from web import calendar_words, desk, form_fields, forms, refusals

KINDS = [
    (QUIET, "Pre-election period: holds publicity and ministerial letters"),
    ("committee", "Committee meeting: papers close some days before"),
    ("season", "Budget or service-plan season: holds everything"),
    ("do not send", "Do not send: the authority asks for no letters"),
    ("copy date", "Copy date of a paper or newsletter: holds nothing"),
    ("meeting", "Meeting of the pilot: holds nothing"),
    ("bank holiday", "Bank holiday or local holiday: holds everything"),
]
OWN = "own"
OFTEN = [
    ("once", "Once"),
    ("weekly", "Every week, on the weekday of the first day"),
    ("monthly", "Every month, on the same weekday of it: for example the second Tuesday, if the first day is one"),
    ("yearly", "Every year, on the same date"),
    (OWN, "By a rule of RFC 5545, typed below"),
]


class RuleForm(forms.Form):
    """A rule."""

    title = forms.text("What is it?", needed="Enter what it is", hint="For example, Planning committee, or By-election in Adur", limit=200)
    kind = forms.one_of("What kind of days?", KINDS)
    where = forms.one_of("What is it for?", hint="Leave this if you type one authority below")
    authority = forms.text("Or one authority", hint="Its full name or its code", limit=120)
    first = forms.day("First day", needed="Enter the first day")
    last = forms.day("Last day", hint="Leave empty if it is one day")
    often = forms.choice("How often does it come?", OFTEN, default="once")
    until = forms.day("Until", hint="Leave empty if no end is known")
    recurrence = forms.text("RFC 5545 rule", hint="Only if you chose it above. For example, FREQ=MONTHLY;BYDAY=2TU", limit=200)
    lead_days = forms.text(
        "Days before that belong to it", hint="For a committee: how many days before a meeting its papers close", limit=4, default="0"
    )
    source = forms.text("Where do you know it from?", needed="Enter where you know it from", limit=200)
    confirmed_on = forms.day("Confirmed on", hint="The day somebody last checked it. Leave empty if nobody has")
    seen = forms.hidden()  # the sighting of the rule when the page was opened
    save = forms.submit("Save")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once, but for what days and rules come to together."""
        problems = [*one_line.problems("title", self.title.data or "", "what it is"), *_of_source(self), *of_place_and_lead(self)]
        problems += _of_often(self)
        if self.confirmed_on.data and self.confirmed_on.data > desk.today():
            problems.append(Problem("confirmed_on", "Enter the day somebody checked it: today at the latest"))
        return refusals.all_said(self, super().validate(extra_validators), problems)


class SureForm(forms.Form):
    """Retiring needs a press of its own."""

    save = forms.submit("Retire this rule", warning=True)


class OutsideForm(forms.Form):
    """An authority that a wider rule is not for."""

    authority = forms.text("Which authority?", needed="Type the authority", hint="Its full name or its code", limit=120)
    source = forms.text("Where do you know it from?", needed="Enter where you know it from", limit=200)
    save = forms.submit("No poll here")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once."""
        unknown = refusals.problems_of(lambda: _place("", (self.authority.data or "").strip() or "-"))
        return refusals.all_said(self, super().validate(extra_validators), [*_of_source(self), *unknown])


def filled(rule: CalendarRule) -> dict[str, Any]:
    """What the form shows of a rule that stands."""
    own = rule.scope == "authority"
    made = calendar_words.offered(rule.recurrence, rule.first)
    often, until = made or (OWN if rule.recurrence else "once", None)
    return {
        **{name: getattr(rule, name) for name in ("title", "kind", "first", "source", "confirmed_on")},
        "where": calendar_places.BETWEEN if own else calendar_places.BETWEEN.join((rule.scope, rule.place)),
        "authority": rule.place if own else "",
        "last": None if rule.last == rule.first else rule.last,
        "often": often,
        "until": until,
        "recurrence": "" if made else rule.recurrence,
        "lead_days": str(rule.lead_days),
    }


def lead(field: Any) -> int:
    """How many days before was typed; none where nothing was. Refuses what is no number."""
    days = form_fields.whole((field.data or "").strip() or "0")
    if days is None:
        raise Invalid([Problem("lead_days", "Enter a number of days in figures, like 7")])
    return days


def of_place_and_lead(form: Any) -> list[Problem]:
    """What is wrong with the place a form names, and with its days before."""
    if (form.authority.data or "").strip() and form.where.data not in (None, "", calendar_places.BETWEEN):
        said = "A rule is for one place: choose “One authority, typed below” in the list above, or empty this"
        unknown = [Problem("authority", said)]
    else:
        unknown = refusals.problems_of(lambda: _place(form.where.data or "", form.authority.data or ""))
    return unknown + refusals.problems_of(lambda: lead(form.lead_days))


def typed(session: Session, form: RuleForm, *, before: CalendarRule | None) -> Typed:
    """The rule in the form. Refuses a lead that is no number, and a place that is not in the register."""
    lead_days = lead(form.lead_days)
    scope, place = calendar_places.read(session, form.where.data or "", form.authority.data or "")
    return Typed(
        scope=scope,
        place=place,
        kind=form.kind.data,
        title=form.title.data,
        first=form.first.data,
        last=form.last.data or form.first.data,
        source=form.source.data,
        recurrence=_recurrence(form),
        excepted=tuple(date.fromisoformat(day) for day in before.excepted) if before else (),
        lead_days=lead_days,
        confirmed_on=form.confirmed_on.data,
        calendar=before.calendar if before else "",
        uid=before.uid if before else "",
    )


def offer(session: Session, form: RuleForm) -> None:
    """What there is to choose from."""
    forms.offer(form.where, [(calendar_places.BETWEEN, "One authority, typed below"), *calendar_places.choices(session)])
    assert {value for value, _ in KINDS} == set(HOLDS)


def _recurrence(form: RuleForm) -> str:
    if form.often.data == OWN:
        return (form.recurrence.data or "").strip().upper().removeprefix("RRULE:")
    if form.often.data == "once":
        return ""
    made: str = getattr(calendar_words, form.often.data)(form.first.data)
    return f"{made};UNTIL={form.until.data:%Y%m%d}" if form.until.data else made


def _of_often(form: RuleForm) -> list[Problem]:
    """Whatever of the answers to how often it comes would be lost, or cannot be."""
    own, typed, until = form.often.data == OWN, (form.recurrence.data or "").strip(), form.until.data
    found = []
    if until and own:
        found.append(Problem("until", f"Say the end in the rule itself, as UNTIL={until:%Y%m%d}, and leave “Until” empty"))
    elif until and form.often.data == "once":
        found.append(Problem("until", "Choose how often it comes, or leave “Until” empty"))
    elif until and form.first.data and until < form.first.data:
        found.append(Problem("until", "“Until” must not be before the first day"))
    if own and not typed:
        found.append(Problem("recurrence", "Enter the rule, or choose another answer to how often it comes"))
    elif typed and not own:
        found.append(Problem("recurrence", "Choose “By a rule of RFC 5545” above, or leave this empty"))
    return found


def _of_source(form: RuleForm | OutsideForm) -> list[Problem]:
    return one_line.problems("source", form.source.data or "", "where you know it from")


def _place(where: str, authority: str) -> Place:
    with desk.reading() as session:
        return calendar_places.read(session, where, authority)
