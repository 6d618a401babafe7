"""Read and sign: exactly what would be sent, and then one decision. What is shown comes from the sealed bytes, not from the draft."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import outlooks
from campaigns.agreement import manifest, parties, passkeys, readers, releases, signatures, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.manifest import Accepted
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.agreement.rosters import Roster
from campaigns.drafting import enclosures, letters
from campaigns.drafting.letters import Opened
from campaigns.foundation.errors import NotFound, Refused, Stale
from campaigns.foundation.officers import Officer
from web import accounts, comparisons, demo_posts, desk, loads, passkey_exchange, readership, refusals
from web import releases as release_pages
from web.differences import Change
from web.guards import for_signatories
from web.passkey_exchange import PasskeyForm
from web.signatories import PasswordForm

bp = Blueprint("signing", __name__, url_prefix="/releases/<uuid:release_id>")


@dataclass(frozen=True)
class Variant:
    """One audience's sealed letter, as one of its readers gets it."""

    audience: str
    name: str
    count: int
    reader: Reader
    opened: Opened
    source: str


@bp.get("/sign")
def read(release_id: UUID) -> str | Response:
    """Everything that is hashed, then two equal buttons for whoever may press them."""
    return _page(release_id, PasswordForm(formdata=None))


@bp.get("/sign/changes")
def changes(release_id: UUID) -> str:
    """What the page asks again and again while it is read: did the words change, and how."""
    with desk.reading() as session:
        release = releases.get(session, release_id)
        return render_template("releases/_changes.html", release=release, changes=_changes(session, release), reading=True)


@bp.post("/challenge")
@for_signatories
def challenge(release_id: UUID) -> Response:
    """What the browser puts to a passkey: over the stored bytes, if they are still the ones that were shown."""
    form = PasskeyForm()
    with desk.writing() as session:
        release, by, at = releases.get(session, release_id), desk.current_officer(), desk.now()
        releases.require_current(session, release, form.digest.data or "")
        request = releases.asked(session, release, by=by, at=at)
        signatures.admit(request)
        body, digest = release.manifest or b"", release.digest or ""
        return passkey_exchange.question(session, tag=passkeys.RELEASE, body=body, digest=digest, rosters=[request.roster])


@bp.post("/sign")
@for_signatories
def sign(release_id: UUID) -> str | Response | tuple[str, int]:
    """Sign for one's party with a passkey, over exactly the bytes that were shown."""
    form = PasskeyForm()
    return _sign(release_id, form.digest.data or "", lambda session: passkey_exchange.evidence(session, form, _rosters(session)))


@bp.post("/sign-by-password")
@for_signatories
def sign_by_password(release_id: UUID) -> str | Response | tuple[str, int]:
    """The same with a password and a code, the weaker way, while the party's roster allows it."""
    form, at = PasswordForm(), desk.now()
    if not form.validate_on_submit():
        with desk.reading() as session, refusals.ShownOn(form):  # all that is missing at once
            _require_ticks(releases.get(session, release_id))
        return _page(release_id, form)
    account = accounts.signed_in()
    matches, evidence = accounts.matches(account, form.password.data or ""), Evidence("password", at, {"account": account.email})
    code = form.code.data or ""
    return _sign(
        release_id,
        form.digest.data or "",
        lambda session: evidence if accounts.entered(session, account, matches=matches, code=code) else None,
    )


@bp.get("/letters/<audience>")
def letter(release_id: UUID, audience: str) -> Response:
    """One sealed letter's own HTML, for its frame."""
    with desk.reading() as session:
        release = releases.get(session, release_id)
        reader = readers.first(session, release_id, audience)
        if reader is None:
            raise NotFound("Nobody in this audience gets this message.")
        source = _letter(session, release, reader)
    return desk.framed(letters.open_letter(source).html)


def _sign(release_id: UUID, seen: str, evidence: Callable[[Session], Evidence | None]) -> Response | tuple[str, int]:
    """Sign, once the button was pressed. Where there is no evidence, as the password or the code is wrong, that alone is kept."""
    given: Evidence | None = None
    try:
        with desk.writing() as session:
            by, at = desk.current_officer(), desk.now()
            release = releases.get(session, release_id, lock=True)  # the same button pressed twice: the second waits, and finds the first
            releases.require_current(session, release, seen)
            if not (stands := _stands(session, release, by)):
                signatures.admit(releases.asked(session, release, by=by, at=at))
                _require_ticks(release)
                if given := evidence(session):
                    releases.sign(session, release_id, seen=seen, evidence=given, by=by, at=at)
    except Stale as refusal:
        return _stale(release_id, refusal)
    except Refused as refusal:
        return _again(release_id, refusal)
    return _signed(release_id) if stands or given else _again(release_id, Refused(accounts.NOT_THEMSELVES, field="password"))


