"""Milestones of a campaign: what its messages may wait for, and the record that it has happened, or has not after all."""

from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from campaigns.planning import campaign_plans, milestones
from web import desk, forms, refusals
from web.guards import for_writers

bp = Blueprint("milestones", __name__, url_prefix="/campaigns")


class MilestoneForm(forms.Form):
    """What is waited for."""

    name = forms.text("What may messages wait for?", hint="For example, Approach agreed", limit=1000)
    save = forms.submit("Name it")


class HappenedForm(forms.Form):
    """What shows that it has happened."""

    evidence = forms.text("What shows that it has happened?", hint="For example, HELA minutes of 9 May, item 4", limit=1000)
    save = forms.submit("Record that it has happened")


class TakenBackForm(forms.Form):
    """Why it is taken back."""

    reason = forms.text("Why is it taken back?", hint="For example, recorded for the wrong meeting", limit=1000)
    save = forms.submit("Take it back", warning=True)


@bp.route("/<uuid:campaign_id>/milestones", methods=["GET", "POST"])
def show(campaign_id: UUID) -> str | Response:
    """What there is, and a box for another."""
    form = MilestoneForm()
    with desk.reading() as session:
        campaign, found = campaign_plans.get(session, campaign_id), milestones.of(session, campaign_id)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.adding() as session:
                milestones.add(session, campaign_id, name=form.name.data or "", by=desk.current_officer(), at=desk.now())
            return desk.done("Named. Messages can wait for it, in these words.", "milestones.show", campaign_id=campaign_id)
    return render_template("milestones/show.html", form=form, campaign=campaign, milestones=found)


@bp.route("/milestones/<uuid:milestone_id>", methods=["GET", "POST"])
@for_writers
def reach(milestone_id: UUID) -> str | Response:
    """Record that it has happened."""
    form = HappenedForm()
    with desk.reading() as session:
        milestone = milestones.get(session, milestone_id)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                milestones.reach(session, milestone_id, evidence=form.evidence.data or "", by=desk.current_officer(), at=desk.now())
            sentence = f"Recorded: {milestone.name}. Messages that wait for it may be scheduled, and their drafters are told."
            return desk.done(sentence, "milestones.show", campaign_id=milestone.campaign_id)
    return render_template("milestones/reach.html", form=form, milestone=milestone)


@bp.route("/milestones/<uuid:milestone_id>/taking-back", methods=["GET", "POST"])
@for_writers
def take_back(milestone_id: UUID) -> str | Response:
    """Record that it has not happened after all."""
    form = TakenBackForm()
    with desk.reading() as session:
        milestone = milestones.get(session, milestone_id)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                milestones.take_back(session, milestone_id, reason=form.reason.data or "", by=desk.current_officer(), at=desk.now())
            sentence = f"Taken back: {milestone.name}. Messages wait for it again."
            return desk.done(sentence, "milestones.show", campaign_id=milestone.campaign_id)
    return render_template("milestones/take_back.html", form=form, milestone=milestone)
