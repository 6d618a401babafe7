"""Which of a release's sealed letters are queued to go: all of them, the one for each reader's case, or a further one later.

Nothing is queued twice. What is queued has a durable row (deliveries.py), in a chunk that is told of in the same transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import Chunk, ChunkPlanned, Delivery
from campaigns.foundation import lifecycles, log
from campaigns.foundation.officers import COUNTERSIGN

SAME = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)


def plan_next(session: Session, release_id: UUID, *, size: int, at: datetime) -> bool:
    """Queue the next `size` letters of a release that is going; False when there are none left to queue."""
    release = releases.get(session, release_id, lock=True)
    if release.state not in {"sending", "stopped"}:
        return False
    chosen = select(SealedLetter.position).where(SealedLetter.release_id == release_id, SealedLetter.condition == release.choice)
    chosen = chosen.where(SealedLetter.position > _last_planned(session, release))
    positions = session.exec(chosen.order_by(col(SealedLetter.position)).limit(size)).all()
    if not positions:
        return False
    _queue(session, release_id, positions, at=at)
    return True


def plan_these(session: Session, release_id: UUID, condition: str, people: Collection[UUID], *, at: datetime) -> int:
    """Queue, of a release that is going, the letter for one condition to each of these readers who has none queued yet. Returns how many.

    What was queued once stays the reader's one letter, whatever is said of them later.
    """
    release = releases.get(session, release_id, lock=True)
    if release.state not in {"sending", "stopped"}:
        return 0
    positions = _fresh(session, release_id, condition, people, col(SealedLetter.release_id) == release_id)
    if positions:
        _queue(session, release_id, positions, at=at)
    return len(positions)


def plan_also(session: Session, release_id: UUID, condition: str, people: Collection[UUID], *, at: datetime) -> int:
    """Queue a further one of their sealed letters for these readers, once each; a release that has gone out goes on. Returns how many.

    None of a release that was stopped for good, or whose latest time has passed.
    """
    release = releases.get(session, release_id, lock=True)
    if not may_be_added_to(release, at=at):
        return 0
    same_case = (col(SealedLetter.release_id) == release_id) & (col(SealedLetter.condition) == condition)
    positions = _fresh(session, release_id, condition, people, same_case)
    if positions:
        releases.move(session, release_id, "add to", people=release.people + len(positions), ended_at=None)
        _queue(session, release_id, positions, at=at)
    return len(positions)


def may_be_added_to(release: Release, *, at: datetime) -> bool:
    """Whether a further one of its sealed letters may still go."""
    return release.state in lifecycles.before(lifecycles.RELEASE, "add to") and release.latest_send > at


def _last_planned(session: Session, release: Release) -> int:
    """The place of the last letter of the chosen case that is queued, -1 for none: they are queued in order."""
    queued = select(Delivery.position).where(Delivery.release_id == release.id)
    if release.choice:
        queued = queued.join(SealedLetter, SAME).where(SealedLetter.condition == release.choice)
    last = session.exec(queued.order_by(col(Delivery.position).desc()).limit(1)).first()
    return -1 if last is None else last


def _fresh(session: Session, release_id: UUID, condition: str, people: Collection[UUID], had: sa.ColumnElement[bool]) -> Sequence[int]:
    """The letters for one condition to those of these readers who have none queued among those they may have `had`."""
    served = select(SealedLetter.person_id).join(Delivery, SAME).where(had)
    theirs = select(SealedLetter.position).where(SealedLetter.release_id == release_id, SealedLetter.condition == condition)
    fresh = theirs.where(col(SealedLetter.person_id).in_(list(people)), col(SealedLetter.person_id).not_in(served))
    return session.exec(fresh.order_by(col(SealedLetter.position))).all()


def _queue(session: Session, release_id: UUID, positions: Sequence[int], *, at: datetime) -> None:
    chunk = Chunk(release_id=release_id, not_before=at, due_at=at, tally={"queued": len(positions)}, open=len(positions))
    chunk.entry_id = log.record(session, ChunkPlanned(chunk=chunk.id), subject=release_id, by=COUNTERSIGN.name, at=at).id
    session.add(chunk)
    session.flush()
    queued = {"release_id": release_id, "chunk_id": chunk.id, "state": "queued", "attempts": 0, "due_at": at, "at": at}
    session.connection().execute(sa.insert(Delivery), [queued | {"position": position} for position in positions])
