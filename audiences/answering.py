"""Answering an invitation: by the link in the letter, by the reader's calendar, or by telephone to an officer. All to the briefing as it stands.

A calendar's answer comes by mail, which anybody can write: it is taken where it names an event of ours, and comes from the very address that
was invited. Whatever else it may be is for an officer to read. Sources: RFC 5546 (3.2.3; 6.1.2, whoever answers for somebody else).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import comings, invitations, invitees
from audiences.invitees import Invitee
from campaigns.agreement.bearers import Bearer
from campaigns.agreement.sealed import Particulars
from campaigns.briefings import answers, tours
from campaigns.briefings.answers import CALENDAR, COMING, LINK, NOT_COMING, OFFICER, PERHAPS, SENDS_SOMEBODY, Asked
from campaigns.briefings.calendar_replies import ACCEPTED, DECLINED, DELEGATED, TENTATIVE, Reply
from campaigns.briefings.tours import Briefing
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.departures import may_be_answered
from campaigns.drafting import invitations as letters
from campaigns.foundation import officers
from campaigns.foundation.errors import NotAllowedNow, NotFound
from campaigns.foundation.officers import Officer
from campaigns.foundation.reader_links import READER

SAID = {ACCEPTED: COMING, DECLINED: NOT_COMING, TENTATIVE: PERHAPS, DELEGATED: SENDS_SOMEBODY}
STANDS = "nothing: the same or a newer answer stands"
NOT_INVITED = "This person was not invited to this briefing."
CALLED_OFF, MOVED, BEGUN = "has been called off", "has been changed", "has begun"  # why no answer is taken


@dataclass(frozen=True)
class Invitation:
    """What a letter invites to: when and where it said, the briefing as it stands, why it takes no answer any more, and the answer given."""

    uid: str
    briefing: Briefing
    when: str
    where: str
    closed: str
    answer: str

    @property
    def now(self) -> letters.Occasion:
        """When and where it is now. Only of one that has a date."""
        return invitations.occasion_of(self.briefing)


def invitation(session: Session, bearer: Bearer, *, at: datetime, lock: bool = False) -> Invitation:
    """What the bearer of a letter's link is invited to. Refuses a letter that invites to nothing."""
    fields = _fields(session, bearer)
    briefing = _briefing(session, fields.get("event_uid", ""), lock=lock)
    if briefing is None:
        raise NotFound("This letter invites to no briefing.")
    uid = fields["event_uid"]
    row = answers.of_event(session, uid).get(bearer.person_id)
    closed = _closed(briefing, fields, at=at)
    counts = row is not None and (closed or row.sequence >= comings.newest_number(session, briefing))
    answer = row.answer if row is not None and counts else ""
    return Invitation(uid, briefing, f"{fields['date']}, {fields['time']}", fields["event_place"], closed, answer)


def by_link(session: Session, bearer: Bearer, said: str, *, at: datetime) -> bool:
    """Record what the reader answers by the link in their letter; False when that stands already.

    Refuses a letter that was never sent, and one about a briefing that has changed since, has begun or was called off.
    """
    delivery = session.get(Delivery, (bearer.release_id, bearer.position))
    if delivery is None or not may_be_answered(delivery):
        raise NotAllowedNow("This letter has not been sent, so nobody can have answered it. Nothing was recorded.")
    asked = invitation(session, bearer, at=at, lock=True)
    if asked.closed:
        raise NotAllowedNow(f"This briefing {asked.closed}, so answers to this letter are no longer taken. Nothing was recorded.")
    number = comings.newest_number(session, asked.briefing)
    theirs = Asked(asked.uid, bearer.person_id, asked.briefing.id, bearer.release_id, bearer.position, number)
    return answers.answer(session, theirs, said, via=LINK, stamped=at, by=READER, at=at)


def by_calendar(session: Session, reply: Reply, *, sender: str, at: datetime) -> str:
    """Record what a calendar answers by mail; gives in words what was done.

    Empty, and nothing is done, where it names no briefing that still takes place, or did not come from an address that was invited.
    """
    briefing = _briefing(session, reply.uid, lock=True)
    if briefing is None or not _is_to_come(briefing, reply.uid, at=at) or sender.lower() != reply.attendee:
        return ""
    theirs = [one for one in invitees.invitees(session, briefing) if one.address.lower() == reply.attendee]
    if not theirs:
        return ""
    number = min(reply.sequence, comings.newest_number(session, briefing))
    said, stamped = SAID[reply.partstat], reply.stamped or at
    done = [
        answers.answer(session, _asked(reply.uid, briefing, one, number), said, via=CALENDAR, stamped=stamped, by=READER, at=at)
        for one in theirs
    ]
    return f"answered the invitation: {said}" if any(done) else STANDS


def by_officer(session: Session, briefing_id: UUID, person_id: UUID, said: str, *, by: Officer, at: datetime) -> bool:
    """Record what an officer was told by telephone, also by somebody whose invitation came back. Refuses somebody who was not invited, and a
    briefing that has no date or has begun.
    """
    officers.require_writer(by)
    briefing = tours.get(session, briefing_id, lock=True)
    require_to_come(briefing, at=at)
    invited = [*invitees.invitees(session, briefing), *invitees.whose_came_back(session, briefing)]
    invitee = next((one for one in invited if one.person_id == person_id), None)
    if invitee is None:
        raise NotFound(NOT_INVITED)
    asked = _asked(invitations.uid_of(briefing), briefing, invitee, comings.newest_number(session, briefing))
    return answers.answer(session, asked, said, via=OFFICER, stamped=at, by=by.name, at=at)


def require_to_come(briefing: Briefing, *, at: datetime) -> None:
    """Refuse a briefing of which nobody can say any more whether they come."""
    if not _is_to_come(briefing, invitations.uid_of(briefing), at=at):
        raise NotAllowedNow("This briefing has no date or has begun, so nobody can say any more whether they are coming.")


def _asked(uid: str, briefing: Briefing, invitee: Invitee, number: int) -> Asked:
    return Asked(uid, invitee.person_id, briefing.id, invitee.release_id, invitee.position, number)


def _fields(session: Session, bearer: Bearer) -> dict[str, str]:
    private = session.get(Particulars, (bearer.release_id, bearer.position))
    return (private.fields if private else None) or {}


def _briefing(session: Session, uid: str, *, lock: bool) -> Briefing | None:
    """The briefing that has, or had, this UID in calendars."""
    try:
        found = UUID(uid.rpartition("-")[0])
    except ValueError:
        return None
    return session.get(Briefing, found, with_for_update=lock, populate_existing=lock)


def _is_to_come(briefing: Briefing, uid: str, *, at: datetime) -> bool:
    """Whether it is still the event that calendars know by this, and has not begun."""
    return briefing.state == "dated" and invitations.uid_of(briefing) == uid and not briefing.has_begun(at)


def _closed(briefing: Briefing, fields: dict[str, str], *, at: datetime) -> str:
    """Why a letter's invitation takes no answer any more; empty while it does."""
    if invitations.uid_of(briefing) != fields["event_uid"] or fields["event_status"] == "CANCELLED":
        return CALLED_OFF
    if briefing.state != "dated" or briefing.has_begun(at):
        return BEGUN
    now = letters.values(invitations.occasion_of(briefing), {})
    return MOVED if any(fields[name] != now[name] for name in letters.FACTS) else ""
