"""Campaigns: a name and the objective it serves, to which every message and briefing belongs."""

from collections import Counter

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from campaigns.drafting import messages
from campaigns.planning import campaign_plans
from web import desk, forms, refusals
from web.guards import for_writers

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")


class CampaignForm(forms.Form):
    """A name and an objective."""

    name = forms.text("Name", hint="For example, Revitalise LOPP communications", limit=1000)
    objective = forms.long_text(
        "What it is for", hint="What will be different when it has worked. Success is measured against this.", rows=4
    )
    submit = forms.submit("Begin the campaign")


@bp.get("/")
def every() -> str:
    """All campaigns with how many messages each has."""
    with desk.reading() as session:
        number = Counter(message.campaign_id for message in messages.every(session))
        return render_template("plans/list.html", plans=[(plan, number[plan.id]) for plan in campaign_plans.every(session)])


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def new() -> str | Response:
    """Set one up."""
    form = CampaignForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.adding() as session:
                plan = {"name": form.name.data or "", "objective": form.objective.data or ""}
                campaign_plans.begin(session, **plan, by=desk.current_officer(), at=desk.now())
            return desk.done(f"The campaign “{form.name.data}” is set up. Write its first message.", "messages.new")
    return render_template("plans/new.html", form=form)
