"""Wording proposed by a signatory, for the author to accept: the author is then its editor, and the signatory may still sign."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.drafting import attachments, messages
from campaigns.drafting.messages import Message
from campaigns.drafting.words import Words
from campaigns.foundation import database, lifecycles, log, officers
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class WordingProposed(Event):
    """Other words were suggested."""

    proposal: UUID


class WordingAnswered(Event):
    """The author took the proposal, or did not."""

    proposal: UUID
    accepted: bool


class Proposal(SQLModel, table=True):
    """One suggestion, against one revision."""

    __tablename__ = "proposals"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(foreign_key="messages.id", index=True)
    revision: int
    words: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    by_id: UUID
    by_name: str
    at: datetime
    answer: str | None = None  # accepted | declined


def propose(session: Session, message_id: UUID, words: Words, *, seen: int | None = None, by: Officer, at: datetime) -> UUID:
    """Suggest other words without becoming their editor. `seen`: the number of the revision that they were typed over; None compares nothing.

    Refuses words that could not be sealed, and `Stale` if another revision was saved since.
    """
    officers.require_writer(by)
    words.check(at=at)
    attachments.require_kept(session, words.attachments)
    message = messages.get(session, message_id)
    messages.require_seen(message, seen)
    proposal = Proposal(message_id=message_id, revision=message.revision, words=words.stored(), by_id=by.id, by_name=by.name, at=at)
    session.add(proposal)
    session.flush()
    log.record(session, WordingProposed(proposal=proposal.id), subject=message_id, by=by.name, at=at)
    return proposal.id


def answer(session: Session, proposal_id: UUID, *, accept: bool, was: str | None = None, by: Officer, at: datetime) -> None:
    """Take the words, as a new revision by whoever takes them, or decline them. `was`: the message's state when they were read.

    Refuses a proposal answered already, its proposer, and words for what has changed since. Whoever takes them is their editor, and signs none of it.
    """
    officers.require_writer(by)
    proposal = database.get(session, Proposal, proposal_id, "There is no such proposal.", lock=True)
    if by.id == proposal.by_id:
        raise NotYours("Somebody other than the proposer must answer a proposal.")
    message = messages.get(session, proposal.message_id, lock=True)
    if proposal.answer:
        raise NotAllowedNow("This proposal was answered already.")
    if accept:
        if why := why_not_accept(message, proposal):
            raise NotAllowedNow(f"{why} You can decline them.")
        messages.revise(session, message.id, Words.model_validate(proposal.words), was=was, by=by, at=at)
    proposal.answer = "accepted" if accept else "declined"
    session.add(proposal)
    log.record(session, WordingAnswered(proposal=proposal_id, accepted=accept), subject=message.id, by=by.name, at=at)


def why_not_accept(message: Message, proposal: Proposal) -> str:
    """Why nobody can take the words any more, as a sentence; empty where somebody can."""
    if message.state not in lifecycles.before(lifecycles.MESSAGE, "revise"):
        return "These words can no longer be accepted: the message cannot be changed any more."
    if message.revision != proposal.revision:
        return "These words can no longer be accepted: the message has changed since they were proposed."
    return ""


def of_message(session: Session, message_id: UUID) -> list[Proposal]:
    """Everything that was proposed for a message, the oldest first."""
    return list(session.exec(select(Proposal).where(Proposal.message_id == message_id).order_by(col(Proposal.at), col(Proposal.id))))


def open_for(session: Session, message_id: UUID) -> list[Proposal]:
    """Proposals for a message that still wait for an answer, oldest first."""
    waiting = select(Proposal).where(Proposal.message_id == message_id, col(Proposal.answer).is_(None))
    return list(session.exec(waiting.order_by(col(Proposal.at))))


def open_to(session: Session, author_id: UUID) -> list[tuple[Proposal, Message]]:
    """The same for everything that somebody wrote."""
    theirs = select(Proposal, Message).join(Message, col(Message.id) == Proposal.message_id).where(Message.author_id == author_id)
    return list(session.exec(theirs.where(col(Proposal.answer).is_(None)).order_by(col(Proposal.at))))
