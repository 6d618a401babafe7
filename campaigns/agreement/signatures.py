"""Signatures: who may give one on a release, and the ones that stand.

A signature belongs to one release, one digest, one party and one person. Each guard of admission is one function with one refusal. How the signer was
identified arrives as evidence (see identity.py); it is verified here before it is kept, and by the gate each time it is asked.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import Field, Session, col, select

from campaigns.agreement import identity, passkeys, roster_changes
from campaigns.agreement.identity import Evidence, Signed
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.roster_changes import Suspension
from campaigns.agreement.rosters import Roster, RosterVersion
from campaigns.foundation import clock, lifecycles
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer, OfficerRecord


class Signature(Signed, table=True):
    """One person's signature on one release, under one version of the roster. Void when the release is returned, replaced or withdrawn."""

    __tablename__ = "signatures"
    __table_args__ = (sa.UniqueConstraint("release_id", "officer_id", name="uq_signatures_release_officer"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    release_id: UUID = Field(foreign_key="releases.id", index=True)
    digest: str
    roster: int


@dataclass(frozen=True)
class Request:
    """Everything admission looks at. `campaign` decides which deputies may sign; `roster` is the one in force at `at`; `standing`: signatures so far."""

    session: Session
    state: str
    said: Manifest
    campaign: UUID
    roster: Roster
    standing: list[Signature]
    editors: set[UUID]
    by: Officer
    at: datetime


def admit(request: Request) -> None:
    """Refuse, guard by guard, whoever may not sign this release."""
    for guard in ADMISSION:
        guard(request)


def the_release_is_waiting_for_signatures(request: Request) -> None:
    """A release can be signed once it is sealed and until it is scheduled, within the approval's life and before its latest time, as the gate wants it."""
    if request.state != "sealed":
        raise NotAllowedNow(f"This release {lifecycles.said(request.state)}; it is not waiting for signatures.")
    if request.at < request.said.sealed_at:  # the gate would never take such a signature, and its signer could not give another
        raise NotAllowedNow(
            f"Nothing was signed, because two clocks disagree: these pages say {clock.say(request.at)}, and the workers sealed this at {clock.say(request.said.sealed_at)}. Tell whoever runs Countersign, and sign once the clocks agree."
        )
    ends = request.said.sealed_at + timedelta(days=request.said.approval_days)
    # The clock may not have ended it yet, as no worker runs or the workers doubt the time.
    if request.at > ends or request.at >= request.said.latest_send:
        last = clock.say(min(ends, request.said.latest_send))
        raise NotAllowedNow(f"It had to be signed by {last}, so nothing was signed. Return it, and submit it again.")


def the_signer_has_not_left(request: Request) -> None:
    """The signer's duty and party are still what the officers' register says."""
    record = request.session.get(OfficerRecord, request.by.id)
    if record is None or not record.active or (record.duty, record.party) != (request.by.duty, request.by.party):
        raise NotYours("Your post here has ended or changed. Sign in again.")


def the_signer_stands_in_the_roster(request: Request) -> None:
    """Drafters, observers and administrators sign nothing, whatever the officers' register says of them."""
    member = request.roster.member(request.by.id)
    if request.by.duty != "signatory" or member is None or member.party != request.by.party:
        raise NotYours("Only a signatory of HSE or LACoRS who is in the roster can sign.")


def the_deputy_s_dates_and_scope_cover_it(request: Request) -> None:
    """A deputy signs only within their dates, and only for the campaigns they stand in for."""
    member = request.roster.member(request.by.id)
    if member is None or not member.may_sign(request.campaign, at=request.at):
        raise NotYours("You are not a deputy for this campaign today.")


def the_signer_is_not_suspended(request: Request) -> None:
    """Keys that may be in other hands sign nothing."""
    roster_changes.refuse_suspended(request.session, {request.by.id: request.roster.version})


def the_signer_changed_none_of_the_words(request: Request) -> None:
    """Nobody agrees to their own words on their party's behalf."""
    if request.by.id in request.editors:
        raise NotYours("You wrote some of these words, so another signatory of your party must sign.")


def the_person_has_not_signed_yet(request: Request) -> None:
    """Somebody with posts in both bodies counts once."""
    if any(signature.officer_id == request.by.id for signature in request.standing):
        raise NotYours("You have signed this already. Somebody else must sign for the other party.")


def the_party_has_not_signed_yet(request: Request) -> None:
    """Each party signs once; twice where the signed risk asks for a second signatory."""
    if sum(signature.party == request.by.party for signature in request.standing) >= request.said.risk.signatures:
        raise NotAllowedNow("Your party has signed this already.")


Guard = Callable[[Request], None]
ADMISSION: tuple[Guard, ...] = (
    the_release_is_waiting_for_signatures,
    the_signer_has_not_left,
    the_signer_stands_in_the_roster,
    the_deputy_s_dates_and_scope_cover_it,
    the_signer_is_not_suspended,
    the_signer_changed_none_of_the_words,
    the_person_has_not_signed_yet,
    the_party_has_not_signed_yet,
)
OF_THE_SIGNER = (the_signer_has_not_left, the_signer_stands_in_the_roster, the_signer_is_not_suspended)  # whichever release it is


def add(request: Request, release_id: UUID, stored: bytes, *, digest: str, evidence: Evidence) -> None:
    """Verify the evidence over the stored bytes, spend it, and write the signature down. The caller has called `admit` before."""
    by, at, roster = request.by, request.at, request.roster
    identity.admit(request.session, evidence, roster, tag=passkeys.RELEASE, body=stored, digest=digest, by=by, at=at)
    row = Signature(release_id=release_id, digest=digest, roster=roster.version, **identity.signed_by(evidence, by=by, at=at))
    request.session.add(row)
    request.session.flush()


def given(session: Session, release_id: UUID) -> list[Signature]:
    """Every signature given on a release, the oldest first."""
    return given_each(session, [release_id])[release_id]


def given_each(session: Session, release_ids: Collection[UUID]) -> dict[UUID, list[Signature]]:
    """The same for each of these releases."""
    found: dict[UUID, list[Signature]] = {release_id: [] for release_id in release_ids}
    for signature in session.exec(select(Signature).where(col(Signature.release_id).in_(release_ids)).order_by(col(Signature.at))):
        found[signature.release_id].append(signature)
    return found


def one_counts_no_more(release_id: UUID | Mapped[UUID]) -> "sa.ColumnElement[bool]":
    """An SQL condition: a signature on this release no longer counts.

    Its signer was suspended under the roster they signed under or a later one, or that roster was given up.
    """
    theirs = col(Suspension.officer_id) == Signature.officer_id, col(Suspension.version) >= Signature.roster
    stood, ended = col(RosterVersion.stands_since).is_not(None), col(RosterVersion.ended_at).is_not(None)
    signed = col(Signature.release_id) == release_id
    given_up = sa.exists().where(signed, col(RosterVersion.version) == Signature.roster, stood, ended)
    return sa.or_(sa.exists().where(signed, *theirs), given_up)


def on(session: Session, release_id: UUID, digest: str | None) -> list[Signature]:
    """The signatures over exactly this digest."""
    return [signature for signature in given(session, release_id) if signature.digest == digest]
