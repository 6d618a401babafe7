"""The communications plan of a campaign: its rows by date, what it leaves open, and the way from a row to its message."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import plan_gaps
from audiences.plan_gaps import Gap, Group
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import sightings
from campaigns.planning import campaign_plans, plan_rows
from campaigns.planning.campaign_plans import Campaign
from campaigns.planning.plan_rows import BRIEFING, CHANNELS, IN_WRITING, LETTER, PlanRow, Typed
from web import csv_files, desk, forms, refusals, states
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("plan_rows", __name__, url_prefix="/campaigns")

COLUMNS = ("When", "Message", "State", "For", "Channel", "Owner for HSE", "Owner for LACoRS", "Note", "Gaps")
NO_MESSAGE = "None yet"


class RowForm(forms.Form):
    """Who is to hear what, how and when, and who sees to it."""

    audience = forms.one_of("Who it is for")
    title = forms.text(
        "What it says", needed="Enter what it says", hint="The title of the message wanted. For example, What LOPP is", limit=200
    )
    message_id = forms.one_of("The message, if it is drafted already")
    channel = forms.choice("How", list(CHANNELS.items()), needed="Choose how")
    day = forms.day("When", needed="Enter the day", hint="For example, 12 5 2027. Any day of the month if only the month is known.")
    whole_month = forms.tick("Only the month is known yet")
    hse_owner = forms.text("Who sees to it for HSE (a post)", hint="Leave empty until it is known; the gap is shown.", limit=200)
    lacors_owner = forms.text("Who sees to it for LACoRS (a post)", limit=200)
    note = forms.long_text("Note (optional)", rows=3, limit=1000)
    seen = forms.hidden()  # the sighting of the row when the page was opened
    save = forms.submit("Save")

    def typed(self) -> Typed:
        """The row as typed."""
        drafted = UUID(self.message_id.data) if self.message_id.data else None
        words = {name: self[name].data or "" for name in ("audience", "title", "hse_owner", "lacors_owner", "note")}
        return Typed(**words, channel=self.channel.data, day=self.day.data, whole_month=bool(self.whole_month.data), message_id=drafted)


@dataclass(frozen=True)
class Line:
    """A row as it is shown: its group by name, its message's state, and what it lacks."""

    row: PlanRow
    group: str
    state: str
    message: Message | None
    gaps: list[Gap]

    @property
    def channel(self) -> str:
        """How, in words."""
        return CHANNELS[self.row.channel]

    @property
    def may_be_drafted(self) -> bool:
        """Whether a message is wanted and not begun: nobody writes a call or a visit."""
        return self.message is None and self.row.done_on is None and self.row.channel in (*IN_WRITING, BRIEFING)

    @property
    def may_be_done(self) -> bool:
        """Whether an officer may say that it came about; of a letter, its deliveries do."""
        return self.row.channel != LETTER and self.row.done_on is None


@bp.get("/<uuid:campaign_id>/plan")
def show(campaign_id: UUID) -> str:
    """The rows by date, and the gaps before them."""
    with desk.reading() as session:
        plan, lines, gaps = _read(session, campaign_id)
    return render_template(
        "plan_rows/show.html",
        plan=plan,
        lines=lines,
        gaps=[gap for gap in gaps if not gap.remark],
        remarks=[gap for gap in gaps if gap.remark],
    )


@bp.get("/<uuid:campaign_id>/plan.csv")
def export(campaign_id: UUID) -> Response:
    """The same as a file."""
    with desk.reading() as session:
        _, lines, _ = _read(session, campaign_id)
    rows = [
        [
            line.row.when,
            line.row.title,
            line.state,
            line.group,
            line.channel,
            line.row.hse_owner,
            line.row.lacors_owner,
            line.row.note,
            " ".join(gap.sentence for gap in line.gaps),
        ]
        for line in lines
    ]
    return csv_files.answer("communications-plan", COLUMNS, rows)


@bp.route("/<uuid:campaign_id>/plan/new", methods=["GET", "POST"])
@for_writers
def add(campaign_id: UUID) -> str | AnyResponse:
    """Put a row into the plan; `?for=` names the group it is for."""
    form, plan = _form(campaign_id, None)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.adding() as session:
                plan_rows.add(session, campaign_id, form.typed(), by=desk.current_officer(), at=desk.now())
            return desk.done("The row is in the plan.", "plan_rows.show", campaign_id=campaign_id)
    return render_template("plan_rows/edit.html", form=form, plan=plan, row=None, others=[])


