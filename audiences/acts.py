"""What stands under somebody’s own name: signatures, comments, revisions, review links, briefings they came to, kits, and lines that name them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import namesakes, passages, quotations
from audiences.namesakes import Known
from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Signature
from campaigns.briefings.attendance import Attendance
from campaigns.briefings.kit_holders import KitHolder
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Briefing
from campaigns.drafting import messages
from campaigns.drafting.comments import Comment
from campaigns.drafting.messages import Message, Revision
from campaigns.drafting.proposals import Proposal
from campaigns.foundation import officers

Row = dict[str, Any]


def signatures(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The releases this officer signed."""
    found = select(Signature, Release).join(Release, col(Release.id) == Signature.release_id)
    rows = session.exec(found.where(col(Signature.officer_id).in_(_officers(session, address))).order_by(col(Signature.at)))
    return [{"reference": release.reference, "party": one.party, "at": one.at, "method": one.method} for one, release in rows]


def comments(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """What this officer said about messages."""
    found = select(Comment, Message.reference).join(Message, col(Message.id) == Comment.message_id)
    rows = session.exec(found.where(col(Comment.by_id).in_(_officers(session, address))).order_by(col(Comment.at)))
    return [{"reference": reference, "at": one.at, "comment": one.text} for one, reference in rows]


def revisions(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The revisions this officer wrote."""
    found = select(Revision, Message.reference).join(Message, col(Message.id) == Revision.message_id)
    rows = session.exec(found.where(col(Revision.by_id).in_(_officers(session, address))).order_by(col(Revision.at)))
    return [{"reference": reference, "revision": one.number, "at": one.at} for one, reference in rows]


def proposals(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The wording this officer proposed, for which revision, and what came of it."""
    found = select(Proposal, Message.reference).join(Message, col(Message.id) == Proposal.message_id)
    rows = session.exec(found.where(col(Proposal.by_id).in_(_officers(session, address))).order_by(col(Proposal.at)))
    return [{"reference": reference, "revision": one.revision, "at": one.at, "answer": one.answer} for one, reference in rows]


def review_links(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The links that were made for somebody by this address, or by a name that nobody else has: those whose name erasing them erases."""
    return [
        {"reference": messages.get(session, one.message_id).reference, "reviewer": one.reviewer, "made at": one.made_at, "until": one.until}
        for one in quotations.links(session, _known(session, ids, address).words)
    ]


def attendances(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The lines of sign-in sheets that are about these people, by their post or address, or by a name that nobody else has, or has there."""
    theirs = passages.theirs(session, _known(session, ids, address), passages.ATTENDANCES, "name")
    found = select(Attendance, Briefing).join(Briefing, col(Briefing.id) == Attendance.briefing_id)
    rows = session.exec(found.where(col(Attendance.id).in_(theirs)).order_by(col(Attendance.at), col(Attendance.id)))
    shown = {"authority_code", "body_code", "role", "name", "status", "how", "by", "at"}
    return [{"briefing": briefing.title, **one.model_dump(include=shown)} for one, briefing in rows]


def local_repeats(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The local repeats they told of, by their post or address, or by a name that nobody else has, or has there."""
    theirs = passages.theirs(session, _known(session, ids, address), passages.REPEATS, "reporter", "post")
    found = select(Repeat, Briefing).join(Briefing, col(Briefing.id) == Repeat.briefing_id)
    rows = session.exec(found.where(col(Repeat.id).in_(theirs)).order_by(col(Repeat.at), col(Repeat.id)))
    shown = {"authority_code", "day", "venue", "heads", "asked", "reporter", "post", "at", "state"}
    return [{"briefing": briefing.title, **one.model_dump(include=shown)} for one, briefing in rows]


def kits(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The kits of briefings given to whoever has this address, or a name that nobody else has."""
    theirs = passages.theirs(session, _known(session, ids, address), passages.KITS, "post", "address")
    rows = session.exec(select(KitHolder).where(col(KitHolder.id).in_(theirs)).order_by(col(KitHolder.given_at), col(KitHolder.id)))
    return [row.model_dump(include={"post", "briefing_id", "release_id", "given_at", "told_at"}) for row in rows]


def named(session: Session, ids: Collection[UUID], address: str) -> list[Row]:
    """The lines of questions, next actions and what was recorded by hand that hold their address, or name them for certain."""
    found = passages.named(session, _known(session, ids, address), passages.QUESTIONS, passages.ACTIONS, passages.REPORTS)
    return [
        {"of": passages.where(session, row.campaign_id, row.briefing_id), **{line: row.said[line] for line in lines}}
        for row, lines in found
    ]


def _known(session: Session, ids: Collection[UUID], address: str) -> Known:
    return namesakes.known(session, session.exec(select(Person).where(col(Person.id).in_(ids))).all(), address)


def _officers(session: Session, address: str) -> list[UUID]:
    return [record.id for record in officers.at_address(session, address)]
