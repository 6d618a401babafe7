"""Invitees: whoever an invitation to a briefing went to, or may have gone to, and what more of it goes to them.

A letter goes only while the briefing is as the letter says. Called off, it is cancelled in the words that were sealed with the invitation,
at once and to all of them. Sources: RFC 5546 (3.2.5); HELA paper, Annex 3.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import invitations, leavers
from campaigns.agreement import occasions
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.occasions import Invites
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.briefings import tours
from campaigns.briefings.answers import InvitationAnswer
from campaigns.briefings.tours import Briefing
from campaigns.delivery import deliveries, plans, removals
from campaigns.delivery.claims import Waiting
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.departures import that_may_have_left
from campaigns.drafting import holding_lines
from campaigns.drafting import invitations as letters
from campaigns.drafting.invitations import CANCELLED, REMINDED
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, TryLater
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

NOT_HELD, MOVED, NOT_INVITED = (
    "the briefing does not take place then any more",
    "the briefing was moved",
    "the reader was not invited to it",
)
NOT_GONE = ("queued", "attempting")


class InviteesReminded(Event):
    """An officer had those reminded who have not said whether they come."""

    letters: int


@dataclass(frozen=True)
class Invitee:
    """Somebody whose invitation went, or may have gone. `sequence` is that of the newest letter about it that they were sent; `is_current`: whether
    the briefing is still as that letter says.
    """

    person_id: UUID
    release_id: UUID
    position: int
    authority_code: str
    role: str
    address: str
    state: str
    sequence: int
    is_current: bool


def invitees(session: Session, briefing: Briefing) -> list[Invitee]:
    """Everybody to whom an invitation to the briefing as it is now went, or may have gone: once each, by their newest letter."""
    found: dict[UUID, Invitee] = {}
    for one in invitations.gone(session, briefing):
        sent = {invitee.person_id: invitee for invitee in _sent(session, one)}
        found |= {person: invitee for person, invitee in sent.items() if one.said.is_invitation or person in found}
    return list(found.values())


def whose_came_back(session: Session, briefing: Briefing) -> list[Invitee]:
    """Everybody to whom invitations to the briefing as it is now went and none is left, as all came back: once each. Whoever was erased is not among them."""
    known = {one.person_id for one in invitees(session, briefing)}
    found = [who for one in invitations.gone(session, briefing) if one.said.is_invitation for who in _sent(session, one, came_back=True)]
    return list({who.person_id: who for who in found if who.address and who.person_id not in known}.values())


def outdated(session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> dict[int, str]:
    """Which of these letters say of a briefing what is no longer so: position → why. A cancellation is never outdated."""
    if not said.occasions:
        return {}
    now = _facts(session, said, at=at)
    reasons = {letter.position: _why_outdated(letter.fields, now) for letter in letters}
    if not said.is_invitation:  # a notice of change goes to whoever was invited, and to nobody else
        before = {one.person_id for occasion in said.occasions for one in invitees(session, tours.get(session, UUID(occasion.briefing)))}
        reasons |= {letter.position: NOT_INVITED for letter in letters if UUID(letter.says[0]) not in before}
    return {position: reason for position, reason in reasons.items() if reason}


def take_off(session: Session, briefing_id: UUID, *, at: datetime) -> bool:
    """Keep queued letters from going that say otherwise of a briefing than it stands now: it was dated anew, or called off. True while a worker has
    some in hand; it gives them back within the second.
    """
    in_hand, gone = False, occasions.gone(session, str(briefing_id))
    deliveries.lock(session, col(Chunk.release_id).in_([one.release.id for one in gone]))
    for one in gone:
        now, release_id = _facts(session, one.said, at=at), one.release.id
        query = select(Delivery.position, Particulars.fields).join(Particulars, deliveries.PARTICULARS)
        queued = session.exec(query.where(Delivery.release_id == release_id, col(Delivery.state).in_(NOT_GONE))).all()
        reasons = {position: why for position, fields in queued if (why := _why_outdated(fields or {}, now))}
        in_hand |= deliveries.remove(session, release_id, reasons, at=at)
    return in_hand


def cancel(session: Session, briefing_id: UUID, *, at: datetime) -> int:
    """Queue the sealed cancellations of whatever a briefing was before it was called off: to everybody once, in the newest words that they
    were invited in and that can go. Returns how many.

    Raises `TryLater` while a worker has invitations to it in hand: who was invited is not known yet.
    """
    briefing = tours.get(session, briefing_id)
    if take_off(session, briefing_id, at=at):
        raise TryLater("Invitations to this briefing are being given back by a worker.")
    standing = invitations.uid_of(briefing)
    off = [one for one in reversed(occasions.gone(session, str(briefing.id))) if one.to.uid != standing and one.said.is_invitation]
    return _queue(session, off, CANCELLED, lambda _: True, at=at)


def of_a_cancellation(session: Session, briefing: Briefing, *, at: datetime) -> tuple[int, int]:
    """How many people would get the sealed cancellation if the briefing were called off now, and how many hold an invitation without."""
    gets, gone = set[UUID](), set[UUID]()
    for one in invitations.gone(session, briefing):
        sent = _sent(session, one)
        gone |= {invitee.person_id for invitee in sent if invitee.address}
        if one.said.is_invitation and plans.may_be_added_to(one.release, at=at):
            gets |= {invitee.person_id for invitee in _wanting(session, one, sent)}
    return len(gets), len(gone - gets)


def speaking(session: Session, briefing: Briefing, *, at: datetime) -> list[Invites]:
    """The invitations whose reminders would go: the newest, where the newest letter is no notice, of a briefing still to come that is as they say."""
    standing = invitations.gone(session, briefing)[::-1]
    newest = max((one.to.sequence for one in standing), default=0)
    found = [one for one in standing if one.said.is_invitation and one.to.sequence == newest]
    return [one for one in found if not _why_outdated(letters.values(one.to, {}), _facts(session, one.said, at=at))]


def to_remind(session: Session, briefing: Briefing, answered: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Whom a reminder would go to now: whoever was invited, has not answered and was not reminded, if letters still go to them."""
    found, people = speaking(session, briefing, at=at), set[UUID]()
    told = {person for one in found for _, person in _told(session, one, REMINDED)}
    for one in found:
        if plans.may_be_added_to(one.release, at=at):
            done = told | set(answered)
            silent = [who for who in _sent(session, one) if who.state == "accepted" and who.person_id not in done]
            left = leavers.among(session, one.release.id, {who.position for who in silent})
            people |= {who.person_id for who in _wanting(session, one, silent) if who.position not in left}
    return people


