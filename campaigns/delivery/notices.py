"""A notice: a system e-mail to one officer (an invitation, a new password, "please sign"), posted by a worker.

Notices carry no campaign's words; those leave only through the gate. A notice's text is forgotten once it is posted.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, Problem, TryLater
from campaigns.foundation.log import Event

WAITING, REFUSED = sa.text("text IS NOT NULL"), sa.text("refused IS NOT NULL")


class NoticeWritten(Event):
    """A notice waits to be posted."""


class Notice(SQLModel, table=True):
    """One row per notice; the words are null once posted or given up."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        sa.Index("ix_notices_refused", "id", sqlite_where=REFUSED, postgresql_where=REFUSED),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    to: str
    subject: str
    text: str | None
    html: str | None
    sender: str = ""  # the local part it comes from; empty: the installation's own
    written_at: datetime = Field(index=True)
    taken_at: datetime | None = None  # by the worker that posts it
    posted_at: datetime | None = None
    refused: str | None = None


def write(session: Session, *, to: str, subject: str, text: str, html: str | None, sender: str = "", by: str, at: datetime) -> UUID:
    """Queue a notice to one officer's address. Refuses line breaks in the address or the subject."""
    if not (to.isprintable() and subject.isprintable()) or "@" not in to or "," in to:
        raise Invalid([Problem("email", "Enter one e-mail address, like name@example.gov.uk")])
    notice = Notice(to=to, subject=subject, text=text, html=html, sender=sender, written_at=at)
    session.add(notice)
    session.flush()
    log.record(session, NoticeWritten(), subject=notice.id, by=by, at=at)
    return notice.id


def written_since(session: Session, since: datetime, *, to: str, subject: str) -> bool:
    """Whether a notice with this subject was written to this address after `since`, posted or not."""
    same = select(Notice.id).where(Notice.to == to, Notice.subject == subject, col(Notice.written_at) > since)
    return session.exec(same.limit(1)).first() is not None


def counted(session: Session) -> tuple[int, int]:
    """How many wait to be posted, and how many were refused for good, of however many there were."""
    each = (sa.select(sa.func.count()).select_from(Notice).where(which).scalar_subquery() for which in (WAITING, REFUSED))
    waiting, refused = session.execute(sa.select(*each)).one()
    return waiting, refused


def take(session: Session, notice_id: UUID, *, lease: timedelta, at: datetime) -> Notice | None:
    """Take a notice in hand for so long; None when it is not to be posted any more. Raises `TryLater` while another worker has it."""
    mine = sa.update(Notice).where(col(Notice.id) == notice_id, col(Notice.text).is_not(None))
    free = sa.or_(col(Notice.taken_at).is_(None), col(Notice.taken_at) <= at - lease)
    if session.exec(mine.where(free).values(taken_at=at).returning(col(Notice.id))).first() is None:
        notice = session.get(Notice, notice_id)
        if notice is not None and notice.text is not None:
            raise TryLater("Another worker is posting this notice.")
        return None
    return session.get_one(Notice, notice_id)


def give_back(session: Session, notice: Notice) -> None:
    """The relay could not take it now: it may be tried again, unless another worker has taken it since."""
    session.exec(sa.update(Notice).where(col(Notice.id) == notice.id, col(Notice.taken_at) == notice.taken_at).values(taken_at=None))


def posted(session: Session, notice_id: UUID, *, at: datetime) -> None:
    """It was accepted by the relay: forget the words."""
    _close(session, notice_id, posted_at=at)


def refused(session: Session, notice_id: UUID, *, reply: str) -> None:
    """The relay refused it for good: forget the words, keep the reason."""
    _close(session, notice_id, refused=reply[:500])


def forget(session: Session, address: str) -> None:
    """Forget every notice to this address but that there was one; what still waits is not posted."""
    theirs = sa.update(Notice).where(sa.func.lower(col(Notice.to)) == address.lower())
    session.exec(theirs.values(to="", subject="", text=None, html=None, refused=None))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """The notices to this address; the words of one are kept only until it is posted."""
    rows = session.exec(select(Notice).where(sa.func.lower(col(Notice.to)) == address).order_by(col(Notice.written_at)))
    return [row.model_dump(include={"subject", "text", "written_at", "posted_at", "refused"}) for row in rows]


def _close(session: Session, notice_id: UUID, **said: object) -> None:
    """Say what became of a notice, and forget its words; of one that was forgotten meanwhile nothing is said."""
    waiting = sa.update(Notice).where(col(Notice.id) == notice_id, col(Notice.text).is_not(None))
    session.exec(waiting.values(text=None, html=None, **said))
