"""Signatories: the roster in force, the next one that waits for both parties' signatures, and what an officer may do about either."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import candidates, keyrings, parties, passkeys, roster_changes, rosters, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.roster_changes import Suspension
from campaigns.agreement.rosters import Roster, RosterVersion
from campaigns.agreement.standing import RosterSignature
from campaigns.foundation import officers, sightings
from campaigns.foundation.errors import NotFound, Refused
from campaigns.foundation.officers import WRITERS
from web import accounts, demo_posts, desk, forms, passkey_exchange, refusals, roster_differences
from web.guards import for_signatories, for_writers
from web.messages import ReasonForm
from web.passkey_exchange import PasskeyForm
from web.refusals import Answer
from web.words import when

bp = Blueprint("signatories", __name__, url_prefix="/signatories")

ANOTHER = "Another roster waits now than the one you read. Read what it would change before you sign"
NO_MORE = "The roster you read waits for signatures no more"


class PasswordForm(forms.Form):
    """A signature by the weaker way: a password and a code, entered again."""

    digest = forms.hidden()
    password = forms.password("Your password, again", needed="Enter your password to sign")
    code = forms.text("The code your app shows", needed="Enter the code your app shows", limit=10)


class NextForm(forms.Form):
    """Which parties may still sign with a password and a code."""

    passwords = forms.ticks(
        "Who may also sign with a password and a code?", hint="Leave empty where everybody has a passkey: passwords are weaker."
    )
    deputies = forms.ticks(
        "Which deputies are signatories from then on?", hint="For every campaign, and without an end. The others stay deputies."
    )
    seen = forms.hidden()  # the version that waited when the page was opened
    submit = forms.submit("Put the next roster forward")


@dataclass(frozen=True)
class Waiting:
    """The version that waits, what it would change, who has signed it, and how this officer may."""

    row: RosterVersion
    changes: list[str]
    signed: list[RosterSignature]
    may_sign: bool
    has_passkey: bool
    may_use_password: bool


@bp.get("/")
def show() -> str:
    """The roster in force and the one that waits."""
    return _page(PasswordForm(formdata=None))


@bp.post("/next")
@for_writers
def put_forward() -> str | Response | Answer:
    """Put the next version forward: everybody whose duty it is to sign, with the passkeys they have today."""
    with desk.reading() as session:
        form = _offered(session, NextForm())
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            with desk.writing() as session:
                members = candidates.listed(
                    session, as_signatories=[UUID(one) for one in form.deputies.data or []] if form.deputies else ()
                )
                said: dict[str, Any] = {"members": members, "passwords": form.passwords.data or [], "seen": form.seen.data}
                roster_changes.propose(session, **said, site=passkey_exchange.site(), by=desk.current_officer(), at=desk.now())
            return _done("It comes into force once a signatory of each party has signed it.")
    return _page(PasswordForm(formdata=None), form, shown.others), shown.status


@bp.post("/challenge")
@for_signatories
def challenge() -> Response:
    """What the browser puts to a passkey to sign the version that waits."""
    with desk.writing() as session:
        row, judges = _waiting_row(session), _judges(session)
        return passkey_exchange.question(session, tag=passkeys.ROSTER, body=row.document, digest=row.fingerprint, rosters=judges)


@bp.post("/signature")
@for_signatories
def sign() -> str | Response:
    """Sign the version that waits, with a passkey."""
    form = PasskeyForm()
    return _sign(form.digest.data or "", lambda session: passkey_exchange.evidence(session, form, _judges(session)))


@bp.post("/signature-by-password")
@for_signatories
def sign_by_password() -> str | Response:
    """The same, the weaker way."""
    form, at = PasswordForm(), desk.now()
    if not form.validate_on_submit():
        return _page(form)
    account, code = accounts.signed_in(), form.code.data or ""
    matches, evidence = accounts.matches(account, form.password.data or ""), Evidence("password", at, {"account": account.email})
    return _sign(
        form.digest.data or "",
        lambda session: evidence if accounts.entered(session, account, matches=matches, code=code) else None,
    )


@bp.post("/taking-back")
@for_writers
def take_back() -> Response:
    """Withdraw the version that waits."""
    with desk.writing() as session:
        roster_changes.take_back(session, seen=request.form.get("digest", ""), by=desk.current_officer(), at=desk.now())
    return _done("Taken back. The roster in force stays as it is.")


@bp.route("/<uuid:officer_id>/suspension", methods=["GET", "POST"])
@for_writers
def suspend(officer_id: UUID) -> str | Response:
    """Say that somebody's passkeys may be in other hands."""
    form = ReasonForm()
    with desk.reading() as session:
        member, held = standing.chain(session).current.member(officer_id), roster_changes.suspended(session).get(officer_id)
    if member is None:
        raise NotFound(roster_changes.NOT_IN_IT)
    if not held and form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                roster_changes.suspend(session, officer_id, reason=form.reason.data or "", by=desk.current_officer(), at=desk.now())
            return _done(
                "Suspended. What they signed is held if it is going out, and goes back to be signed anew if it has not begun; a roster waiting for signatures is taken back."
            )
    return render_template("signatories/suspend.html", form=form, member=member, held=held)