def remind(session: Session, briefing_id: UUID, answered: Collection[UUID], *, by: Officer, at: datetime) -> int:
    """Queue the sealed reminder to those `to_remind`. Returns how many. Refuses where no invitation to the briefing, as it is now, has gone."""
    officers.require_writer(by)
    briefing = tours.get(session, briefing_id, lock=True)
    if not (speaks := speaking(session, briefing, at=at)):
        raise NotAllowedNow("No invitation to this briefing, as it is now, has gone: there is nobody to remind.")
    people = to_remind(session, briefing, answered, at=at)
    queued = _queue(session, speaks, REMINDED, lambda who: who.state == "accepted" and who.person_id in people, at=at)
    if queued:
        log.record(session, InviteesReminded(letters=queued), subject=briefing_id, by=by.name, at=at)
    return queued


def _sent(session: Session, one: Invites, *, came_back: bool = False) -> list[Invitee]:
    """To whom one release's letters that invite to one event went or may have gone, and who answered by one that is said to have come back; or whose
    letters `came_back`.
    """
    now = _facts(session, one.said)
    query = select(SealedLetter, Particulars, Delivery.state).join(Delivery, deliveries.SEALED).join(Particulars, deliveries.PARTICULARS)
    theirs = sa.type_coerce(Particulars.fields, sa.JSON)["event_uid"].as_string() == one.to.uid
    is_letter = (col(InvitationAnswer.release_id) == SealedLetter.release_id) & (col(InvitationAnswer.position) == SealedLetter.position)
    answered = sa.exists().where(
        col(InvitationAnswer.uid) == one.to.uid, col(InvitationAnswer.person_id) == SealedLetter.person_id, is_letter
    )
    returned = col(Delivery.state) == "returned"
    which = returned if came_back else that_may_have_left() | (returned & answered)
    gone = query.where(SealedLetter.release_id == one.release.id, which, theirs)
    return [
        Invitee(
            letter.person_id,
            letter.release_id,
            letter.position,
            letter.authority_code or "",
            letter.role,
            particulars.address or "",
            state,
            one.to.sequence,
            not _why_outdated(particulars.fields or {}, now),
        )
        for letter, particulars, state in session.exec(gone.order_by(col(SealedLetter.position).desc()))
        if letter.condition != _condition(one, CANCELLED)
    ]


