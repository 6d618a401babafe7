"""Subscribers that tell officers what happened to a release, a signature, the roster or their own passkeys, once each."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from audiences import vacancies
from campaigns.agreement import censuses, parties, releases, schedules, signatures
from campaigns.agreement.keyrings import Credential, KeyEnrolled
from campaigns.agreement.releases import Release
from campaigns.agreement.roster_changes import SignatorySuspended
from campaigns.delivery import arming
from campaigns.delivery.arming import Arming, SendingDisarmed
from campaigns.delivery.unclear import LettersResolved
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from campaigns.foundation import clock, log, officers
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN, WRITERS, OfficerRecord
from workers import happenings, notifying
from workers.tools import Tools

AGAIN_AFTER = timedelta(hours=6)
STOOD = frozenset({"sealed", "scheduled", "stopped", "superseded"})  # a release whose signatures only a change of words made void


class OfficersTold(Event):
    """Officers were written to about a fact."""

    entry: int


def tell_both_parties(entry: LogEntry, tools: Tools) -> None:
    """Write to every officer of both parties what happened to a release; to the observers it names, too. Heard twice, it tells once."""
    _tell(entry, tools, lambda session, release: [*_of_both_parties(session), *_observers(session, release)])


def tell_of_letters(entry: LogEntry, tools: Tools) -> None:
    """The same of letters that were given up or held, or have no window, unless it was told in the hours before: others follow, and the page
    counts them all.
    """
    event = log.read(entry)
    if isinstance(event, LettersResolved) and not event.held:
        return
    with tools.database.reading() as session:
        past = log.of_kinds(session, entry.subject, entry.kind, OfficersTold.__name__)
    same = {one.id for one in past if one.kind == entry.kind}
    told = [one for one in past if one.kind == OfficersTold.__name__ and getattr(log.read(one), "entry", None) in same]
    if not any(tools.clock() - one.at < AGAIN_AFTER for one in told):
        tell_both_parties(entry, tools)


def tell_who_submitted(entry: LogEntry, tools: Tools) -> None:
    """The same to the officers of the party that submitted it: the other one has not seen it yet."""
    _tell(entry, tools, _of_the_submitting_party)


def tell_signers_theirs_is_void(entry: LogEntry, tools: Tools) -> None:
    """Write to whoever's signature stood until this very change: it counts no more."""
    event = log.read(entry)
    assert isinstance(event, MessageRevised)
    with tools.database.transaction() as session:
        message = messages.get(session, entry.subject)
        signed = _signers_until(session, message.id, event.revision)
        if not signed or not _first_time(session, entry):
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
        _told(session, entry, tools)


