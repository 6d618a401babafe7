"""Your passkeys: add one, stop using one, and, while your party still signs with passwords, set up the app that gives codes."""

from flask import Blueprint, Response, render_template, session
from werkzeug.wrappers import Response as AnyResponse

from campaigns.agreement import keyrings, nonces, passkeys, roster_changes, standing
from campaigns.foundation.errors import Refused
from web import accounts, codes, desk, forms, passkey_exchange, refusals
from web.accounts import Account
from web.guards import for_signatories

bp = Blueprint("keys", __name__, url_prefix="/passkeys")

OFFERED = "app_offered"  # in the session: the secret of an app that is being set up, and whose it is


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

    code = forms.text("The code the app shows", needed="Enter the six figures the app shows", limit=10)
    submit = forms.submit("Save")


class OtherAppForm(CodesForm):
    """The same where an app is set up already, with its password and code: else whoever knows the password could put their own app in its place."""

    password = forms.password("Your password, again", needed="Enter your password")
    old_code = forms.text("The code the app you have used until now shows", needed="Enter the code your old app shows", limit=10)


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
    with desk.writing() as writing:
        nonce = nonces.issue(writing, purpose=keyrings.ENROLMENT, digest="", by=officer, at=desk.now())
        known = [key.id for key in keyrings.of(writing, officer.id)]
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
        with refusals.ShownOn(form):
            with desk.writing() as writing:
                name, site = form.name.data or "", passkey_exchange.site()
                nonce, answer = form.nonce.data or "", form.answer.data or ""
                keyrings.enrol(writing, answer, nonce=nonce, name=name, site=site, by=desk.current_officer(), at=desk.now())
            return desk.done("Added. It can sign once both parties have signed a roster that lists it.", "keys.every")
    return _page(form)


@bp.post("/<key_id>/removal")
@for_signatories
def remove(key_id: str) -> AnyResponse:
    """Stop using one."""
    with desk.writing() as writing:
        keyrings.remove(writing, key_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Removed. It can still sign until a new roster is in force: put the next roster forward now.", "keys.every")


@bp.route("/codes", methods=["GET", "POST"])
@for_signatories
def set_up_codes() -> str | AnyResponse:
    """Set up the app that gives codes."""
    account = accounts.signed_in()
    form, secret = (OtherAppForm() if account.code_secret else CodesForm()), _offered(account)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            _set_up(account, secret, form)
            session.pop(OFFERED)
            return desk.done("Your app is set up.", "keys.every")
    return render_template("keys/codes.html", form=form, secret=secret, link=codes.address(secret, account.email))


def _offered(account: Account) -> str:
    """The secret that waits for this officer's new app: made here and kept in their signed session, so that no browser brings its own."""
    whose = str(account.officer_id)
    if session.get(OFFERED, {}).get("whose") != whose:
        session[OFFERED] = {"whose": whose, "secret": codes.new_secret()}
    return str(session[OFFERED]["secret"])


def _set_up(account: Account, secret: str, form: CodesForm) -> None:
    at, code = desk.now(), form.code.data or ""
    accounts.step_of_new_app(secret, code, at)  # a slip here should not cost a code of the old app
    if isinstance(form, OtherAppForm) and not accounts.is_themselves(
        account, password=form.password.data or "", code=form.old_code.data or ""
    ):
        raise Refused(accounts.NOT_THEMSELVES, field="password")
    with desk.writing() as writing:
        accounts.set_up_codes(writing, account, secret, code=code, by=desk.current_officer(), at=at)


def _page(form: EnrolmentForm) -> str:
    officer = desk.current_officer()
    with desk.reading() as reading:
        roster, suspension = standing.current(reading), roster_changes.suspensions(reading).get(officer.id)
        member = roster.member(officer.id) if roster else None
        may_be_listed = {key.id for key in keyrings.keys(reading, officer.id, since=suspension.at if suspension else None)}
        rows = [(key, bool(member and member.key(key.id)), key.id in may_be_listed) for key in keyrings.of(reading, officer.id)]
        passwords = bool(roster and officer.party in roster.passwords)
        has_codes = accounts.of_officer(reading, officer.id).code_secret is not None
    return render_template("keys/every.html", form=form, rows=rows, passwords=passwords, has_codes=has_codes)