def _wanting(session: Session, one: Invites, sent: Iterable[Invitee]) -> list[Invitee]:
    """Those of them whose address is known and not removed since."""
    known = [who for who in sent if who.address]
    removed = removals.among(session, {who.address for who in known}, campaign_id=one.release.campaign_id)
    return [who for who in known if who.address.casefold() not in removed]


def _queue(session: Session, found: Sequence[Invites], stage: str, is_meant: Callable[[Invitee], bool], *, at: datetime) -> int:
    """Queue the letters sealed for a stage to such of those invited by these, the newest first: once for each event, in the first words that can go."""
    queued, told = 0, {known for one in found for known in _told(session, one, stage)}
    for one in sorted(found, key=lambda one: one.release.state == "stopped"):  # what is stopped tells nobody for now
        people = {who.person_id for who in _sent(session, one) if is_meant(who) and (one.to.uid, who.person_id) not in told}
        queued += plans.plan_also(session, one.release.id, _condition(one, stage), people, at=at)
        told |= _told(session, one, stage)
    return queued


def _told(session: Session, one: Invites, stage: str) -> set[tuple[str, UUID]]:
    """For whom one release's letters of a stage were queued: the event and the person."""
    theirs = SealedLetter.release_id == one.release.id, SealedLetter.condition == _condition(one, stage)
    found = session.exec(select(SealedLetter.person_id).join(Delivery, deliveries.SEALED).where(*theirs))
    return {(one.to.uid, person_id) for person_id in found}


def _condition(one: Invites, stage: str) -> str:
    """The condition of an invitation's letters for one of its stages; a notice of change has none."""
    return holding_lines.key(letters.case_of(one.said.closed, stage)) if one.said.is_invitation else ""


def _facts(session: Session, said: Manifest, *, at: datetime | None = None) -> dict[str, dict[str, str]]:
    """What a letter must say to go, of each occasion that is still to take place, and has not begun `at` that moment."""
    found = {}
    for occasion in said.occasions or ():
        briefing = tours.get(session, UUID(occasion.briefing))
        begun = at is not None and briefing.has_begun(at)
        if briefing.state == "dated" and invitations.uid_of(briefing) == occasion.uid and not begun:
            values = letters.values(invitations.occasion_of(briefing), {})
            found[occasion.uid] = {name: values[name] for name in letters.FACTS}
    return found


def _why_outdated(fields: Mapping[str, str], now: Mapping[str, Mapping[str, str]]) -> str:
    if fields.get("event_status") == "CANCELLED":
        return ""
    facts = now.get(fields.get("event_uid", ""))
    if facts is None:
        return NOT_HELD
    return MOVED if any(fields.get(name) != value for name, value in facts.items()) else ""
