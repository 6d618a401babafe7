"""Signatures: who may give one, and the ones that stand.

A signature belongs to one release, one digest, one party and one person. Each guard of admission is one sentence. How the signer was
identified arrives as evidence from whoever checked it: a password entered again today, a passkey in the next issue.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, select

from campaigns.agreement import parties
from campaigns.foundation import stamps
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer

FRESH = timedelta(minutes=5)
METHODS = frozenset({"password", "software"})  # "software": keys of tests and rehearsals, only in a database stamped for them


@dataclass(frozen=True)
class Evidence:
    """How the signer was identified, by whom it was checked, and when."""

    method: str
    checked_at: datetime
    detail: dict[str, str] = field(default_factory=dict)


class Signature(SQLModel, table=True):
    """One party's signature on one release; never changed. Void when the release is returned, replaced or withdrawn."""

    __tablename__ = "signatures"
    __table_args__ = (
        sa.UniqueConstraint("release_id", "party", name="uq_signatures_release_party"),
        sa.UniqueConstraint("release_id", "officer_id", name="uq_signatures_release_officer"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    release_id: UUID = Field(foreign_key="releases.id", index=True)
    party: str
    officer_id: UUID
    officer_name: str
    digest: str
    method: str
    evidence: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    at: datetime


@dataclass(frozen=True)
class Request:
    """Everything admission looks at."""

    session: Session
    state: str
    standing: list[Signature]
    editors: set[UUID]
    evidence: Evidence
    by: Officer
    at: datetime


def admit(session: Session, release_id: UUID, state: str, editors: set[UUID], evidence: Evidence, *, by: Officer, at: datetime) -> None:
    """Refuse, guard by guard, whoever may not sign this release."""
    request = Request(session, state, given(session, release_id), editors, evidence, by, at)
    for guard in ADMISSION:
        guard(request)


def the_release_is_waiting_for_signatures(request: Request) -> None:
    """A release is signed between its sealing and its schedule."""
    if request.state != "sealed":
        raise NotAllowedNow(f"This release is {request.state}; it is not waiting for signatures.")


def the_signer_is_a_signatory_of_a_party(request: Request) -> None:
    """Drafters, observers and administrators sign nothing."""
    codes = {party.code for party in parties.required(request.session)}
    if request.by.duty != "signatory" or request.by.party not in codes:
        raise NotYours("Only a signatory of HSE or LACoRS can sign.")


def the_signer_changed_none_of_the_words(request: Request) -> None:
    """Nobody agrees to their own words on their party's behalf."""
    if request.by.id in request.editors:
        raise NotYours("You wrote some of these words, so another signatory of your party must sign.")


def the_party_has_not_signed_yet(request: Request) -> None:
    """One signature a party."""
    if any(signature.party == request.by.party for signature in request.standing):
        raise NotAllowedNow("Your party has signed this already.")


def the_person_has_not_signed_yet(request: Request) -> None:
    """Somebody with posts in both bodies counts once."""
    if any(signature.officer_id == request.by.id for signature in request.standing):
        raise NotYours("You have signed this already; the other party's signature must be another person's.")


def the_evidence_is_fresh_and_of_a_known_kind(request: Request) -> None:
    """Who signs was identified for this act, minutes ago at most, by a method this installation knows."""
    if request.evidence.method not in METHODS or not timedelta(0) <= request.at - request.evidence.checked_at <= FRESH:
        raise NotAllowedNow("Your identity was not checked for this signature. Enter your password again.")


def software_keys_sign_only_rehearsals(request: Request) -> None:
    """Keys held by a program are for databases made by tests and rehearsals."""
    if request.evidence.method == "software" and not stamps.is_test(request.session):
        raise NotYours("A software key cannot sign here.")


ADMISSION: tuple[Callable[[Request], None], ...] = (
    the_release_is_waiting_for_signatures,
    the_signer_is_a_signatory_of_a_party,
    the_signer_changed_none_of_the_words,
    the_party_has_not_signed_yet,
    the_person_has_not_signed_yet,
    the_evidence_is_fresh_and_of_a_known_kind,
    software_keys_sign_only_rehearsals,
)


def add(session: Session, release_id: UUID, *, digest: str, evidence: Evidence, by: Officer, at: datetime) -> None:
    """Write the signature down. Whoever calls has admitted the signer."""
    detail = {**evidence.detail, "checked_at": evidence.checked_at.isoformat()}
    row = Signature(
        release_id=release_id,
        party=str(by.party),
        officer_id=by.id,
        officer_name=by.name,
        digest=digest,
        method=evidence.method,
        evidence=detail,
        at=at,
    )
    session.add(row)
    session.flush()


def given(session: Session, release_id: UUID) -> list[Signature]:
    """Every signature given on a release, in order."""
    return list(session.exec(select(Signature).where(Signature.release_id == release_id).order_by(Signature.at)))  # type: ignore[arg-type]


def standing(session: Session, release_id: UUID, digest: str | None) -> list[Signature]:
    """The signatures over exactly this digest."""
    return [signature for signature in given(session, release_id) if signature.digest == digest]
