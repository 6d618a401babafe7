"""Subscribers that tell officers of both parties what happened to a release, and those who signed that their signature is void."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import parties, readers, releases, schedules, signatures
from campaigns.agreement.releases import Release, ReleaseAgreed, ReleaseReturned, ReleaseWithdrawn
from campaigns.agreement.roster_changes import SignatorySuspended
from campaigns.agreement.schedules import ReleaseLapsed, ReleaseMissed, SendingStopped
from campaigns.delivery import notices
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from campaigns.foundation import log, officers
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN, WRITERS, OfficerRecord
from workers import notifying
from workers.tools import Tools

# Event → how the subject begins, and the sentence, with what the release and the event say put in.
SENTENCES: dict[type[Event], tuple[str, str]] = {
    SendingStopped: ("Stopped", "It was stopped. {reason} Nothing leaves until it is let go on."),
    ReleaseMissed: ("Not sent in time", "Its latest time to send passed. Whatever had not gone does not go."),
    ReleaseLapsed: ("Not signed in time", "The signatures of both parties did not come in time. Submit it again."),
    ReleaseWithdrawn: ("Withdrawn", "It was withdrawn: “{reason}” Whatever had not gone does not go."),
    ReleaseReturned: ("Returned", "It was returned for other words: “{reason}”"),
    ReleaseAgreed: ("Agreed", "Both parties have signed it, for {people:,} readers. An officer chooses when it goes."),
}


class OfficersTold(Event):
    """Officers were written to about a fact."""

    entry: int


def tell_both_parties(entry: LogEntry, tools: Tools) -> None:
    """Write to every officer of both parties what happened to a release; to the observers it names, too. Heard twice, it tells once."""
    with tools.database.transaction() as session:
        release = releases.get(session, entry.subject, lock=True)
        if not _first_time(session, entry, release.id):
            return
        said, sentence = SENTENCES[Event.kinds[entry.kind]]
        sentence = sentence.format(**{**entry.payload, "people": readers.count(session, release.id)})
        facts = {"said": said, "title": release.title, "sentence": sentence, "url": f"{tools.settings.base_url}/releases/{release.id}"}
        _write(session, [*_of_both_parties(session), *_observers(session, release)], facts, tools)
        _told(session, entry, release.id, tools)


def tell_signers_theirs_is_void(entry: LogEntry, tools: Tools) -> None:
    """Write to whoever signed the words that were changed since: their signature counts no more."""
    event = log.read(entry)
    assert isinstance(event, MessageRevised)
    with tools.database.transaction() as session:
        message = messages.get(session, entry.subject, lock=True)
        signed = {one.officer_id for release in releases.of_message(session, message.id) for one in signatures.given(session, release.id)}
        if not signed or not _first_time(session, entry, message.id):
            return
        changed = " and ".join(part.replace("_", " ") for part in event.changed)
        sentence = f"{entry.by} changed the {changed}. Your signature on the words before is void, and nothing of them is sent."
        facts = {
            "said": "Your signature is void",
            "title": message.title,
            "sentence": sentence,
            "url": f"{tools.settings.base_url}/messages/{message.id}",
        }
        _write(session, [one for one in officers.everyone(session) if one.id in signed], facts, tools)
        _told(session, entry, message.id, tools)


def hold_what_they_signed(entry: LogEntry, tools: Tools) -> None:
    """Stop, at once, everything on its way that a suspended signatory signed; the gate would refuse it at the next letter anyway."""
    event = log.read(entry)
    assert isinstance(event, SignatorySuspended)
    with tools.database.transaction() as session:
        for release in releases.in_state(session, "scheduled", "sending"):
            if any(one.officer_id == event.officer for one in signatures.given(session, release.id)):
                reason = f"Somebody who signed it was suspended: {event.reason}"
                schedules.hold(session, release.id, reason=reason, at=tools.clock())


def _of_both_parties(session: Session) -> list[OfficerRecord]:
    codes = {party.code for party in parties.required(session)}
    return [one for one in officers.everyone(session) if one.active and one.duty in WRITERS and one.party in codes]


def _observers(session: Session, release: Release) -> list[OfficerRecord]:
    said = releases.said(release)
    named = set(said.risk.observers) if said else set()
    return [one for one in officers.everyone(session) if one.active and one.duty == "observer" and one.name in named]


def _write(session: Session, records: Iterable[OfficerRecord], facts: dict[str, str], tools: Tools) -> None:
    subject, text, html = notifying.render("what_happened", facts)
    for address in sorted({one.email for one in records if one.email}):
        notices.write(session, to=address, subject=subject, text=text, html=html, by=COUNTERSIGN.name, at=tools.clock())


def _first_time(session: Session, entry: LogEntry, subject: UUID) -> bool:
    past = (log.read(one) for one in log.history(session, subject) if one.kind == OfficersTold.__name__)
    return not any(isinstance(one, OfficersTold) and one.entry == entry.id for one in past)


def _told(session: Session, entry: LogEntry, subject: UUID, tools: Tools) -> None:
    log.record(session, OfficersTold(entry=log.number(entry)), subject=subject, by=COUNTERSIGN.name, at=tools.clock())
