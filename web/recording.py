"""What officers record by hand: a call, a visit, HELA's relay, an article, a letter by post; for several authorities at once, and taken back."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, names, organisations, reportable, reports, roles
from audiences.authorities import NATIONS, Authority
from audiences.grades import SAID, how
from audiences.names import CODE, NAME, Match
from audiences.reports import Report, Told
from audiences.roles import AUTHORITY_ROLES
from campaigns.drafting import messages
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.wording import listed
from campaigns.planning import campaign_plans
from web import csv_files, desk, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("recording", __name__, url_prefix="/coverage")

SURE = (CODE, NAME)  # how a name was found; anything else is asked about
COLUMNS = (
    "Happened", "How", "Grade", "Authorities", "Role", "Message", "What shows it", "Recorded by", "Recorded", "Taken back", "Why",
    "Which authorities",
)  # fmt: skip
WHAT = {
    ("call", "confirmed"): "A call: somebody there said that they have it",
    ("call", "understands"): "A call: somebody there answered questions about it",
    ("visit", "briefed"): "A visit: briefed face to face",
    ("visit", "understands"): "A visit: somebody there answered questions about it",
    ("relay", "written"): "HELA passed it on",
    ("article", "written"): "An article, for example in EHN: they could read it",
    ("post", "written"): "A letter by post",
}


class RecordForm(forms.Form):
    """What happened, where, and what shows it."""

    campaign = forms.one_of("Campaign")
    what = forms.choice(
        "What happened",
        [(f"{channel}:{grade}", said) for (channel, grade), said in WHAT.items()],
        needed="Choose what happened",
        hint="Record only what you know. A call alone does not show that somebody understands: ask, and record that they answered.",
    )
    authorities = forms.long_text("Authorities", hint="A name or a code on each line", rows=5)
    area = forms.one_of("Or every authority that enforces in")
    role = forms.one_of("Who there")
    message = forms.one_of("About which message")
    on = forms.day("When it happened", needed="Enter the day it happened")
    evidence = forms.text(
        "What shows it",
        needed="Enter what shows it",
        hint="For example, note of the call in the unit’s file. No names: say the post",
        limit=200,
    )
    save = forms.submit("Record it")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once, and so lines that name no authority of the day it happened, or of today where none is given."""
        with desk.reading() as session:
            unclear = refusals.problems_of(lambda: _codes(session, self.authorities.data or "", "", self.on.data or desk.today()))
            area = self.area.data if self.area.data in {value for value, *_ in self.area.iter_choices()} else ""
            told = self.told(set() if unclear else _codes(session, self.authorities.data or "", area, self.on.data or desk.today()))
        further = [one for one in reports.problems(told, at=desk.now()) if not unclear or one.field != "authorities"]
        return refusals.all_said(self, super().validate(extra_validators), unclear + further)

    def told(self, codes: set[str]) -> Told:
        """What was typed, of these authorities; where no day was, as if it were of today."""
        channel, _, grade = (self.what.data or "").partition(":")
        on, evidence, role = self.on.data or desk.today(), self.evidence.data or "", self.role.data or ""
        return Told(channel, grade, tuple(codes), on, evidence, role=role)


class TakeBackForm(forms.Form):
    """Why."""

    reason = forms.text("Why it is taken back", needed="Enter why it is taken back", hint="No names of people", limit=200)
    save = forms.submit("Take it back", warning=True)


@bp.route("/record", methods=["GET", "POST"])
@for_writers
def record() -> str | AnyResponse:
    """Record something; `?campaign=` and `?authority=` fill in where one comes from."""
    form = RecordForm()
    with desk.reading() as session:
        _offer(session, form)
    if request.method == "GET":
        form.campaign.data = request.args.get("campaign") or form.campaign.data
        form.authorities.data = "\n".join(request.args.getlist("authority"))
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            return _record(form)
    return render_template("recording/record.html", form=form)


@bp.get("/recorded")
def every() -> str:
    """Everything recorded by hand for a campaign."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        found = reports.of_campaign(session, campaign.id)
        shown, page = desk.paged(found)
        without, places = reportable.uncounted_so_far(session, campaign.id), reports.places(session, shown)
        rows = [(one, _said(one), places[one.id], _counting(session, one.authorities, without.get(str(one.id), []))) for one in shown]
        return render_template("recording/every.html", campaign=campaign, rows=rows, page=page)


@bp.get("/recorded.csv")
def export() -> Response:
    """The same as a file, a row a report."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        titles = {message.id: message.title for message in messages.every(session, campaign.id)}
        found = reports.of_campaign(session, campaign.id)
        places = reports.places(session, found)
        rows = [[*_cells(one, titles[one.message_id] if one.message_id else ""), ", ".join(places[one.id])] for one in found]
        return csv_files.answer("recorded", COLUMNS, rows)


