"""Who is waited for: each party's missing signatures, since when and until when, and how long it has lately taken to sign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, select

from campaigns.agreement import parties, releases, reminders, replaced
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Signature

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
    """A party, what waits for it, and its pace: signatures in the last ninety days, and the median time they took from sealing."""

    party: Party
    waits: list[Wait]
    signed: int
    usual: timedelta | None


def of_each_party(session: Session, *, at: datetime) -> list[Awaited]:
    """Every party in order of its code, what has waited longest first."""
    waiting = [(release, {party.code for party in releases.missing(session, release)}) for release in replaced.without(session, "sealed")]
    return [
        _of_party(session, party, [release for release, missing in waiting if party.code in missing], at=at)
        for party in parties.required(session)
    ]


def _of_party(session: Session, party: Party, waiting: list[Release], *, at: datetime) -> Awaited:
    waits = sorted((_wait(session, release, party.code, at=at) for release in waiting), key=lambda wait: wait.since)
    taken = _taken(session, party.code, at=at)
    usual = timedelta(seconds=median(span.total_seconds() for span in taken)) if taken else None
    return Awaited(party, waits, len(taken), usual)


def _wait(session: Session, release: Release, party: str, *, at: datetime) -> Wait:
    since, due = release.sealed_at or release.submitted_at, reminders.due_by(release)
    given, able = reminders.given(session, release.id, party), reminders.who_may_sign(session, release, party, at=at)
    return Wait(release, since, due, len(given), len(able))


def _taken(session: Session, party: str, *, at: datetime) -> list[timedelta]:
    """How long each of a party's signatures of the last ninety days took, counted from the sealing of what it stands on."""
    lately = select(Signature.at, Release.sealed_at).join(Release, col(Release.id) == Signature.release_id)
    rows = session.exec(lately.where(Signature.party == party, col(Signature.at) > at - LOOK_BACK, col(Signature.at) <= at))
    return [signed - sealed for signed, sealed in rows if sealed is not None]
