"""Subscribers that tell officers what happened to a release, a signature, the roster or their own passkeys, once each."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlmodel import Session

from audiences import vacancies
from campaigns.agreement import censuses, releases
from campaigns.agreement.keyrings import Credential, KeyEnrolled
from campaigns.agreement.releases import Release
from campaigns.agreement.roster_changes import SignatorySuspended
from campaigns.delivery import arming, deliveries, halts, listings
from campaigns.delivery.arming import Arming, SendingDisarmed
from campaigns.delivery.settling import LettersHeld
from campaigns.delivery.unclear import LettersResolved
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from campaigns.foundation import clock, log, officers
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN, OfficerRecord
from campaigns.foundation.wording import listed
from workers import happenings, notifying, recipients
from workers.tools import Tools

AGAIN_AFTER = timedelta(hours=6)
TOGETHER = timedelta(hours=1)


class OfficersTold(Event):
    """Officers were written to about a fact."""

    entry: int


def tell_both_parties(entry: LogEntry, tools: Tools) -> None:
    """Write to every officer of both parties what happened to a release; to the observers it names, too. Heard twice, it tells once."""
    _tell(entry, tools, recipients.everybody)


def tell_of_letters(entry: LogEntry, tools: Tools) -> None:
    """The same of letters that were given up or held, or have no window, unless it was told in the hours before: others follow, and the page
    counts them all. But if officers have decided all that they were told of, those that are held since are told.
    """
    event = log.read(entry)
    if isinstance(event, LettersResolved) and not event.held:
        return
    _tell(entry, tools, recipients.everybody, unless=lambda session: _stands_told(session, entry, tools))


def tell_of_refusals(entry: LogEntry, tools: Tools) -> None:
    """The same of a release that has gone out, where letters of it were refused: too few to stop it, and each of them was somebody's. Of one that
    has gone out again, with an invitation's reminders or cancellations, only if others were refused since.
    """
    with tools.database.reading() as session:
        refused = deliveries.tally(session, releases.get(session, entry.subject))["rejected"]
        before = [one.at for one in log.of_kinds(session, entry.subject, entry.kind) if log.number(one) < log.number(entry)]
        is_news = not before or listings.is_any_refused(session, entry.subject, since=max(before))
    if refused and is_news:
        _tell(entry, tools, recipients.everybody, refused=refused)


def tell_of_its_end(entry: LogEntry, tools: Tools) -> None:
    """The same of a release whose latest time has passed, and how many of its letters had not gone by then."""
    with tools.database.reading() as session:
        figures = deliveries.tally(session, releases.get(session, entry.subject))
    _tell(entry, tools, recipients.everybody, unsent=figures["missed"] + figures["attempting"])


def tell_who_submitted(entry: LogEntry, tools: Tools) -> None:
    """The same to the officers of the party that submitted it: the other one has not seen it yet."""
    _tell(entry, tools, recipients.of_the_submitting_party)


def tell_signers_theirs_is_void(entry: LogEntry, tools: Tools) -> None:
    """Write to whoever's signature stood until this very change: it counts no more; and to whoever was asked for one and had not given it."""
    event = log.read(entry)
    assert isinstance(event, MessageRevised)
    with tools.database.transaction() as session:
        message = messages.get(session, entry.subject)
        signed = recipients.signers_until(session, message.id, event.revision)
        asked = recipients.asked_until(session, message.id, event.revision, at=tools.clock())
        if not (signed or asked) or not first_time(session, entry):
            return
        changed = f"{entry.by} changed the {listed([part.replace('_', ' ') for part in event.changed])}."
        facts = {"title": message.title, "url": f"{tools.settings.base_url}/messages/{message.id}"}
        sentence = f"{changed} Your signature on the earlier words is void, and those words will not be sent."
        void = facts | {"said": "Your signature is void", "sentence": sentence}
        write(session, entry, [one for one in officers.everyone(session) if one.id in signed], void, tools)
        sentence = f"{changed} The words you were asked to sign will not be sent. You will be asked again once the new ones are submitted."
        write(session, entry, asked, facts | {"said": "Nothing to sign now", "sentence": sentence}, tools)
        note_told(session, entry, tools)