@bp.route("/plan/<uuid:plan_row_id>", methods=["GET", "POST"])
@for_writers
def change(plan_row_id: UUID) -> str | AnyResponse | Answer:
    """Let a row say something else."""
    with desk.reading() as session:
        row = plan_rows.get(session, plan_row_id)
    if request.method == "GET":
        plan_rows.standing_row(row)
    form, plan = _form(row.campaign_id, row)
    if not form.is_submitted():
        form.seen.data = sightings.of(plan_rows.shown(row))
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                by = desk.current_officer()
                plan_rows.change(session, plan_row_id, form.typed(), seen=form.seen.data or "", by=by, at=desk.now())
            return desk.done("The row is saved.", "plan_rows.show", campaign_id=row.campaign_id)
    return render_template("plan_rows/edit.html", form=form, plan=plan, row=row, others=shown.others), shown.status


@bp.post("/plan/<uuid:plan_row_id>/done")
@for_writers
def done(plan_row_id: UUID) -> AnyResponse:
    """It came about today."""
    with desk.writing() as session:
        plan_rows.done(session, plan_row_id, on=desk.today(), by=desk.current_officer(), at=desk.now())
    return _back(plan_row_id, "It is marked as done.")


@bp.post("/plan/<uuid:plan_row_id>/reopening")
@for_writers
def reopen(plan_row_id: UUID) -> AnyResponse:
    """It did not come about after all."""
    with desk.writing() as session:
        plan_rows.reopen(session, plan_row_id, by=desk.current_officer(), at=desk.now())
    return _back(plan_row_id, "It is no longer marked as done.")


@bp.post("/plan/<uuid:plan_row_id>/drop")
@for_writers
def drop(plan_row_id: UUID) -> AnyResponse:
    """Take a row out."""
    with desk.writing() as session:
        plan_rows.drop(session, plan_row_id, by=desk.current_officer(), at=desk.now())
    return _back(plan_row_id, "The row was taken out of the plan.")


def _read(session: Session, campaign_id: UUID) -> tuple[Campaign, list[Line], list[Gap]]:
    plan, rows, every = campaign_plans.get(session, campaign_id), plan_rows.standing(session, [campaign_id]), plan_gaps.groups(session)
    sent = plan_gaps.gone(session, rows)
    gaps = plan_gaps.of(rows, every, sent=sent, today=desk.today())
    names = {group.key: group.name for group in every}
    wanted = {row.message_id for row in rows}
    drafted = states.of_messages(session, [one for one in messages.every(session, campaign_id) if one.id in wanted])
    stands = {message.id: (message, state) for message, state in drafted}
    return plan, [_line(row, names, stands.get(row.message_id or UUID(int=0)), gaps) for row in rows], gaps


def _line(row: PlanRow, names: dict[str, str], stands: tuple[Message, str] | None, gaps: Iterable[Gap]) -> Line:
    message, state = stands or (None, "proposed")
    own = [gap for gap in gaps if gap.row_id == row.id]
    return Line(row, names.get(row.audience, row.audience), "done" if row.done_on else state, message, own)


def _form(campaign_id: UUID, row: PlanRow | None) -> tuple[RowForm, Campaign]:
    said = {**row.model_dump(), "day": row.first, "message_id": str(row.message_id or "")} if row else {"audience": request.args.get("for")}
    with desk.reading() as session:
        plan, every, drafted = campaign_plans.get(session, campaign_id), plan_gaps.groups(session), messages.every(session, campaign_id)
    form = RowForm(data=said)
    forms.offer(form.audience, _offered(every, row))
    forms.offer(form.message_id, [("", NO_MESSAGE), *((str(message.id), message.title) for message in drafted)])
    return form, plan


def _offered(every: list[Group], row: PlanRow | None) -> list[tuple[str, str]]:
    known = [(group.key, group.name) for group in every]
    gone = row is not None and row.audience not in {key for key, _ in known}
    return [*known, *([(row.audience, row.audience)] if gone and row else [])]


def _back(row_id: UUID, said: str) -> AnyResponse:
    flash(said, "success")
    with desk.reading() as session:
        return redirect(url_for("plan_rows.show", campaign_id=plan_rows.get(session, row_id).campaign_id))
