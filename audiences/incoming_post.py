"""The post that comes in: what a mail changes about a letter, an address and a person, all in the transaction that writes it down.

A bounce changes something by itself only if it carries a token of ours. One with a Message-ID alone, which whoever gets an answer to a letter
has seen, waits for an officer. Whatever changes only ever takes readers away. Sources: RFC 3464, 5965, 3834; ICO on objections.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import answering, people, preferences, suggestions
from audiences.people import Person
from campaigns.briefings import calendar_replies
from campaigns.delivery import bounces, incoming, removals, returns
from campaigns.delivery.bounces import ARRIVED, AUTO_REPLY, BOUNCE, CALENDAR, COMPLAINT, OTHER, REPLY, Reading, Recipient
from campaigns.delivery.failures import DELAYED, HARD, SOFT
from campaigns.delivery.incoming import CAME_BACK, STOP, WAITING, IncomingMail, ReplyFiled
from campaigns.delivery.verp import Found, Place
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, TryLater
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer

GONE = removals.GONE
COMPLAINED = "the reader complained"
BY = COUNTERSIGN.name
NOT_KNOWN = "not about a letter of ours that could be told"
NOT_INVITED = "an answer to an invitation: it could not be told whose, or to which briefing that still takes place"
NO_ANSWER = "it holds a calendar that is no answer to an invitation; it may propose another time"


class ComplaintReceived(Event):
    """A reader reported a letter as unwanted."""

    position: int


class AddressCorrected(Event):
    """An officer put right why letters came back; they may go again."""


def take(session: Session, raw_digest: str, reading: Reading, found: Found, *, at: datetime) -> IncomingMail | None:
    """Take one mail. None when it was taken before. `found` is what the token in its addresses says."""
    mail = incoming.take(session, raw_digest, kind=reading.kind, at=at)
    if mail is None:
        return None
    place = found.place or _spoken_of(session, reading)
    if place is not None:
        mail.sqlmodel_update({"release_id": place.release_id, "position": place.position})
    if found.forged and reading.kind in {BOUNCE, ARRIVED, COMPLAINT}:
        mail.done = "refused: its token is not one of ours"
    elif reading.kind in {BOUNCE, ARRIVED} and found.place:
        _bounced(session, mail, reading, found.place, at)
    elif reading.kind == COMPLAINT and found.place:
        _complained(session, mail, found.place, at)
    elif reading.kind in bounces.ANSWERS:
        _answered(session, mail, reading, place, at)
    else:
        _ask(session, mail, reading, at=at)
    session.add(mail)
    return mail


def judge(session: Session, mail_id: UUID, *, verdict: str, by: Officer, at: datetime) -> None:
    """An officer's word on a mail that waited: what it then changes is changed. The touch of a confirmation follows the event."""
    mail = incoming.judge(session, mail_id, verdict=verdict, by=by, at=at)
    place = mail.place
    if verdict == CAME_BACK and place is not None:
        returns.come_back(session, place, permanent=mail.outcome == HARD, status=mail.status, reason=mail.reason, at=at)
        if _is_gone(session, place, mail.outcome):
            _take_off(session, place, GONE, at=at)
    if verdict == STOP and place is not None:
        _complained(session, mail, place, at)


def may_lift(session: Session, address: str) -> bool:
    """Whether nothing goes to this address only because letters came back: its reader did not ask for that as well."""
    came_back = removals.among(session, [address]).get(address.casefold()) == GONE
    return came_back and preferences.standing(session, address) != preferences.STOP