def tell_signatories_the_roster_is_given_up(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties, by their duty: no roster says any more who they are."""
    sentence = (
        f"It was given up by {entry.by}. Nobody can sign, and nothing leaves, until both parties have founded a new one; "
        "what has not gone must then be signed again."
    )
    _tell_of_roster(entry, "Given up", sentence, tools)


def tell_signatories_one_is_suspended(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties who is suspended and why: what they signed, or were to sign next, is not what it was."""
    event = log.read(entry)
    assert isinstance(event, SignatorySuspended)
    with tools.database.reading() as session:
        post = session.get_one(OfficerRecord, event.officer).name
    sentence = f"{entry.by} suspended {post} (“{event.reason}”). They can sign nothing. What they signed is held if it is going out, and goes back to be signed anew if it has not begun; a roster waiting for signatures is taken back. They can sign again only once both parties have signed a later roster that lists them."
    _tell_of_roster(entry, "A signatory is suspended", sentence, tools)


def tell_signatories_sending_is_off(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties that a machine sends nothing until they say so; not again while it only asks anew."""
    event = log.read(entry)
    assert isinstance(event, SendingDisarmed)
    if not event.again:
        until = "No letter leaves from there until a signatory of HSE and a signatory of LACoRS have checked it and let it send."
        _tell_of_machine(entry, f"{arming.WHY[event.reason]} {until}", tools)


def tell_signatories_a_machine_is_refused(entry: LogEntry, tools: Tools) -> None:
    """Write to the signatories of both parties that one of them does not let a machine send: the other party may not know why nothing leaves."""
    until = "No letter leaves from there until its operator has it ask again and both parties let it send."
    _tell_of_machine(entry, f"{entry.by} does not let it send. {until}", tools)


def tell_the_owner_of_a_new_passkey(entry: LogEntry, tools: Tools) -> None:
    """Write to the officer on whose ring a passkey was put: if it was not them, they should know."""
    event = log.read(entry)
    assert isinstance(event, KeyEnrolled)
    with tools.database.transaction() as session:
        key = session.get_one(Credential, event.key)
        _tell_owner(session, entry, "passkey_added", {"key": key.name, "when": clock.say(key.enrolled_at)}, tools)


def tell_the_owner_of_a_new_app(entry: LogEntry, tools: Tools) -> None:
    """Write to the officer whose codes come from another app now: if it was not them, somebody else may sign in their name."""
    with tools.database.transaction() as session:
        _tell_owner(session, entry, "app_set_up", {"when": clock.say(entry.at)}, tools)


def tell_where_nobody_is_left(entry: LogEntry, tools: Tools) -> None:
    """Write to both parties' officers about every role at an authority in which an address that was taken off was the last; but of those that
    follow a mail within the hour their first page tells. Where many letters come back at once, each would else be a mail.
    """
    with tools.database.transaction() as session:
        found = vacancies.left_by(session, entry.subject)
        if not found or not first_time(session, entry):
            return
        before = vacancies.last_told(session, together=TOGETHER)
        whom = [] if before and tools.clock() - before < TOGETHER else recipients.of_both_parties(session)
        for vacancy in found:
            vacancies.raise_alarm(session, vacancy, subject=entry.subject, at=tools.clock())
            facts = {
                "said": "Nobody to write to",
                "title": vacancy.place,
                "sentence": f"Letters no longer go to the last {vacancy.role} there, because {vacancy.reason}. Find out who should be "
                "written to. If there are others within the hour, your first page lists them.",
                "url": f"{tools.settings.base_url}/authorities/{vacancy.code}",
            }
            write(session, entry, whom, facts, tools)
        note_told(session, entry, tools)


def _tell(
    entry: LogEntry,
    tools: Tools,
    whom: Callable[[Session, Release], list[OfficerRecord]],
    *,
    unless: Callable[[Session], bool] | None = None,
    **counts: int,
) -> None:
    with tools.database.transaction() as session:
        release = releases.get(session, entry.subject, lock=unless is not None)  # of two who ask at once, the second finds it told
        if (unless and unless(session)) or not first_time(session, entry):
            return
        leaves = release.scheduled_for if release.began_at is None else None
        people, halted = censuses.readers_of(session, release.id), halts.said(session)
        is_current = releases.is_current(session, release)
        said, sentence = happenings.words(entry, leaves=leaves, people=people, halted=halted, is_current=is_current, **counts)
        facts = {"said": said, "title": release.title, "sentence": sentence, "url": tools.settings.base_url + happenings.page(entry)}
        write(session, entry, whom(session, release), facts, tools)
        note_told(session, entry, tools)


def _tell_of_roster(entry: LogEntry, said: str, sentence: str, tools: Tools) -> None:
    _tell_signatories(entry, {"said": said, "title": "The roster of signatories", "sentence": sentence}, "/signatories/", tools)


def _tell_of_machine(entry: LogEntry, sentence: str, tools: Tools) -> None:
    with tools.database.reading() as session:
        asking = session.get_one(Arming, entry.subject)
    facts = {"title": f"machine {asking.machine}, database {asking.store}", "sentence": sentence}
    _tell_signatories(entry, {"said": "Sending is switched off", **facts}, "/arming", tools)


def _tell_signatories(entry: LogEntry, facts: dict[str, str], page: str, tools: Tools) -> None:
    """Write to the signatories of both parties, by their duty, once."""
    with tools.database.transaction() as session:
        if first_time(session, entry):
            write(session, entry, recipients.signatories(session), {**facts, "url": tools.settings.base_url + page}, tools)
            note_told(session, entry, tools)


def _tell_owner(session: Session, entry: LogEntry, letter: str, facts: dict[str, str], tools: Tools) -> None:
    """Write to the officer whom it is about, once, where they have an address."""
    owner = session.get_one(OfficerRecord, entry.subject)
    if owner.email and first_time(session, entry):
        notifying.write(session, letter, {**facts, "url": f"{tools.settings.base_url}/signatories/"}, to=[owner.email], tools=tools)
        note_told(session, entry, tools)


def _stands_told(session: Session, entry: LogEntry, tools: Tools) -> bool:
    """Whether officers were written to of such letters in the hours before; of those that wait for them, only while one of these still waits."""
    past = log.of_kinds(session, entry.subject, entry.kind, OfficersTold.__name__)
    same = {one.id for one in past if one.kind == entry.kind}
    told = [one.at for one in past if one.kind == OfficersTold.__name__ and getattr(log.read(one), "entry", None) in same]
    if not told or tools.clock() - max(told) >= AGAIN_AFTER:
        return False
    return Event.kinds[entry.kind] not in {LettersHeld, LettersResolved} or listings.is_any_held(session, entry.subject, since=max(told))


def write(session: Session, entry: LogEntry, records: Iterable[OfficerRecord], facts: dict[str, str], tools: Tools) -> None:
    """Queue a notice of what happened to those of these officers who have an address; one that is told late says when that was."""
    said = facts | {"sentence": facts["sentence"] + happenings.when(entry, at=tools.clock())}
    notifying.write(session, "what_happened", said, to=[one.email for one in records if one.email], tools=tools)


def first_time(session: Session, entry: LogEntry) -> bool:
    """Whether nobody was told of this fact yet; its row is held, so that of two who hear it at once the second finds it told."""
    session.get(LogEntry, entry.id, with_for_update={"key_share": True}, populate_existing=True)
    past = map(log.read, log.of_kinds(session, entry.subject, OfficersTold.__name__))
    return not any(isinstance(one, OfficersTold) and one.entry == entry.id for one in past)


def note_told(session: Session, entry: LogEntry, tools: Tools) -> None:
    """Record that officers were told of this fact."""
    log.record(session, OfficersTold(entry=log.number(entry)), subject=entry.subject, by=COUNTERSIGN.name, at=tools.clock())
