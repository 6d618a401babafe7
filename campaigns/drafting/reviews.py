"""Review links: somebody named, without an account, reads one revision and comments on it until a day, or until the link is taken back.

Of the link only a digest is kept; it is shown once, to whoever made it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.drafting import comments, messages
from campaigns.drafting.comments import REVIEWER, Comment
from campaigns.foundation import clock, database, log, officers, tokens
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LASTS = timedelta(days=14)
LONGEST = timedelta(days=91)
LONGEST_NAME = 120
MOST_COMMENTS = 100  # through one link: whoever it leaks to cannot bury a page
UNNAMED = "A reviewer"  # under which the log and a comment's row know whoever uses a link: neither is ever rewritten
FORGOTTEN = "Somebody since erased"
UNKNOWN = "This link is not one of ours, or it is incomplete. Copy the whole link from where it was sent to you."


class ReviewLinkMade(Event):
    """Somebody without an account was given a link to one revision."""

    review: UUID
    revision: int


class ReviewLinkTakenBack(Event):
    """A link no longer works."""

    review: UUID


class ReviewerForgotten(Event):
    """The name on a link was erased; what was said through it stays."""

    review: UUID


class Review(SQLModel, table=True):
    """One row per link: the one place where the reviewer is named, so that the name can be erased."""

    __tablename__ = "reviews"
    __table_args__ = (sa.ForeignKeyConstraint(["message_id", "revision"], ["revisions.message_id", "revisions.number"]),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(index=True)
    revision: int
    reviewer: str
    digest: str = Field(unique=True)
    made_by: str
    made_at: datetime
    until: datetime
    taken_back_by: str | None = None
    taken_back_at: datetime | None = None

    def closed(self, *, at: datetime) -> str:
        """Why it opens nothing at this moment; empty while it opens."""
        if self.taken_back_at is not None:
            return f"This link was taken back on {clock.say(self.taken_back_at)}."
        return f"This link ended on {clock.say(self.until)}." if self.until <= at else ""


def make(session: Session, message_id: UUID, *, reviewer: str, until: datetime | None = None, by: Officer, at: datetime) -> str:
    """A link's token for somebody to read and comment on the words as they stand; for fourteen days unless `until` says otherwise.

    Refuses whoever may only read, a name that is none, and an end that has passed or lies more than three months ahead.
    """
    officers.require_writer(by)
    until = until or at + LASTS
    if found := problems(reviewer, until, at=at):
        raise Invalid(found)
    token, message = tokens.fresh(), messages.get(session, message_id)
    review = Review(
        message_id=message_id,
        revision=message.revision,
        reviewer=reviewer.strip(),
        digest=tokens.digest(token),
        made_by=by.name,
        made_at=at,
        until=until,
    )
    session.add(review)
    session.flush()
    log.record(session, ReviewLinkMade(review=review.id, revision=review.revision), subject=message_id, by=by.name, at=at)
    return token


def take_back(session: Session, review_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Let a link open nothing from now on; gives its message. Refuses one that was taken back already."""
    officers.require_writer(by)
    review = database.get(session, Review, review_id, "There is no such link.", lock=True)
    if review.taken_back_at is not None:
        raise NotAllowedNow(f"{review.taken_back_by} took this link back already.")
    review.sqlmodel_update({"taken_back_by": by.name, "taken_back_at": at})
    session.add(review)
    log.record(session, ReviewLinkTakenBack(review=review_id), subject=review.message_id, by=by.name, at=at)
    return review.message_id


def forget(session: Session, review_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Erase who a link was for; gives its message. Refuses a link that still opens, and one whose name is erased already."""
    officers.require_writer(by)
    review = database.get(session, Review, review_id, "There is no such link.", lock=True)
    if not review.closed(at=at):
        raise NotAllowedNow("This link still works. Take it back first.")
    if review.reviewer == FORGOTTEN:
        raise NotAllowedNow("The name on this link has been erased already.")
    review.reviewer = FORGOTTEN
    session.add(review)
    log.record(session, ReviewerForgotten(review=review_id), subject=review.message_id, by=by.name, at=at)
    return review.message_id


def named(session: Session) -> list[Review]:
    """Every link, open or closed, on which a name stands, the first made first."""
    return list(session.exec(select(Review).where(Review.reviewer != FORGOTTEN).order_by(col(Review.made_at), col(Review.id))))


def erase(session: Session, links: Iterable[Review], *, by: Officer, at: datetime) -> None:
    """Erase the names on these links, open or closed."""
    for review in links:
        review.reviewer = FORGOTTEN
        session.add(review)
        log.record(session, ReviewerForgotten(review=review.id), subject=review.message_id, by=by.name, at=at)


def opened(session: Session, token: str, *, at: datetime, lock: bool = False) -> Review:
    """The link this token belongs to; refuses an unknown one as `NotFound`, one that ended or was taken back as `NotAllowedNow`."""
    named = select(Review).where(Review.digest == tokens.digest(token))
    review = session.exec(named.with_for_update() if lock else named).first()
    if review is None:
        raise NotFound(UNKNOWN)
    if said := review.closed(at=at):
        raise NotAllowedNow(said)
    return review


def comment(session: Session, token: str, text: str, *, at: datetime) -> UUID:
    """Comment through a link, on the revision it was made for. Refuses a closed link, and more than a hundred comments through one."""
    review = opened(session, token, at=at, lock=True)
    if len(said_through(session, review)) >= MOST_COMMENTS:
        raise Invalid([Problem("comment", "This link has been used for as many comments as it may. Ask whoever sent it for another")])
    reviewer = Officer(id=review.id, name=UNNAMED, party=None, duty=REVIEWER)
    return comments.add(session, review.message_id, text, revision=review.revision, by=reviewer, at=at)


def said_through(session: Session, review: Review) -> list[Comment]:
    """The comments that came through a link, oldest first."""
    return [one for one in comments.of_message(session, review.message_id) if one.by_id == review.id]


def of_message(session: Session, message_id: UUID) -> list[Review]:
    """Every link ever made for a message, the newest first."""
    return list(session.exec(select(Review).where(Review.message_id == message_id).order_by(col(Review.made_at).desc(), col(Review.id))))


def names(session: Session, message_id: UUID) -> dict[UUID, str]:
    """Who each link of a message was for, as its comments show them."""
    return {review.id: review.reviewer for review in of_message(session, message_id)}


def problems(reviewer: str, until: datetime, *, at: datetime) -> list[Problem]:
    """Whatever cannot be in a link, field by field."""
    name, found = reviewer.strip(), []
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.append(Problem("reviewer", f"Enter who will read it, on one line of up to {LONGEST_NAME} characters"))
    if until <= at:
        found.append(Problem("until", "Choose a day that has not passed"))
    if until > at + LONGEST:
        found.append(Problem("until", "A link works for three months at most"))
    return found
