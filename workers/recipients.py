"""Which officers are written to about what happened, by their posts as these are now."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import parties, releases, reminders, signatures
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.foundation import log, officers
from campaigns.foundation.officers import WRITERS, OfficerRecord
from workers.notifying import SignaturesAsked

STOOD = frozenset({"sealed", "scheduled", "stopped", "superseded"})  # a release whose signatures only a change of words made void


def everybody(session: Session, release: Release) -> list[OfficerRecord]:
    """Every officer of both parties, and the observers that a release names."""
    return [*of_both_parties(session), *_observers(session, release)]


def signatories(session: Session) -> list[OfficerRecord]:
    """The signatories of both parties, by their duty."""
    return [one for party in parties.required(session) for one in officers.signatories(session, party.code)]


def of_the_submitting_party(session: Session, release: Release) -> list[OfficerRecord]:
    """The officers of the party that submitted a release; where both have an officer of that name, of whoever drafted it."""
    author = messages.get(session, release.message_id).author_id
    named = [one for one in officers.everyone(session) if one.name == release.submitted_by]
    party = next((one.party for one in sorted(named, key=lambda one: one.id != author)), None)
    return [one for one in of_both_parties(session) if one.party == party]


def of_both_parties(session: Session) -> list[OfficerRecord]:
    """Every officer of both parties who writes."""
    codes = {party.code for party in parties.required(session)}
    return [one for one in officers.everyone(session) if one.active and one.duty in WRITERS and one.party in codes]


def _observers(session: Session, release: Release) -> list[OfficerRecord]:
    said = releases.said(release)
    named = set(said.risk.observers) if said else set()
    return [one for one in officers.everyone(session) if one.active and one.duty == "observer" and one.name in named]


def signers_until(session: Session, message_id: UUID, revision: int) -> set[UUID]:
    """Who had signed the revision before this one, on a release that had not ended already: of an end they were told then."""
    stood = [one for one in releases.of_message(session, message_id) if one.revision == revision - 1 and one.state in STOOD]
    return {signature.officer_id for release in stood for signature in signatures.on(session, release.id, release.digest)}


def asked_until(session: Session, message_id: UUID, revision: int, *, at: datetime) -> list[OfficerRecord]:
    """Who was asked to sign the revision before this one, the last time, and has not: its release waits for them, and no newer one does."""
    found = []
    for release in releases.of_message(session, message_id):
        if (release.revision, release.state) == (revision - 1, "sealed") and log.of_kinds(session, release.id, SignaturesAsked.__name__):
            for party in releases.missing(session, release):
                number = reminders.numbers(session, [release.id])[release.id, party.code]
                found += [member.officer for member in reminders.call(session, release, party, number, at=at).asked]
    return [session.get_one(OfficerRecord, officer) for officer in found]
