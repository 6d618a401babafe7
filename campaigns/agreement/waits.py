"""Who has yet to sign: each party's missing signatures, since when and until when, and how long it has lately taken to sign."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from campaigns.agreement import parties, reminders, replaced, roster_changes, rosters, unsigned
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.rosters import RosterVersion
from campaigns.agreement.signatures import Signature
from campaigns.foundation import officers

LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Wait:
    """A release that a party has not signed. `able`: how many of the party may sign it today."""

    release: Release
    since: datetime
    due: datetime
    reminders: int
    able: int


@dataclass(frozen=True)
class Awaited:
    """A party, what waits for it, and its pace: signatures in the last ninety days, and the median time they took from sealing.

    `roster`: the one that waits for its signature too.
    """

    party: Party
    waits: list[Wait]
    roster: RosterVersion | None
    signed: int
    usual: timedelta | None


def of_each_party(session: Session, *, at: datetime) -> list[Awaited]:
    """Every party in order of its code, what has waited longest first."""
    found, required = replaced.without(session, "sealed"), parties.required(session)
    missing, reminded = unsigned.missing(session, found), reminders.numbers(session, [release.id for release in found])
    signers = [officers.value(record) for party in required for record in officers.signatories(session, party.code)]
    may = unsigned.may_sign(session, found, signers, at=at)
    able = Counter((release_id, signer.party) for signer in signers for release_id in may[signer.id])
    roster = rosters.proposed(session)
    lacking = roster_changes.missing(session, roster) if roster else []
    return [
        _of_party(
            session,
            party,
            [
                _wait(release, reminded[release.id, party.code], able[release.id, party.code])
                for release in found
                if party in missing[release.id]
            ],
            roster if party in lacking else None,
            at=at,
        )
        for party in required
    ]


def _of_party(session: Session, party: Party, waits: list[Wait], roster: RosterVersion | None, *, at: datetime) -> Awaited:
    taken = _taken(session, party.code, at=at)
    usual = timedelta(seconds=median(span.total_seconds() for span in taken)) if taken else None
    return Awaited(party, sorted(waits, key=lambda wait: wait.since), roster, len(taken), usual)


def _wait(release: Release, reminded: int, able: int) -> Wait:
    return Wait(release, release.sealed_at or release.submitted_at, reminders.due_by(release), reminded, able)


def _taken(session: Session, party: str, *, at: datetime) -> list[timedelta]:
    """How long each of a party's signatures of the last ninety days took, counted from the sealing of what it stands on."""
    lately = select(Signature.at, Release.sealed_at).join(Release, col(Release.id) == Signature.release_id)
    rows = session.exec(lately.where(Signature.party == party, col(Signature.at) > at - LOOK_BACK))
    return [signed - sealed for signed, sealed in rows if sealed is not None]
