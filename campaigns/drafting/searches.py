"""Searching what was written: which messages speak of something, in their title, in any revision, a proposal or a comment.

What is looked for is taken letter by letter, in any case: %, _ and * stand for themselves. Asked for when somebody asks what is held about
a subject, and when a subject is put under a legal hold.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from campaigns.drafting.comments import Comment
from campaigns.drafting.messages import Message, Revision
from campaigns.drafting.proposals import Proposal


def about(session: Session, text: str) -> set[UUID]:
    """The messages that speak of it; of nothing, none does."""
    return about_any(session, [text])


def about_any(session: Session, texts: list[str]) -> set[UUID]:
    """The messages that speak of any of these."""
    wanted = [text.strip() for text in texts if text.strip()]
    if not wanted:
        return set()
    return {message_id for message_id, said in _everything(session) if any(holds(said, text) for text in wanted)}


def holds(said: Any, text: str) -> bool:
    """Whether words, a list of them or a whole revision hold this text."""
    match said:
        case str():
            return text.strip().casefold() in said.casefold()
        case dict():
            return any(holds(part, text) for part in said.values())
        case list() | tuple():
            return any(holds(part, text) for part in said)
        case _:
            return False


def _everything(session: Session) -> Iterator[tuple[UUID, Any]]:
    yield from session.exec(select(Message.id, Message.title))
    yield from session.exec(select(Revision.message_id, Revision.words))
    yield from session.exec(select(Proposal.message_id, Proposal.words))
    yield from session.exec(select(Comment.message_id, Comment.text))
