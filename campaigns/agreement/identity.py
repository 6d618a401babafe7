"""How a signer was identified: checked by whoever was there, kept so that others can check it again, and good for one signature.

*passkey*: a WebAuthn assertion over the signed bytes. *password*: a password and a code, entered again; weaker, recorded as such, and only
while a party's roster allows it. *software*: an assertion by a program's key, in databases made for tests and rehearsals alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from campaigns.agreement import keyrings, nonces, passkeys
from campaigns.agreement.passkeys import Assertion, Word
from campaigns.agreement.rosters import Member, Roster
from campaigns.foundation import stamps
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

FRESH = timedelta(minutes=5)
METHODS = frozenset({"passkey", "password", "software"})


class CodesSetUp(Event):
    """An officer set up the app that shows codes, or another one."""


@dataclass(frozen=True)
class Evidence:
    """How the signer was identified, and when. The `detail` of a passkey is its assertion (see passkeys.Assertion)."""

    method: str
    checked_at: datetime
    detail: dict[str, str] = field(default_factory=dict)


class Signed(SQLModel):
    """What every signature records, on a release or on a roster: who, for which party, how, when; never changed."""

    party: str
    officer_id: UUID
    officer_name: str
    method: str
    evidence: dict[str, Any] = Field(sa_type=sa.JSON, nullable=False)
    at: datetime


def signed_by(given: Evidence, *, by: Officer, at: datetime) -> dict[str, Any]:
    """What a signature's row records of evidence that was admitted."""
    whose = {"party": str(by.party), "officer_id": by.id, "officer_name": by.name}
    return {**whose, "method": given.method, "evidence": given.detail, "at": at}


def admit(session: Session, given: Evidence, roster: Roster, *, tag: bytes, body: bytes, digest: str, by: Officer, at: datetime) -> None:
    """Take fresh evidence that `by` means to sign `body` (whose digest it is), once.

    Refuses what is old or of an unknown kind, a method the roster or this database does not allow, a passkey that does not verify, was used
    for this before, or counts backwards.
    """
    if given.method not in METHODS or not timedelta(0) <= at - given.checked_at <= FRESH:
        raise NotAllowedNow("Your identity was not checked for this signature just now. Sign again.")
    if given.method == "software" and not stamps.is_test(session):
        raise NotYours("A software key cannot sign here.")
    member = _member(roster, by.id, str(by.party), by.name)
    if given.method == "password":
        return _refuse_password(roster, member.party)
    assertion = _assertion(given.detail)
    word = _verified(assertion, member, given.method, roster, tag=tag, body=body, at=at)
    nonces.spend(session, assertion.nonce, purpose=tag, digest=digest, by=by, at=at)
    return keyrings.used(session, assertion.credential, word)


def judge(rosters: Sequence[Roster], given: Evidence, *, by: Officer) -> Roster:
    """The first of these rosters that knows what was signed with, else the first: a key that left a ring is a key of the old roster alone."""
    return next((one for one in rosters if _knows(one, given, by)), rosters[0])


def holds(signed: Signed, roster: Roster, *, tag: bytes, body: bytes) -> Member:
    """Check a signature again from what was stored: a member of the roster gave it, for their party, over these bytes; gives the member."""
    member = _member(roster, signed.officer_id, signed.party, signed.officer_name)
    if signed.method == "password":
        _refuse_password(roster, signed.party)
    else:
        _verified(_assertion(signed.evidence), member, signed.method, roster, tag=tag, body=body, at=signed.at)
    return member


def _knows(roster: Roster, given: Evidence, by: Officer) -> bool:
    if given.method == "password":
        return by.party in roster.passwords
    member = roster.member(by.id)
    return member is not None and member.key(given.detail.get("credential", "")) is not None


def _member(roster: Roster, officer_id: UUID, party: str, name: str) -> Member:
    member = roster.member(officer_id)
    if member is None or member.party != party:
        raise NotYours(f"{name} is not in the roster of signatories for that party.")
    return member


def _refuse_password(roster: Roster, party: str) -> None:
    if party not in roster.passwords:
        raise NotYours("The roster does not let this party sign with a password. Sign with a passkey.")


def _verified(assertion: Assertion, member: Member, method: str, roster: Roster, *, tag: bytes, body: bytes, at: datetime) -> Word:
    key = member.key(assertion.credential)
    if key is None or key.software != (method == "software"):
        raise NotYours(f"The roster does not list this passkey for {member.post}.")
    if not timedelta(0) <= at - _asked_at(assertion) <= FRESH:
        raise NotYours("The signature was not given within five minutes of being asked for. Sign again.")
    return passkeys.verify(assertion, tag=tag, body=body, cose=key.cose, site=roster.site)


def _asked_at(assertion: Assertion) -> datetime:
    try:
        return nonces.issued_at(assertion.nonce)
    except (ValueError, OverflowError, OSError):
        raise NotYours("This signature does not say when it was asked for.") from None


def _assertion(stored: Any) -> Assertion:
    """From what is stored, which may be anything once somebody was at the database."""
    try:
        return Assertion(**{name: str(stored[name]) for name in Assertion.__dataclass_fields__})
    except (KeyError, TypeError):
        raise NotYours("This signature holds no passkey's assertion.") from None
