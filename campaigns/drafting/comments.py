"""Comments on a message: each made on one revision, by an officer or by a named reviewer, and resolved or not.

A comment changes no words and voids no signature; what was said is never rewritten (triggers see to that).
"""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.drafting import characters, messages
from campaigns.foundation import database, log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotYours, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import WRITERS, Officer

LONGEST = 4000
REVIEWER = "reviewer"  # the duty of somebody with a review link and no account (see reviews.py)
COMMENTERS = WRITERS | {"observer", REVIEWER}


class CommentMade(Event):
    """Somebody commented on a revision. What they said stands in the table."""

    comment: UUID
    revision: int


class CommentResolved(Event):
    """An officer considers a comment dealt with."""

    comment: UUID


class CommentReopened(Event):
    """A comment that was resolved is open again."""

    comment: UUID


class Comment(SQLModel, table=True):
    """One row per comment. `by_id` is the officer's, or the review link's."""

    __tablename__ = "comments"
    __table_args__ = (sa.ForeignKeyConstraint(["message_id", "revision"], ["revisions.message_id", "revisions.number"]),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(index=True)
    revision: int
    text: str
    by_id: UUID
    by_name: str
    by_duty: str
    at: datetime
    resolved_by: str | None = None
    resolved_at: datetime | None = None

    @property
    def is_reviewers(self) -> bool:
        """Whether it came through a review link."""
        return self.by_duty == REVIEWER


def add(session: Session, message_id: UUID, text: str, *, revision: int, by: Officer, at: datetime) -> UUID:
    """Comment on the revision read, newest or not. Refuses no words, too many, unseen signs, an unknown revision, and administrators."""
    if by.duty not in COMMENTERS:
        raise NotYours(f"{by.name} looks after accounts and does not comment.")
    said = _checked(text)
    messages.revision(session, message_id, revision)
    comment = Comment(message_id=message_id, revision=revision, text=said, by_id=by.id, by_name=by.name, by_duty=by.duty, at=at)
    session.add(comment)
    session.flush()
    log.record(session, CommentMade(comment=comment.id, revision=revision), subject=message_id, by=by.name, at=at)
    return comment.id


def resolve(session: Session, comment_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Call a comment dealt with; gives its message. Refuses whoever may only read, and one that is resolved already."""
    officers.require_writer(by)
    comment = get(session, comment_id, lock=True)
    if comment.resolved_at is not None:
        raise NotAllowedNow(f"{comment.resolved_by} resolved this comment already.")
    comment.sqlmodel_update({"resolved_by": by.name, "resolved_at": at})
    session.add(comment)
    log.record(session, CommentResolved(comment=comment_id), subject=comment.message_id, by=by.name, at=at)
    return comment.message_id


def reopen(session: Session, comment_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Open a resolved comment again; gives its message. Refuses whoever may only read, and one that is open."""
    officers.require_writer(by)
    comment = get(session, comment_id, lock=True)
    if comment.resolved_at is None:
        raise NotAllowedNow("This comment is open already.")
    comment.sqlmodel_update({"resolved_by": None, "resolved_at": None})
    session.add(comment)
    log.record(session, CommentReopened(comment=comment_id), subject=comment.message_id, by=by.name, at=at)
    return comment.message_id


def get(session: Session, comment_id: UUID, *, lock: bool = False) -> Comment:
    """The comment; refuses an unknown id. `lock` holds the row until the transaction ends."""
    return database.get(session, Comment, comment_id, "There is no such comment.", lock=lock)


def of_message(session: Session, message_id: UUID) -> list[Comment]:
    """Everything said about a message, oldest first."""
    return list(session.exec(select(Comment).where(Comment.message_id == message_id).order_by(col(Comment.at), col(Comment.id))))


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid([Problem("comment", "Write your comment")])
    if len(said) > LONGEST:
        raise Invalid([Problem("comment", f"A comment may have up to {LONGEST:,} characters; yours has {len(said):,}")])
    if unseen := characters.invisible(said):
        raise Invalid([Problem("comment", f"Take out what nobody can see: {', '.join(unseen[:3])}")])
    return said