def _sign(seen: str, evidence: Callable[[Session], Evidence | None]) -> str | Response:
    """Sign; a form posted twice is recorded once. Where there is no evidence, as the password or the code is wrong, that alone is kept."""
    with desk.writing() as session:
        waiting = rosters.proposed(session, lock=True)  # of two who post at once, the second finds what the first did
        by, at = desk.current_officer(), desk.now()
        signed = any(one.officer_id == by.id for one in standing.signatures(session, seen))
        signed = signed and (_is_in_force(session, seen) or (waiting is not None and waiting.fingerprint == seen))
        if not signed and (given := evidence(session)):
            roster_changes.sign(session, seen=seen, evidence=given, by=by, at=at)
            signed = True
        stands = _is_in_force(session, seen)
    if not signed:
        form = PasswordForm(formdata=None, data={"digest": seen})
        refusals.show_on(form, Refused(accounts.NOT_THEMSELVES, field="password"))
        return _page(form)
    return _done("Both parties have signed: this roster is in force." if stands else "You have signed it. It waits for the others.")


def _is_in_force(session: Session, fingerprint: str) -> bool:
    roster = standing.current(session)
    return roster is not None and rosters.fingerprint(roster) == fingerprint


def _page(form: PasswordForm, next_form: NextForm | None = None, others: Sequence[str] = ()) -> str:
    with desk.reading() as session:
        roster = standing.current(session)
        suspended: dict[UUID, Suspension] = roster_changes.suspended(session) if roster else {}
        waiting = _waiting(session, roster, suspended)
        left_out = candidates.left_out(session)
        named = parties.required(session)
        if next_form is None:
            next_form = _offered(session, NextForm(formdata=None))
            next_form.passwords.data = roster.passwords if roster else None
            next_form.seen.data = sightings.of(rosters.shown(waiting.row if waiting else None))
        here = {record.id for party in named for record in officers.signatories(session, party.code)}
    seen, form.digest.data = form.digest.data, waiting.row.fingerprint if waiting else ""
    if seen and seen != form.digest.data:  # of a form sent back with a wrong password: what they read is not what they would sign now
        form.form_errors.append(ANOTHER if waiting else NO_MORE)
    return render_template(
        "signatories/show.html",
        form=form,
        next_form=next_form,
        others=others,
        roster=roster,
        fingerprint=rosters.fingerprint(roster) if roster else "",
        waiting=waiting,
        suspended=suspended,
        left_out=left_out,
        here=here,
        parties=named,
        may_write=desk.current_officer().duty in WRITERS,
        hint=demo_posts.code_hint(accounts.signed_in().code_step, desk.now()),
    )


def _waiting(session: Session, roster: Roster | None, suspended: dict[UUID, Suspension]) -> Waiting | None:
    row, officer = rosters.proposed(session), desk.current_officer()
    if row is None:
        return None
    signed = standing.signatures(session, row.fingerprint)
    has_signed = any(one.officer_id == officer.id for one in signed)
    try:
        judges = roster_changes.judges(session, row.read(), officer)
    except Refused:
        judges = []
    may_sign = bool(judges) and not has_signed and officer.id not in suspended
    called = {key.id: f"“{key.name}”, added on {when(key.enrolled_at)}" for key in keyrings.every(session)}
    absent = {one: held for one, held in roster_changes.suspensions(session).items() if not (roster and roster.member(one))}
    again = {one: held.reason for one, held in (absent | suspended).items()}
    changes = roster_differences.sentences(roster, row.read(), called, again)
    has_passkey = bool(passkey_exchange.keys_of(officer, judges))
    return Waiting(row, changes, signed, may_sign, has_passkey, may_sign and any(officer.party in one.passwords for one in judges))


def _waiting_row(session: Session) -> RosterVersion:
    row = rosters.proposed(session)
    if row is None:
        raise NotFound("No roster waits for signatures.")
    return row


def _judges(session: Session) -> list[Roster]:
    """The rosters that say with which keys this officer may sign the version that waits."""
    return roster_changes.judges(session, _waiting_row(session).read(), desk.current_officer())


def _offered(session: Session, form: NextForm) -> NextForm:
    """The form with the parties, and with the deputies, where there are any."""
    forms.offer(form.passwords, [(party.code, party.name) for party in parties.required(session)])
    if found := candidates.deputies(session):
        forms.offer(form.deputies, [(str(member.officer), member.post) for member in found])
    else:
        del form.deputies
    return form


def _done(sentence: str) -> Response:
    return desk.done(sentence, "signatories.show")
