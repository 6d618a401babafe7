"""Targets and progress: what a campaign means to have brought about by when, how far it is, step by step, and what each channel brought."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, ValidationError

from audiences import coverage, progress, roles, targets
from audiences.grades import COUNTED, SAID
from audiences.roles import AUTHORITY_ROLES
from audiences.targets import EACH_ROLE, NUMBER, SHARE, Target
from campaigns.planning import campaign_plans
from campaigns.reach.touches import GRADES
from web import charts, coverage_looks, csv_files, desk, form_fields, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("targets", __name__, url_prefix="/coverage")

TARGETS = ("Who", "What", "Wanted", "By", "Authorities needed", "Authorities so far", "Of", "State", "Set by")
STEPS = (
    "Day",
    *(f"{SAID[grade].capitalize()}, by its own evidence" for grade in GRADES),
    *(COUNTED[grade].capitalize() for grade in GRADES),
)
CHANNELS = ("Channel", "Pieces of evidence", "Authorities", "Where it was first", "Confirmed or more only after it", "Effort")
UNKNOWN = "not recorded"


class TargetForm(forms.Form):
    """How many authorities, at which grade, by when."""

    grade = forms.choice("What", [(grade, COUNTED[grade].capitalize()) for grade in GRADES], needed="Choose a grade")
    role = forms.one_of(
        "Who",
        [
            ("", "Anybody there"),
            (EACH_ROLE, "Somebody in each of these roles"),
            *((role, roles.title(role)) for role in AUTHORITY_ROLES),
        ],
    )
    wanted = forms.text("How many", needed="Enter how many", limit=6)
    measure = forms.choice(
        "Counted as",
        [(SHARE, "Per cent of the authorities that enforce"), (NUMBER, "A number of authorities")],
        needed="Choose per cent or a number",
    )
    by_day = forms.day("By when", needed="Enter the day by which it is wanted")
    save = forms.submit("Set the target")

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once."""
        further = targets.problems(
            role=self.role.data or "",
            grade=self.grade.data or "",
            measure=self.measure.data or "",
            wanted=form_fields.whole(_figures(self.wanted)) or 0,
            by_day=self.by_day.data or desk.today(),
            at=desk.now(),
        )
        return refusals.all_said(self, super().validate(extra_validators), further)

    def validate_wanted(self, field: Field) -> None:
        """A number, with or without the sign of per cent."""
        if not field.errors and form_fields.whole(_figures(field)) is None:
            raise ValidationError("Enter how many in figures, like 90")


@bp.get("/progress")
def show() -> str:
    """Targets, the steps so far, and the channels of one campaign."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        held, steps = targets.progress(session, campaign.id, today=desk.today()), progress.over_time(session, campaign.id)
        grid = coverage.grid(session, campaign.id)
        return render_template(
            "targets/show.html",
            campaign=campaign,
            targets=held,
            steps=steps[::-1],
            charts=(drawn := charts.draw(steps, held, of=grid.totals.denominator, today=desk.today())),
            charts_columns=[(chart.said, "numeric") for chart in drawn],
            channels=progress.yields(session, campaign.id),
            denominator=grid.denominator,
            grade_columns=[(SAID[grade].capitalize(), "numeric") for grade in GRADES],
            said=_said,
            who=_who,
            grade_said=COUNTED,
        )


@bp.route("/targets/new", methods=["GET", "POST"])
@for_writers
def new() -> str | AnyResponse:
    """Set a target for the campaign named in the address."""
    form = TargetForm()
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            _set(form, campaign.id)
            return desk.done("The target is set.", "targets.show", campaign=campaign.id)
    return render_template("targets/new.html", form=form, campaign=campaign)


@bp.post("/targets/<uuid:target_id>/drop")
@for_writers
def drop(target_id: UUID) -> AnyResponse:
    """Hold a target against the campaign no more."""
    with desk.writing() as session:
        targets.drop(session, target_id, by=desk.current_officer(), at=desk.now())
    return desk.done("The target was dropped.", "targets.show", campaign=request.args.get("campaign"))


@bp.get("/targets.csv")
def export() -> Response:
    """The targets as a file."""
    with desk.reading() as session:
        campaign = campaign_plans.asked(session, request.args.get("campaign", ""))
        found = targets.progress(session, campaign.id, today=desk.today())
        rows = [
            [
                _who(one.target),
                COUNTED[one.target.grade],
                _said(one.target),
                one.target.by_day,
                one.need,
                one.have,
                one.of,
                one.state,
                one.target.set_by,
            ]
            for one in found
        ]
        return csv_files.answer("targets", TARGETS, rows)


@bp.get("/over-time.csv")
def export_steps() -> Response:
    """The steps as a file: a row a day on which something changed."""
    with desk.reading() as session:
        look = coverage_looks.readable(session)
        steps = progress.over_time(session, look.campaign.id, look.view)
        rows = [[step.day, *step.own.values(), *step.least.values()] for step in steps]
        return csv_files.answer("over-time", STEPS, rows)


@bp.get("/channels.csv")
def export_channels() -> Response:
    """What each channel brought, as a file."""
    with desk.reading() as session:
        look = coverage_looks.readable(session)
        found = progress.yields(session, look.campaign.id, look.view)
        rows = [[one.channel, one.touches, one.authorities, one.first, one.confirmed_after, UNKNOWN] for one in found]
        return csv_files.answer("channels", CHANNELS, rows)


def _set(form: TargetForm, campaign_id: UUID) -> None:
    with desk.adding() as session:
        targets.set_target(
            session,
            campaign_id,
            role=form.role.data,
            grade=form.grade.data,
            measure=form.measure.data,
            wanted=int(_figures(form.wanted)),
            by_day=form.by_day.data,
            by=desk.current_officer(),
            at=desk.now(),
        )


def _figures(field: Field) -> str:
    return str(field.data).strip().removesuffix("%")


def _said(target: Target) -> str:
    return f"{target.wanted} %" if target.measure == SHARE else words.many(target.wanted, "authority", "authorities")


def _who(target: Target) -> str:
    return roles.words(target.role) or "anybody there"
