"""How fast letters go at present, and how long the oldest that is due has waited: read from rows, and from few of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement.releases import Release
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.settling import ChunkSent
from campaigns.delivery.transport import NO_RELAY
from campaigns.foundation.log import LogEntry

WINDOW = timedelta(seconds=60)
MOST_CHUNKS = 100  # looked into; of a faster release a shorter time is looked at
TRIED = ("accepted", "rejected", "unknown")


@dataclass(frozen=True)
class Speed:
    """How fast letters go: so many a second over the last minute.

    Also since when a letter has been due or, if none is, when the next will be; why the relay cannot be reached, if that is why nothing
    goes; and whether another release's letters went meanwhile, and none of these.
    """

    rate: float
    oldest_due: datetime | None
    next_due: datetime | None = None
    no_relay: str = ""
    behind: bool = False

    def time_left(self, letters: int) -> timedelta | None:
        """How long so many letters take at this rate; None while nothing goes."""
        return timedelta(seconds=letters / self.rate) if self.rate else None


def of(session: Session, release: Release, *, at: datetime) -> Speed:
    """The speed of a release that is going; of any other none, and nothing due."""
    if release.state != "sending":
        return Speed(0.0, None)
    since = max(at - WINDOW, release.began_at or at)
    closed = select(LogEntry).where(LogEntry.subject == release.id, LogEntry.kind == ChunkSent.__name__, LogEntry.at >= since)
    recent = session.exec(closed.order_by(col(LogEntry.id).desc()).limit(MOST_CHUNKS)).all()
    if len(recent) == MOST_CHUNKS:
        since = recent[-1].at
    chunks = {UUID(entry.payload["chunk"]) for entry in recent} | _in_hand(session, release, at)
    seconds = max((at - since).total_seconds(), 1.0)
    rate, first_due = _tried(session, chunks, since) / seconds, _first_due(session, release)
    is_due = first_due is not None and first_due <= at
    no_relay, behind = ("", False) if rate else (_no_relay(session, chunks), is_due and _another_went(session, release, at - WINDOW))
    return Speed(rate, first_due if is_due else None, None if is_due else first_due, no_relay, behind)


def _tried(session: Session, chunks: set[UUID], since: datetime) -> int:
    """How many of these chunks' letters were tried."""
    was_tried = col(Delivery.state).in_(TRIED) & (col(Delivery.at) >= since)
    counts = sa.case((was_tried, 1), else_=0)
    return int(session.exec(select(sa.func.coalesce(sa.func.sum(counts), 0)).where(col(Delivery.chunk_id).in_(chunks))).one())


def _another_went(session: Session, release: Release, since: datetime) -> bool:
    """Whether letters of another release that is going have gone since."""
    others = select(Release.id).where(Release.state == "sending", Release.id != release.id)
    closed = select(LogEntry).where(col(LogEntry.subject).in_(others), LogEntry.kind == ChunkSent.__name__, LogEntry.at >= since)
    recent = session.exec(closed.order_by(col(LogEntry.id).desc()).limit(MOST_CHUNKS))
    return any(entry.payload["accepted"] for entry in recent)


def _in_hand(session: Session, release: Release, at: datetime) -> set[UUID]:
    return set(session.exec(select(Chunk.id).where(Chunk.release_id == release.id, col(Chunk.leased_until) > at)))


def _first_due(session: Session, release: Release) -> datetime | None:
    queued = select(Chunk.due_at).where(Chunk.release_id == release.id, col(Chunk.due_at).is_not(None))
    return session.exec(queued.order_by(col(Chunk.due_at)).limit(1)).first()


def _no_relay(session: Session, chunks: set[UUID]) -> str:
    """What was said of these chunks' letters for which there was no relay to talk to."""
    unsent = select(Delivery.reply).where(col(Delivery.chunk_id).in_(chunks), Delivery.state == "queued", Delivery.stage == NO_RELAY)
    return session.exec(unsent.order_by(col(Delivery.at).desc()).limit(1)).first() or ""