def tell_signatories_the_roster_is_given_up(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties, by their duty: no roster says any more who they are."""
    with tools.database.transaction() as session:
        if not _first_time(session, entry):
            return
        facts = {
            "said": "Given up",
            "title": "The roster of signatories",
            "sentence": f"It was given up by {entry.by}. Nobody can sign, and nothing leaves, until both parties have founded a new one; "
            "whatever has not gone is then signed again.",
            "url": f"{tools.settings.base_url}/signatories/",
        }
        _write(session, _signatories(session), facts, tools)
        _told(session, entry, tools)


def tell_signatories_sending_is_off(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties that a machine sends nothing until they say so; not again while it only asks anew."""
    event = log.read(entry)
    assert isinstance(event, SendingDisarmed)
    if not event.again:
        until = "No letter leaves from there until a signatory of HSE and one of LACoRS have looked and let it."
        _tell_of_machine(entry, f"{arming.WHY[event.reason]} {until}", tools)


def tell_signatories_a_machine_is_refused(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties that one of them does not let a machine send: the other party may not know why nothing leaves."""
    until = "No letter leaves from there until whoever runs it has it ask again, and both parties let it."
    _tell_of_machine(entry, f"{entry.by} does not let it send. {until}", tools)


def tell_the_owner_of_a_new_passkey(entry: LogEntry, tools: Tools) -> None:
    """Write to the officer on whose ring a passkey was put: if it was not them, they should know."""
    event = log.read(entry)
    assert isinstance(event, KeyEnrolled)
    with tools.database.transaction() as session:
        owner, key = session.get_one(OfficerRecord, entry.subject), session.get_one(Credential, event.key)
        if not owner.email or not _first_time(session, entry):
            return
        facts = {"key": key.name, "when": clock.say(key.enrolled_at), "url": f"{tools.settings.base_url}/signatories/"}
        notifying.write(session, "passkey_added", facts, to=[owner.email], tools=tools)
        _told(session, entry, tools)


def hold_what_they_signed(entry: LogEntry, tools: Tools) -> None:
    """Stop, at once, everything on its way that a suspended signatory signed; the gate would refuse it at the next letter anyway."""
    event = log.read(entry)
    assert isinstance(event, SignatorySuspended)
    with tools.database.transaction() as session:
        for release in releases.in_state(session, "scheduled", "sending"):
            if any(one.officer_id == event.officer for one in signatures.given(session, release.id)):
                reason = f"Somebody who signed it was suspended: {event.reason}"
                schedules.hold(session, release.id, reason=reason, at=tools.clock())


def tell_where_nobody_is_left(entry: LogEntry, tools: Tools) -> None:
    """Write to both parties' officers about every role at an authority in which an address that was taken off was the last."""
    with tools.database.transaction() as session:
        found = vacancies.left_by(session, entry.subject)
        if not found or not _first_time(session, entry):
            return
        for vacancy in found:
            vacancies.raise_alarm(session, vacancy, subject=entry.subject, at=tools.clock())
            facts = {
                "said": "Nobody to write to",
                "title": vacancy.place,
                "sentence": f"No letters go any more to the last {vacancy.role} there, because {vacancy.reason}. Find out who should be written to.",
                "url": f"{tools.settings.base_url}/authorities/{vacancy.code}",
            }
            _write(session, _of_both_parties(session), facts, tools)
        _told(session, entry, tools)


def _tell(entry: LogEntry, tools: Tools, whom: Callable[[Session, Release], list[OfficerRecord]]) -> None:
    with tools.database.transaction() as session:
        release = releases.get(session, entry.subject)
        if not _first_time(session, entry):
            return
        leaves = release.scheduled_for if release.began_at is None else None
        said, sentence = happenings.words(entry, people=censuses.readers_of(session, release.id), leaves=leaves)
        facts = {"said": said, "title": release.title, "sentence": sentence, "url": tools.settings.base_url + happenings.page(entry)}
        _write(session, whom(session, release), facts, tools)
        _told(session, entry, tools)


def _tell_of_machine(entry: LogEntry, sentence: str, tools: Tools) -> None:
    with tools.database.transaction() as session:
        if not _first_time(session, entry):
            return
        asking = session.get_one(Arming, entry.subject)
        title, url = f"machine {asking.machine}, database {asking.store}", f"{tools.settings.base_url}/arming"
        facts = {"said": "Sending is switched off", "title": title, "sentence": sentence, "url": url}
        _write(session, _signatories(session), facts, tools)
        _told(session, entry, tools)


def _signatories(session: Session) -> list[OfficerRecord]:
    return [one for party in parties.required(session) for one in officers.signatories(session, party.code)]


def _of_the_submitting_party(session: Session, release: Release) -> list[OfficerRecord]:
    party = next((one.party for one in officers.everyone(session) if one.name == release.submitted_by), None)
    return [one for one in _of_both_parties(session) if one.party == party]


def _of_both_parties(session: Session) -> list[OfficerRecord]:
    codes = {party.code for party in parties.required(session)}
    return [one for one in officers.everyone(session) if one.active and one.duty in WRITERS and one.party in codes]


def _observers(session: Session, release: Release) -> list[OfficerRecord]:
    said = releases.said(release)
    named = set(said.risk.observers) if said else set()
    return [one for one in officers.everyone(session) if one.active and one.duty == "observer" and one.name in named]


def _write(session: Session, records: Iterable[OfficerRecord], facts: dict[str, str], tools: Tools) -> None:
    notifying.write(session, "what_happened", facts, to=[one.email for one in records if one.email], tools=tools)


def _signers_until(session: Session, message_id: UUID, revision: int) -> set[UUID]:
    """Who had signed the revision before this one, on a release that had not ended already: of an end they were told then."""
    stood = [one for one in releases.of_message(session, message_id) if one.revision == revision - 1 and one.state in STOOD]
    return {signature.officer_id for release in stood for signature in signatures.on(session, release.id, release.digest)}


def _first_time(session: Session, entry: LogEntry) -> bool:
    """Whether nobody was told of this fact yet; its row is held, so that of two who hear it at once the second finds it told."""
    session.get(LogEntry, entry.id, with_for_update={"key_share": True}, populate_existing=True)
    past = map(log.read, log.of_kinds(session, entry.subject, OfficersTold.__name__))
    return not any(isinstance(one, OfficersTold) and one.entry == entry.id for one in past)


def _told(session: Session, entry: LogEntry, tools: Tools) -> None:
    log.record(session, OfficersTold(entry=log.number(entry)), subject=entry.subject, by=COUNTERSIGN.name, at=tools.clock())