def lift(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """Letters may go again to an address that came back, because an officer has put right what was wrong. Refuses any other removal."""
    officers.require_writer(by)
    person = session.get_one(Person, person_id)
    if not (may_lift(session, person.address) and removals.lift(session, person.address, by=by.name, at=at, reason=GONE)):
        raise NotAllowedNow("Letters to this address were not stopped because of returned mail, so there is nothing to lift here.")
    log.record(session, AddressCorrected(), subject=person_id, by=by.name, at=at)


def would_do(reading: Reading) -> str:
    """What would be done about a mail that carries a token of ours, in a sentence."""
    return {
        HARD: "The letter counts as come back, and no more letters go to the address.",
        SOFT: "The letter counts as come back; the address is kept, until three letters over seven days have come back.",
        DELAYED: "Nothing: the letter is late and still on its way.",
        "delivered": "The letter counts as accepted by the reader's own mail server.",
    }.get(reading.worst.outcome) or _KINDS_SAID[reading.kind]


def _bounced(session: Session, mail: IncomingMail, reading: Reading, place: Place, at: datetime) -> None:
    if returns.is_in_hand(session, place):
        raise TryLater("It is about a letter that is still in a worker's hands")  # which the relay took half a second ago
    ours = returns.reader(session, place)
    one = _about(reading, ours[1] if ours else "")
    mail.sqlmodel_update({"outcome": one.outcome, "status": one.status, "reason": one.reason})
    if one.outcome == "delivered":
        mail.done = "the reader's own server has it" if returns.arrive(session, place, at=at) else "nothing: the letter had come back"
    elif one.outcome == DELAYED:
        mail.done = "nothing: it is only late"
    elif returns.come_back(session, place, permanent=one.permanent, status=one.status, reason=one.reason, at=at):
        mail.done = "the letter came back"
    else:
        mail.done = "nothing: the letter had come back before, or never gone"
    session.add(mail)
    if _is_gone(session, place, one.outcome):
        _take_off(session, place, GONE, at=at)
        mail.done += "; no more letters go to the address"


def _is_gone(session: Session, place: Place, outcome: str) -> bool:
    """Whether a letter that came back like this says that its address is gone: at once, or as so many came back since an officer last put right why.

    A letter that had come back before they did says nothing of what is right now, however often that is told.
    """
    session.flush()
    if outcome not in {HARD, SOFT} or not (ours := returns.reader(session, place)) or not ours[1]:
        return False
    letter, address = ours
    whose = {letter.person_id, *(one.id for one in people.at_address(session, address))}
    put_right = max(log.last_each(session, whose, AddressCorrected.__name__).values(), default=None)
    if outcome == SOFT:
        return incoming.soft_bounces(session, address, since=put_right)
    came_back = returns.came_back_at(session, place)
    return not (put_right and came_back and came_back < put_right)


def _about(reading: Reading, address: str) -> Recipient:
    """What a bounce says of our reader: what it says of another address, to which the letter was passed on, does not speak against theirs."""
    for one in reading.recipients:
        if address and address.lower() in {one.address, one.original}:
            return one
    other = reading.worst
    outcome = SOFT if other.outcome in {HARD, ""} else other.outcome
    return Recipient(address, outcome, other.permanent, other.status, other.reason)


def _complained(session: Session, mail: IncomingMail, place: Place, at: datetime) -> None:
    log.record(session, ComplaintReceived(position=place.position), subject=place.release_id, by=BY, at=at)
    _take_off(session, place, COMPLAINED, at=at)
    mail.done = "no more letters go to the reader, who complained"


def _take_off(session: Session, place: Place, reason: str, *, at: datetime) -> None:
    """No more letters to the address a letter went to; an officer is asked who should be written to instead of whoever holds the post yet."""
    found = returns.reader(session, place)
    if found is None or not found[1]:
        return
    letter, address = found
    person = session.get(Person, letter.person_id, with_for_update=True, populate_existing=True)
    if person is not None and person.is_erased:
        return  # meanwhile: the letter was read before
    removals.add(session, address, reason=reason, by=BY, at=at)
    if reason == GONE and person is not None and person.active:
        kind, source = suggestions.NO_LONGER, "a letter that came back"
        suggestions.make(session, about=person.id, authority_code=person.place, kind=kind, source=source, by=BY, at=at)


def _answered(session: Session, mail: IncomingMail, reading: Reading, place: Place | None, at: datetime) -> None:
    if reading.kind == CALENDAR:
        reply = calendar_replies.read(reading.calendar.encode())
        mail.done = answering.by_calendar(session, reply, sender=reading.sender, at=at) if reply else ""
        if not mail.done:
            _ask(session, mail, reading, at=at)
            mail.done = NOT_INVITED if reply else NO_ANSWER
        return
    mail.done = f"nothing: {reading.kind}"
    found = returns.reader(session, place) if place else None
    person = session.get(Person, found[0].person_id) if found else None
    if reading.kind != AUTO_REPLY or reading.contact is None or person is None or person.is_erased:
        return
    said, kind, source = reading.contact, suggestions.NEW_CONTACT, "an automatic reply"
    suggestions.make(
        session, about=person.id, authority_code=person.place, kind=kind, name=said.name, address=said.address, source=source, by=BY, at=at
    )
    mail.done = "nothing: auto-reply; the contact it names waits for an officer"


def _ask(session: Session, mail: IncomingMail, reading: Reading, *, at: datetime) -> None:
    """Put a mail before the officers: a person's reply, or what could not be told."""
    ours = returns.reader(session, mail.place) if mail.place else None
    told = _about(reading, ours[1]) if ours else reading.worst
    said = {"outcome": told.outcome, "status": told.status, "reason": told.reason} if reading.kind == BOUNCE else {}
    words = {"sender": reading.sender, "subject": reading.subject, "words": reading.text, "whole": reading.whole}
    mail.sqlmodel_update({**said, **words, "state": WAITING, "done": reading.remark or ("" if mail.place else NOT_KNOWN)})
    if mail.place and reading.kind in {REPLY, OTHER}:
        mail.kind = REPLY
        log.record(session, ReplyFiled(mail=mail.id), subject=mail.place.release_id, by=BY, at=at)


def _spoken_of(session: Session, reading: Reading) -> Place | None:
    """The letter whose Message-ID a mail names: enough to show it beside the mail, not to act upon."""
    for name in reading.speaks_of:
        release, _, rest = name.strip("<>").partition("@")[0].partition(".")
        person = rest.partition(".")[0]  # of an invitation's later letters, more follows
        try:
            found = returns.place_of(session, UUID(release), UUID(person), named=name)
        except ValueError:
            continue
        if found is not None:
            return found
    return None


_KINDS_SAID = {
    COMPLAINT: "No more letters go to the reader.",
    AUTO_REPLY: "Nothing: a machine's answer confirms nothing and is not answered. A contact it names is put before an officer.",
    bounces.CHALLENGE: "Nothing: it is not answered.",
    CALENDAR: "An answer to an invitation of ours is taken down, and confirms nothing. An officer is asked of any other. It is not answered.",
    REPLY: "An officer is asked whether it confirms that the letter was read.",
    BOUNCE: "An officer is asked.",
    ARRIVED: "An officer is asked.",
    OTHER: "An officer is asked.",
}
