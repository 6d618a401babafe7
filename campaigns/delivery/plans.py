"""Queueing a release's sealed letters: all of them, the one for each reader's case, or a further one later.

Nothing is queued twice. Each queued letter has a durable row (deliveries.py), in a chunk whose `ChunkPlanned` is recorded in the same transaction.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar
from sqlmodel.sql.sqltypes import UTCDateTime

from campaigns.agreement import releases, schedules
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk, ChunkPlanned, Delivery
from campaigns.foundation import lifecycles, log
from campaigns.foundation.officers import COUNTERSIGN

LIGHTLY = {"key_share": True}  # a lock that does not hold up those who recount a chunk of the release, and so refer to it


def plan_next(session: Session, release_id: UUID, *, size: int, at: datetime) -> bool:
    """Queue the next `size` letters of a release that is going; False when there are none left to queue."""
    release = releases.get(session, release_id, lock=LIGHTLY)
    if release.state not in {"sending", "stopped"}:
        return False
    chosen = select(SealedLetter.position).where(SealedLetter.release_id == release_id, SealedLetter.condition == release.choice)
    chosen = chosen.where(SealedLetter.position > _last_planned(session, release)).order_by(col(SealedLetter.position)).limit(size)
    return _queue(session, release_id, chosen, at=at) > 0


def close_if_done(session: Session, release_id: UUID, *, at: datetime) -> bool:
    """Close a release whose letters all have an outcome, asked again under a lock. False: some have none, or it is not going."""
    if not deliveries.is_done(session, releases.get(session, release_id)):
        return False
    return deliveries.is_done(session, releases.get(session, release_id, lock=True)) and schedules.finish(session, release_id, at=at)


def plan_these(session: Session, release_id: UUID, condition: str, people: Collection[UUID], *, at: datetime) -> int:
    """Queue the letter for one `condition` to each of these people who has none of this release yet; returns how many.

    None of a release that is not going. The letter queued first stays the reader's only one, whatever is said of them later.
    """
    release = releases.get(session, release_id, lock=True)
    if release.state not in {"sending", "stopped"}:
        return 0
    fresh = _fresh(release_id, condition, people, col(SealedLetter.release_id) == release_id)
    return _queue(session, release_id, fresh, at=at)


def plan_also(session: Session, release_id: UUID, condition: str, people: Collection[UUID], *, at: datetime) -> int:
    """Queue a further sealed letter, the one for `condition`, to each of these people, once; returns how many.

    A release that had gone out is sending again then. None of a release that was stopped for good, or whose latest time has passed.
    """
    release = releases.get(session, release_id, lock=True)
    if not may_be_added_to(release, at=at):
        return 0
    same_case = (col(SealedLetter.release_id) == release_id) & (col(SealedLetter.condition) == condition)
    queued = _queue(session, release_id, _fresh(release_id, condition, people, same_case), at=at)
    if queued:
        releases.move(session, release_id, "add to", people=release.people + queued, ended_at=None)
    return queued


def may_be_added_to(release: Release, *, at: datetime) -> bool:
    """Whether a further one of its sealed letters may still go."""
    return release.state in lifecycles.before(lifecycles.RELEASE, "add to") and release.latest_send > at


def _last_planned(session: Session, release: Release) -> int:
    """The place of the last letter of the chosen case that is queued, -1 for none: they are queued in order."""
    queued = select(Delivery.position).where(Delivery.release_id == release.id)
    if release.choice:
        queued = queued.join(SealedLetter, deliveries.SEALED).where(SealedLetter.condition == release.choice)
    last = session.exec(queued.order_by(col(Delivery.position).desc()).limit(1)).first()
    return -1 if last is None else last


def learn_sizes(session: Session) -> None:
    """Have PostgreSQL sample tables that have just grown; otherwise it plans as if they were small for another minute.

    It takes a second or more: call it in a transaction of its own, which holds nothing an officer waits for.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(sa.text("SET LOCAL default_statistics_target = 10"))
        session.connection().execute(sa.text("ANALYZE deliveries, sealed_letters, particulars"))


def _fresh(release_id: UUID, condition: str, people: Collection[UUID], had: sa.ColumnElement[bool]) -> SelectOfScalar[int]:
    """The positions of the letters for `condition` to those of these people for whom none of the letters in `had` is queued."""
    served = select(SealedLetter.person_id).join(Delivery, deliveries.SEALED).where(had)
    theirs = select(SealedLetter.position).where(SealedLetter.release_id == release_id, SealedLetter.condition == condition)
    return theirs.where(col(SealedLetter.person_id).in_(list(people)), col(SealedLetter.person_id).not_in(served))


def _queue(session: Session, release_id: UUID, positions: SelectOfScalar[int], *, at: datetime) -> int:
    """Queue these letters in one chunk, by one statement inside the database; gives how many there were. Without any, no chunk is kept."""
    chunk = Chunk(release_id=release_id, not_before=at, due_at=at)
    session.add(chunk)
    session.flush()
    chosen = positions.subquery()
    moment, key = UTCDateTime(), sa.Uuid()
    given: dict[str, tuple[Any, Any]] = {
        "release_id": (release_id, key),
        "chunk_id": (chunk.id, key),
        "due_at": (at, moment),
        "at": (at, moment),
    }
    given |= {"state": ("queued", sa.String()), "attempts": (0, sa.Integer())}
    rows = sa.select(chosen.c.position, *(sa.literal(value, kind) for value, kind in given.values()))
    session.connection().execute(sa.insert(Delivery).from_select(["position", *given], rows))
    letters = session.exec(select(sa.func.count()).select_from(Delivery).where(Delivery.chunk_id == chunk.id)).one()
    if not letters:
        session.delete(chunk)
        return 0
    entry = log.record(session, ChunkPlanned(chunk=chunk.id), subject=release_id, by=COUNTERSIGN.name, at=at)
    chunk.sqlmodel_update({"entry_id": entry.id, "tally": {"queued": letters}, "open": letters})
    session.add(chunk)
    return letters