@bp.route("/recorded/<uuid:report_id>", methods=["GET", "POST"])
@for_writers
def take_back(report_id: UUID) -> str | AnyResponse:
    """One report with its authorities, and why it is taken back."""
    form = TakeBackForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                reports.take_back(session, report_id, reason=form.reason.data, by=desk.current_officer(), at=desk.now())
                campaign_id = reports.get(session, report_id).campaign_id
            return desk.done("Taken back: it no longer counts.", "recording.every", campaign=campaign_id)
    with desk.reading() as session:
        report = reports.get(session, report_id)
        places = reports.places(session, [report])[report_id]
        return render_template("recording/take_back.html", form=form, report=report, places=places, said=_said(report))


def _record(form: RecordForm) -> AnyResponse:
    with desk.adding() as session:
        told = form.told(_codes(session, form.authorities.data or "", form.area.data, form.on.data))
        told = replace(told, message_id=UUID(form.message.data) if form.message.data else None)
        reports.record(session, UUID(form.campaign.data), told, by=desk.current_officer(), at=desk.now())
        counting = _counting(session, len(told.codes), reportable.uncounted(session, told.codes))
    said = f" Counts in coverage today: {counting}." if counting else ""
    return desk.done(
        f"Recorded for {words.many(len(told.codes), 'authority', 'authorities')}.{said}", "recording.every", campaign=form.campaign.data
    )


def _codes(session: Session, typed: str, area: str, on: date) -> set[str]:
    """The authorities typed, and those of the area chosen, as they were on the day. A name that fits none or several is asked about."""
    register = authorities.every(session, enforcing_only=False, on=on)
    finder, called = names.of(session, on=on), {found.code: found.name for found in register}
    lines = [(number, line.strip(), finder.match(line)) for number, line in enumerate(typed.splitlines(), 1) if line.strip()]
    if problems := [Problem("authorities", _asked(number, line, found, called)) for number, line, found in lines if found.how not in SURE]:
        raise Invalid(problems)
    codes = {found.code for _, _, found in lines if found.code}
    kind, _, name = area.partition(":")
    if kind == "group":
        return codes | {member.code for member in organisations.members(session, name)}
    return codes | {found.code for found in register if found.enforces and (kind == "all" or (kind == "nation" and found.nation == name))}


def _asked(number: int, line: str, found: Match, called: dict[str, str]) -> str:
    if not found.candidates:
        return f"Line {number}: no authority was called {line[:60]} then"
    return f"Line {number}: {line[:60]} may be {' or '.join(f'{called[code]} ({code})' for code in found.candidates)}. Write the code"


def _offer(session: Session, form: RecordForm) -> None:
    plans = campaign_plans.every(session)
    forms.offer(form.campaign, [(str(plan.id), plan.name) for plan in plans])
    groups = [(f"group:{group.code}", group.name) for group in organisations.groups(session, opted_in=True)]
    nations = [(f"nation:{nation}", nation) for nation in NATIONS[:3]]
    forms.offer(form.area, [("", "Only those typed above"), ("all:", "Great Britain"), *nations, *groups])
    forms.offer(form.role, [("", "The authority as a whole"), *((role, roles.title(role)) for role in AUTHORITY_ROLES)])
    gone = reportable.going(session)  # of a draft nobody out there can have heard
    theirs = [(plan, message) for plan in plans for message in messages.every(session, plan.id) if message.id in gone]
    titles = [(str(message.id), f"{plan.name}: {message.title}") for plan, message in theirs]
    forms.offer(form.message, [("", "No message in particular"), *titles])


def _said(report: Report) -> str:
    return f"{SAID[report.grade]}: {how(report.grade, report.channel)}"


def _counting(session: Session, number: int, without: list[Authority]) -> str:
    """Of how many authorities it counts, and why not of the others; empty where it counts of all."""
    if not without:
        return ""
    ended = [authority for authority in without if authority.end_date]
    idle = [authority.name for authority in without if not authority.end_date]
    why = [f"{listed(idle)} {'does' if len(idle) == 1 else 'do'} not enforce health and safety"] if idle else []
    why += [f"{one.name} came to an end on {words.day(one.end_date)}{_now(session, one)}" for one in ended if one.end_date]
    return f"{number - len(without):,} of {number:,}, as {'; '.join(why)}"


def _now(session: Session, ended: Authority) -> str:
    later = [authority.name for authority in authorities.successors(session, ended.code)]
    return f" and is now {listed(later)}" if later else ""


def _cells(report: Report, title: str) -> list[object]:
    back = words.when(report.taken_back_at) if report.taken_back_at else ""
    who = roles.words(report.role) or "the whole authority"
    told = [words.on(report.happened_at), report.channel, SAID[report.grade], report.authorities, who, title, report.evidence]
    return [*told, report.by, words.when(report.at), back, report.reason]
