"""Finding the letters of a release that are in one state, without reading all of them: the chunks' counts say where to look.

The states have no index, because every letter that goes would write to it three times.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import SEALED, Chunk, Delivery
from campaigns.foundation.log import LogEntry

FEW_CHUNKS = 40  # at most so many chunks are read by their ids; beyond, the release is read by position


def of_state(
    session: Session, release_id: UUID, states: Iterable[str], *, limit: int, after: int = -1
) -> list[tuple[Delivery, SealedLetter]]:
    """Up to `limit` letters in these states, in order of position, beginning `after` the last position seen.

    Where few chunks have such letters, only those chunks are read; where many do, reading along the positions meets some soon.
    """
    wanted = list(states)
    query = select(Delivery, SealedLetter).join(SealedLetter, SEALED).where(Delivery.release_id == release_id, Delivery.position > after)
    if len(chunks := chunks_with(session, release_id, wanted)) <= FEW_CHUNKS:
        query = query.where(col(Delivery.chunk_id).in_(chunks))
    return list(session.exec(query.where(col(Delivery.state).in_(wanted)).order_by(col(Delivery.position)).limit(limit)).all())


def were_looked_at(session: Session, release_id: UUID) -> list[UUID]:
    """The chunks whose letters may wait for a turn or have missed it: with missed letters, or claimed before and still with queued ones."""
    later = sa.or_(col(Chunk.not_before) > LogEntry.at, col(Chunk.due_at) > LogEntry.at)
    back = sa.and_(later, col(Chunk.tally)["queued"].as_integer() > 0)
    mine = select(Chunk.id).join(LogEntry, col(LogEntry.id) == Chunk.entry_id).where(Chunk.release_id == release_id)
    return list(session.exec(mine.where(sa.or_(back, col(Chunk.tally)["missed"].as_integer() > 0))))


def chunks_with(session: Session, release_id: UUID, states: Iterable[str]) -> list[UUID]:
    """The chunks that have a letter in any of these states, by their own counts."""
    counts = [col(Chunk.tally)[state].as_integer() > 0 for state in states]
    return list(session.exec(select(Chunk.id).where(Chunk.release_id == release_id, sa.or_(sa.false(), *counts))))


def is_any_held(session: Session, release_id: UUID, *, since: datetime) -> bool:
    """Whether a letter waits for an officer now, and has done since that moment or longer."""
    held = select(Delivery.position).where(col(Delivery.chunk_id).in_(chunks_with(session, release_id, ["held"])))
    return session.exec(held.where(Delivery.state == "held", Delivery.at <= since).limit(1)).first() is not None


def is_any_refused(session: Session, release_id: UUID, *, since: datetime) -> bool:
    """Whether a letter was refused for good after that moment."""
    refused = select(Delivery.position).where(col(Delivery.chunk_id).in_(chunks_with(session, release_id, ["rejected"])))
    return session.exec(refused.where(Delivery.state == "rejected", Delivery.at > since).limit(1)).first() is not None
