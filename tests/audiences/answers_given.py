"""What tests of answers to an invitation do: answer by link, by calendar and by telephone, and look who is said to come."""

from datetime import datetime

from sqlmodel import col, select

from audiences import answering, comings, incoming_post
from audiences.comings import WhoIsComing
from campaigns.agreement.bearers import Bearer
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings.answers import InvitationAnswer
from campaigns.delivery import bounces, incoming
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.verp import Found
from campaigns.foundation.log import LogEntry
from tests.audiences.invited import WALES, Invited
from tests.campaigns.stories import NOON, Story

HEAD, INSPECTOR, LEEDS = "head@cardiff.test", "inspector@cardiff.test", "head@leeds.test"


def coming(tour: Invited, group: str = WALES) -> WhoIsComing:
    """Who is coming to a briefing."""
    with tour.database.reading() as session:
        return comings.who_is_coming(session, tour.briefing(group))


def says(tour: Invited, group: str = WALES) -> dict[str, str]:
    """The answer that counts, by address."""
    return {line.invitee.address.lower(): line.says for line in coming(tour, group).lines}


def bearer(tour: Invited, story: Story, address: str) -> Bearer:
    """Whoever holds the link of the letter that invites them."""
    person = tour.person(address)
    with tour.database.reading() as session:
        letters = select(SealedLetter).where(SealedLetter.release_id == story.release, SealedLetter.person_id == person)
        letter = session.exec(letters.order_by(col(SealedLetter.position))).first()
    assert letter is not None
    return Bearer(story.release, letter.position, person, tour.house.campaign)


def click(tour: Invited, story: Story, said: str, *, address: str = HEAD, at: datetime = NOON) -> bool:
    """Answer by the link."""
    with tour.database.transaction() as session:
        return answering.by_link(session, bearer(tour, story, address), said, at=at)


def phone(tour: Invited, said: str, *, address: str = HEAD, at: datetime = NOON) -> bool:
    """An officer enters an answer."""
    with tour.database.transaction() as session:
        return answering.by_officer(session, tour.briefing().id, tour.person(address), said, by=tour.house.drafter, at=at)


def mail(
    tour: Invited, partstat: str, *, address: str = HEAD, sender: str = "", uid: str = "", sequence: int = 0, stamped: datetime = NOON
) -> bytes:
    """What a calendar sends."""
    briefing = tour.briefing()
    lines = [
        f"From: Somebody <{sender or address}>",
        "To: lopp-replies@countersign.test",
        "Subject: Accepted: Come to the briefing",
        "MIME-Version: 1.0",
        "Content-Type: text/calendar; charset=utf-8; method=REPLY",
        "",
        "BEGIN:VCALENDAR",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid or f'{briefing.id}-{briefing.times_off}'}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{stamped:%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT={partstat}:MAILTO:{address.upper()}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def take(tour: Invited, raw: bytes, *, at: datetime = NOON, found: Found | None = None) -> IncomingMail:
    """A mail comes in."""
    with tour.database.transaction() as session:
        taken = incoming_post.take(session, incoming.digest(raw), bounces.read(raw), found or Found(), at=at)
    assert taken is not None
    return taken


def rows(tour: Invited) -> list[InvitationAnswer]:
    """Every answer that is kept."""
    with tour.database.reading() as session:
        return list(session.exec(select(InvitationAnswer)))


def told(tour: Invited) -> list[tuple[str, dict[str, str]]]:
    """Who is said in the log to have answered, and what."""
    with tour.database.reading() as session:
        found = session.exec(select(LogEntry).where(LogEntry.kind == "InvitationAnswered").order_by(col(LogEntry.id)))
        return [(entry.by, entry.payload) for entry in found]
