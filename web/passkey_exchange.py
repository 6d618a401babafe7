"""What passes between a page and a passkey: the question a browser puts to it, and its answer as evidence.

The page asks for a fresh nonce each time the button is pressed, so that a page may stay open for hours and lose nothing. The challenge is
made from the stored bytes, never from what the form says.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from pydantic import BaseModel, Field, ValidationError
from sqlmodel import Session

from campaigns.agreement import nonces, passkeys
from campaigns.agreement.identity import Evidence
from campaigns.agreement.keyrings import Credential
from campaigns.agreement.passkeys import Assertion, Site
from campaigns.agreement.rosters import Roster
from campaigns.foundation.errors import NotYours, Refused
from campaigns.foundation.officers import Officer
from web import desk, forms

NO_PASSKEY = "None of your passkeys is in the roster. Add one on the page “Your passkeys”; both parties then sign a new roster that lists it. Until then, sign with your password and a code if your party may."
TIMEOUT = 300_000  # milliseconds: as long as the nonce is good for


class PasskeyForm(forms.Form):
    """A signature by passkey: the nonce it was asked with, and the authenticator's answer, both filled in by the page's script."""

    digest = forms.hidden()
    nonce = forms.hidden()
    answer = forms.hidden()


class _Response(BaseModel):
    authenticator_data: str = Field(alias="authenticatorData")
    client_data: str = Field(alias="clientDataJSON")
    signature: str


class _Answer(BaseModel):
    id: str
    response: _Response


def site() -> Site:
    """Where this installation's passkeys are used."""
    return Site.of(desk.settings().base_url)


def question(session: Session, *, tag: bytes, body: bytes, digest: str, rosters: Sequence[Roster]) -> Response:
    """What the browser puts to one of the officer's passkeys in these rosters: over these bytes, for this purpose, with a nonce of now."""
    officer = desk.current_officer()
    nonce = nonces.issue(session, purpose=tag, digest=digest, by=officer, at=desk.now())
    if not (keys := keys_of(officer, rosters)):
        raise NotYours(NO_PASSKEY)
    challenge = passkeys.encode(passkeys.challenge(tag, body, passkeys.decode(nonce)))
    return answer({"nonce": nonce, "challenge": challenge, "rpId": rosters[0].rp_id, "allowCredentials": keys, "timeout": TIMEOUT})


def keys_of(officer: Officer, rosters: Sequence[Roster]) -> list[str]:
    """The ids of the passkeys that these rosters list for an officer."""
    members = [member for roster in rosters if (member := roster.member(officer.id))]
    return sorted({key.id for member in members for key in member.keys})


def evidence(session: Session, form: PasskeyForm, rosters: Sequence[Roster]) -> Evidence:
    """The page's answer as evidence; whether it holds is for the step to say. Refuses what no passkey gives, and somebody who has none."""
    try:
        given = _Answer.model_validate_json(form.answer.data or "")
        issued = nonces.issued_at(form.nonce.data or "")
    except (ValidationError, ValueError, OverflowError):
        if not keys_of(desk.current_officer(), rosters):
            raise NotYours(NO_PASSKEY) from None
        raise Refused("No passkey was used. Press the button again, and use one of your passkeys.") from None
    assertion = Assertion(
        given.id, form.nonce.data or "", given.response.authenticator_data, given.response.client_data, given.response.signature
    )
    known = session.get(Credential, given.id)
    return Evidence("software" if known and known.software else "passkey", max(issued, desk.now() - nonces.LASTS), assertion.to_dict())


def answer(words: dict[str, Any]) -> Response:
    """A small JSON answer that nobody keeps."""
    response = jsonify(words)
    response.headers["Cache-Control"] = "no-store"
    return response
