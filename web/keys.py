"""Your passkeys: add one, stop using one, and, while your party still signs with passwords, set up the app that gives codes."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns.agreement import keyrings, nonces, passkeys, roster_changes, standing
from campaigns.foundation.errors import Refused
from web import accounts, codes, desk, forms, passkey_exchange, refusals
from web.guards import for_signatories

bp = Blueprint("keys", __name__, url_prefix="/passkeys")


class EnrolmentForm(forms.Form):
    """What the key is called, and what it answered."""

    name = forms.text(
        "What will you call it?",
        needed="Give the passkey a name",
        hint="For example, Blue key, or This laptop.",
        limit=keyrings.LONGEST_NAME,
    )
    nonce = forms.hidden()
    answer = forms.hidden()


class CodesForm(forms.Form):
    """A code, to show that the app has the secret."""

    secret = forms.hidden()
    code = forms.text("The code the app shows", needed="Enter the six figures the app shows", limit=10)
    submit = forms.submit("Save")


@bp.get("/")
@for_signatories
def every() -> str:
    """Your keys, and which of them the roster lists."""
    return _page(EnrolmentForm(formdata=None))


@bp.post("/challenge")
@for_signatories
def challenge() -> Response:
    """What the browser asks a new passkey."""
    officer, site = desk.current_officer(), passkey_exchange.site()
    with desk.writing() as session:
        nonce = nonces.issue(session, purpose=keyrings.ENROLMENT, digest="", by=officer, at=desk.now())
        known = [key.id for key in keyrings.of(session, officer.id)]
    return passkey_exchange.answer(
        {
            "nonce": nonce,
            "challenge": nonce,
            "rpId": site.rp_id,
            "rpName": "LOPP communications",
            "userId": passkeys.encode(officer.id.bytes),
            "userName": officer.name,
            "algorithms": sorted(passkeys.ALGORITHMS, reverse=True),
            "exclude": known,
            "timeout": passkey_exchange.TIMEOUT,
        }
    )


@bp.post("/")
@for_signatories
def enrol() -> str | AnyResponse:
    """Add the passkey that answered."""
    form = EnrolmentForm()
    if form.validate_on_submit():
        try:
            with desk.writing() as session:
                name, site = form.name.data or "", passkey_exchange.site()
                nonce, answer = form.nonce.data or "", form.answer.data or ""
                keyrings.enrol(session, answer, nonce=nonce, name=name, site=site, by=desk.current_officer(), at=desk.now())
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            flash("Added. It can sign once both parties have signed a roster that lists it.", "success")
            return redirect(url_for("keys.every"))
    return _page(form)


@bp.post("/<key_id>/removal")
@for_signatories
def remove(key_id: str) -> AnyResponse:
    """Stop using one."""
    with desk.writing() as session:
        keyrings.remove(session, key_id, by=desk.current_officer(), at=desk.now())
    flash("Removed. It signs until the next roster, which will not list it: put that one forward now.", "success")
    return redirect(url_for("keys.every"))


@bp.route("/codes", methods=["GET", "POST"])
@for_signatories
def set_up_codes() -> str | AnyResponse:
    """Set up the app that gives codes."""
    form = CodesForm()
    if form.validate_on_submit():
        try:
            with desk.writing() as session:
                secret, code = form.secret.data or codes.new_secret(), form.code.data or ""
                accounts.set_up_codes(session, accounts.signed_in(), secret, code=code, at=desk.now())
        except Refused as refusal:
            refusals.show_on(form, refusal)
        else:
            flash("Your app is set up.", "success")
            return redirect(url_for("keys.every"))
    form.secret.data = form.secret.data or codes.new_secret()
    link = codes.address(form.secret.data, accounts.signed_in().email)
    return render_template("keys/codes.html", form=form, link=link)


def _page(form: EnrolmentForm) -> str:
    officer = desk.current_officer()
    with desk.reading() as session:
        roster, suspension = standing.current(session), roster_changes.suspensions(session).get(officer.id)
        member = roster.member(officer.id) if roster else None
        may_be_listed = {key.id for key in keyrings.keys(session, officer.id, since=suspension.at if suspension else None)}
        rows = [(key, bool(member and member.key(key.id)), key.id in may_be_listed) for key in keyrings.of(session, officer.id)]
        passwords = bool(roster and officer.party in roster.passwords)
        has_codes = accounts.of_officer(session, officer.id).code_secret is not None
    return render_template("keys/every.html", form=form, rows=rows, passwords=passwords, has_codes=has_codes)
