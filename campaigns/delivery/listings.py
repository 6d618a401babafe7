"""The letters of a release in one state, found without reading all of them: what the chunks count says where to look.

No index knows the states: every letter that goes would write to it three times.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import SEALED, Chunk, Delivery
from campaigns.foundation.log import LogEntry

FEW_CHUNKS = 40  # whose letters are read all at once


def of_state(
    session: Session, release_id: UUID, states: Iterable[str], *, limit: int, after: int = -1
) -> list[tuple[Delivery, SealedLetter]]:
    """Letters by state, in order of position, paged by the last position seen.

    Where few chunks have such letters, those are read; else they are met soon on a walk along the positions.
    """
    wanted = list(states)
    query = select(Delivery, SealedLetter).join(SealedLetter, SEALED).where(Delivery.release_id == release_id, Delivery.position > after)
    if len(chunks := chunks_with(session, release_id, wanted)) <= FEW_CHUNKS:
        query = query.where(col(Delivery.chunk_id).in_(chunks))
    return list(session.exec(query.where(col(Delivery.state).in_(wanted)).order_by(col(Delivery.position)).limit(limit)).all())


def were_looked_at(session: Session, release_id: UUID) -> list[UUID]:
    """The chunks that were in hand before and have letters that are queued still, or some that were missed: only letters of these can wait for
    a turn of theirs. One that never was in hand is due, and may go, from the moment at which it was planned.
    """
    later = sa.or_(col(Chunk.not_before) > LogEntry.at, col(Chunk.due_at) > LogEntry.at)
    back = sa.and_(later, col(Chunk.tally)["queued"].as_integer() > 0)
    mine = select(Chunk.id).join(LogEntry, col(LogEntry.id) == Chunk.entry_id).where(Chunk.release_id == release_id)
    return list(session.exec(mine.where(sa.or_(back, col(Chunk.tally)["missed"].as_integer() > 0))))


def chunks_with(session: Session, release_id: UUID, states: Iterable[str]) -> list[UUID]:
    """The chunks that count a letter in any of these states; read from the chunks alone."""
    counts = [col(Chunk.tally)[state].as_integer() > 0 for state in states]
    return list(session.exec(select(Chunk.id).where(Chunk.release_id == release_id, sa.or_(sa.false(), *counts))))


def is_any_held(session: Session, release_id: UUID, *, since: datetime) -> bool:
    """Whether a letter waits for an officer that did so at that moment already."""
    held = select(Delivery.position).where(col(Delivery.chunk_id).in_(chunks_with(session, release_id, ["held"])))
    return session.exec(held.where(Delivery.state == "held", Delivery.at <= since).limit(1)).first() is not None
