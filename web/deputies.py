"""Naming a deputy: somebody of the same party who signs for a while, for one campaign or all. Both parties sign the roster that says so."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from campaigns.agreement import candidates, roster_changes, rosters, standing
from campaigns.foundation import clock, sightings
from campaigns.planning import campaign_plans
from web import desk, forms, passkey_exchange, refusals
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("deputies", __name__, url_prefix="/signatories/deputy")

EVERY = ""


class DeputyForm(forms.Form):
    """Who stands in, until when, for what."""

    officer = forms.one_of("Who stands in?", hint="Somebody whose duty it is to sign for your party, and who does not sign yet.")
    ends = forms.day("Until the end of", needed="Enter the last day")
    campaign = forms.one_of("For which campaign?")
    seen = forms.hidden()  # the roster that waited when the page was opened
    submit = forms.submit("Put this forward")


@bp.route("/", methods=["GET", "POST"])
@for_writers
def appoint() -> str | Response | Answer:
    """Put a roster forward in which somebody is a deputy."""
    form = DeputyForm()
    with desk.reading() as session:
        able = candidates.who_may_stand_in(session, str(desk.current_officer().party))
        plans, waiting = campaign_plans.every(session), rosters.proposed(session)
    forms.offer(form.officer, [(str(one.id), one.name) for one in able])
    forms.offer(form.campaign, [(EVERY, "All campaigns"), *((str(plan.id), plan.name) for plan in plans)])
    if request.method == "GET":
        form.seen.data = sightings.of(rosters.shown(waiting))
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            _put_forward(form)
            return desk.done("Put forward. It comes into force once a signatory of each party has signed it.", "signatories.show")
    return render_template("signatories/deputy.html", form=form, able=able, waiting=waiting, others=shown.others), shown.status


def _put_forward(form: DeputyForm) -> None:
    ends = datetime.combine(form.ends.data, time(23, 59), clock.LONDON)
    scope = [UUID(form.campaign.data)] if form.campaign.data else []
    with desk.writing() as session:
        deputy = candidates.deputy(session, UUID(form.officer.data), ends=ends, campaigns=scope, at=desk.now())
        members = [*(one for one in candidates.listed(session) if one.officer != deputy.officer), deputy]
        passwords = standing.chain(session).current.passwords
        said: dict[str, Any] = {"members": members, "passwords": passwords, "seen": form.seen.data}
        roster_changes.propose(session, **said, site=passkey_exchange.site(), by=desk.current_officer(), at=desk.now())