def _stands(session: Session, release: Release, by: Officer) -> bool:
    """Whether this officer's signature already stands on these bytes: a form posted twice gets the same answer, and nothing more is recorded."""
    given = signatures.on(session, release.id, release.digest)
    return release.state == "sealed" and any((one.officer_id, one.party) == (by.id, by.party) for one in given)


def _again(release_id: UUID, refusal: Refused) -> Response | tuple[str, int]:
    """The same page with what was ticked and the reason on top: another press of the button asks with a fresh nonce."""
    form = PasswordForm(formdata=None)
    refusals.show_on(form, refusal)
    page = _page(release_id, form)
    return (page, refusals.status(refusal)) if isinstance(page, str) else page


def _page(release_id: UUID, form: PasswordForm) -> str | Response:
    with desk.reading() as session:
        view = release_pages.read(session, release_id)
        if view.said is None:
            return redirect(url_for("releases.show", release_id=release_id))
        # The page carries what it shows now; a form sent back with a wrong password keeps the digest its reader saw.
        form.digest.data = form.digest.data or view.release.digest
        page = {
            "view": view,
            "party": _party(session),
            "variants": _variants(session, view.release),
            "comparison": comparisons.with_agreed(session, view.release),
            "changes": _changes(session, view.release),
            "reading": False,
            "table": (table := readership.sealed(session, view.release)),
            "load": loads.warning(session, table.places, view.release.message_id) if view.release.state == "sealed" else "",
            "held": _held(session, view.release),
            "has_passkey": bool(passkey_exchange.keys_of(desk.current_officer(), _rosters(session))),
            "may_use_password": any(desk.current_officer().party in roster.passwords for roster in _rosters(session)),
            "accepted": _accepted(view.release),
            "choices": [(f"(({name}))", " or ".join(view.said.closed[name])) for name in sorted(view.said.closed)],
            "ticked": request.form.getlist("accepted"),
            "let_go_by": " or ".join(parties.name(session, code) for code in view.said.let_go_by),
        }
    hint = demo_posts.code_hint(accounts.signed_in().code_step, desk.now())
    return render_template("releases/sign.html", form=form, reason=release_pages.ReturnForm(formdata=None), hint=hint, **page)


def _held(session: Session, release: Release) -> list[str]:
    """Whom a quiet period keeps it from, while it is signed; later the first page says so."""
    blocked = outlooks.blocked(session, at=desk.now()) if release.state == "sealed" else []
    return [clash.said for clash, one in blocked if one.id == release.id]


def _changes(session: Session, release: Release) -> list[Change] | None:
    """How the words differ now; None while they are the ones that were submitted."""
    return None if releases.is_current(session, release) else comparisons.with_today(session, release)


def _require_ticks(release: Release) -> None:
    """Each finding that was accepted before it was submitted is accepted by the signer too, one by one."""
    wanted = {str(place) for place, _ in enumerate(_accepted(release))}
    if wanted - set(request.form.getlist("accepted")):
        raise Refused("Tick each thing that was found in the letters, or return the message with a reason. Nothing was signed.")


def _accepted(release: Release) -> list[Accepted]:
    said = releases.said(release)
    return [finding for finding in said.findings if finding.accepted_by] if said else []


def _rosters(session: Session) -> list[Roster]:
    """The one in force, if there is one."""
    roster = standing.current(session)
    return [roster] if roster else []


def _party(session: Session) -> str:
    party = desk.current_officer().party
    return parties.name(session, party) if party else ""


def _variants(session: Session, release: Release) -> list[Variant]:
    said, names = manifest.read(release.manifest or b""), readership.names(session)
    counted = {variant.audience: variant.readers for variant in said.variants if variant.readers}
    shown = {key: readers.first(session, release.id, key) for key in names if key in counted}
    return [_variant(session, release, key, names[key], counted[key], reader) for key, reader in shown.items() if reader]


def _variant(session: Session, release: Release, key: str, name: str, count: int, reader: Reader) -> Variant:
    source = _letter(session, release, reader)
    return Variant(key, name, count, reader, letters.open_letter(source), enclosures.abridged(source.decode("ascii")))


def _letter(session: Session, release: Release, reader: Reader) -> bytes:
    """Every byte for whoever may sign it; others read it without the links that would let them stop letters, or confirm, in the reader's name."""
    return readers.letter(session, release, reader, acts=desk.current_officer().duty == "signatory")


def _stale(release_id: UUID, refusal: Stale) -> tuple[str, int]:
    with desk.reading() as session:
        release = releases.get(session, release_id)
        changes = comparisons.with_today(session, release)
    return render_template("releases/stale.html", refusal=refusal, release=release, changes=changes), 409


def _signed(release_id: UUID) -> Response:
    with desk.reading() as session:
        release = releases.get(session, release_id)
        missing = [party.name for party in releases.missing(session, release)]
        party = _party(session)
    after = (
        f"Next, {missing[0]} reads it and signs or returns it."
        if missing
        else "Both parties have signed: an officer now chooses when it goes."
    )
    return desk.done(f"You have signed it for {party}. {after}", "releases.show", release_id=release_id)
