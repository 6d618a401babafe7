"""Officers: who may act, for whom, and since when. Administrators invite and see people off; a new officer chooses a password here."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask_security import login_user
from werkzeug.wrappers import Response
from wtforms import PasswordField, ValidationError

from campaigns.foundation import officers
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import DUTIES
from web import account_letters, accounts, desk, forms, refusals
from web.accounts import NOT_THE_SAME, SHORTEST_PASSWORD, TOO_SHORT
from web.guards import for_administrators

bp = Blueprint("officers", __name__)

PARTIES = [("hse", "HSE"), ("lacors", "LACoRS")]
DUTY_CHOICES = [(duty, f"{duty.capitalize()}: {what}") for duty, what in DUTIES.items()]


class InvitationForm(forms.Form):
    """Who is invited, and to do what."""

    name = forms.text(
        "Post", needed="Enter the post this person holds", hint="For example, Drafter, LOPP team (HSE). Shown wherever they act.", limit=120
    )
    email = forms.email("E-mail address", needed="Enter their e-mail address")
    duty = forms.choice("Duty", DUTY_CHOICES, needed="Choose a duty")
    party = forms.choice(
        "Acts for", [*PARTIES, ("", "Neither (observers and administrators)")], needed="Choose the party this person acts for"
    )
    submit = forms.submit("Send the invitation")


class FirstPasswordForm(forms.Form):
    """A password, twice."""

    password = forms.password(
        "Password", needed="Choose a password", hint=f"At least {SHORTEST_PASSWORD} characters. Three random words do well.", new=True
    )
    again = forms.password("Password again", needed="Enter the password again", new=True)
    submit = forms.submit("Save and sign in")

    def validate_password(self, field: PasswordField) -> None:
        """Long enough to be worth guessing at."""
        if len(field.data or "") < SHORTEST_PASSWORD:
            raise ValidationError(TOO_SHORT)

    def validate_again(self, field: PasswordField) -> None:
        """Typed the same both times."""
        if field.data != self.password.data:
            raise ValidationError(NOT_THE_SAME)


@bp.get("/officers")
@for_administrators
def every() -> str:
    """The list, with what can be done about each."""
    with desk.reading() as session:
        accounts_of = {account.officer_id: account for account in accounts.everyone(session)}
        rows = [(record, accounts_of.get(record.id)) for record in officers.everyone(session)]
        return render_template("accounts/officers.html", rows=rows, alone=officers.alone(session), parties=dict(PARTIES), now=desk.now())


@bp.route("/officers/invite", methods=["GET", "POST"])
@for_administrators
def invite() -> str | Response:
    """Give somebody a duty, and a link to choose a password."""
    form = InvitationForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            _invite(form)
            return desk.done(f"An invitation is on its way to {form.email.data}.", "officers.every")
    return render_template("accounts/invite.html", form=form)


@bp.post("/officers/<uuid:officer_id>/invitation")
@for_administrators
def invite_again(officer_id: UUID) -> Response:
    """Send a new link; the old one stays good until one of them is used."""
    with desk.writing() as session:
        officer = officers.get(session, officer_id)
        account = accounts.of_officer(session, officer_id)
        if account.password is not None:
            raise Refused(f"{officer.name} has chosen a password already. They can ask for a new one on the sign-in page.")
        account_letters.invite(session, account, officer, by=desk.current_officer().name, at=desk.now())
    return desk.done(f"A new invitation is on its way to {account.email}.", "officers.every")


@bp.route("/officers/<uuid:officer_id>/leaving", methods=["GET", "POST"])
@for_administrators
def leaving(officer_id: UUID) -> str | Response:
    """Ask once, then end an account and every session it has."""
    form = forms.Form()
    if form.validate_on_submit():
        with desk.writing() as session:
            name = officers.get(session, officer_id).name
            accounts.close_for_good(session, officer_id, by=desk.current_officer(), at=desk.now())
        return desk.done(f"{name} can no longer sign in. What they signed before stays valid.", "officers.every")
    with desk.reading() as session:
        leaver = officers.get(session, officer_id)
        why_not = officers.only_one(leaver.name) if leaver.id == officers.alone(session) else ""
        return render_template("accounts/leaving.html", form=form, leaver=leaver, why_not=why_not)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> str | Response:
    """The invited person chooses a password, and is signed in."""
    with desk.reading() as session:
        account = account_letters.invited(session, token, at=desk.now())
        name = officers.get(session, account.officer_id).name
    form = FirstPasswordForm()
    if form.validate_on_submit():
        with desk.writing() as session:
            account = account_letters.invited(session, token, lock=True, at=desk.now())  # the link is good once
            accounts.choose_password(session, account, form.password.data)
            accounts.signed_in_now(account, at=desk.now())
        login_user(account)
        return redirect("/")
    return render_template("accounts/accept.html", form=form, name=name)


def _invite(form: InvitationForm) -> None:
    by, at = desk.current_officer().name, desk.now()
    with desk.writing() as session:
        officer = officers.add(
            session, name=form.name.data, party=form.party.data or None, duty=form.duty.data, email=form.email.data, by=by, at=at
        )
        account = accounts.add(session, officer, email=form.email.data, at=at)
        account_letters.invite(session, account, officer, by=by, at=at)
