"""What is to come: how many messages have letters sealed for an authority and role that have not gone, and still may.

Every page that warns of contacts asks this of every waiting release, so it must be cheap. Before a release begins, its census says its
places; once it goes, only the chunks that still have letters are read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import censuses, replaced
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import SEALED, UNFINISHED, Chunk, Delivery

STATES = ("sealed", "scheduled", "sending", "stopped")

Place = tuple[str, str]  # an authority's code and a role


class Waiting(NamedTuple):
    """A release whose letters may go: of which message, which of the agreed cases, and to how many people."""

    id: UUID
    message_id: UUID
    choice: str
    people: int


def of(session: Session, *, but: UUID | None = None, at: datetime) -> dict[Place, int]:
    """For how many messages, `but` this one, letters are still to come, by place."""
    waiting = _waiting(session, but, at)
    planned, still = _planned(session, [release.id for release in waiting])
    whole = censuses.places(session, [release_id for release_id in planned if planned[release_id] == still[release_id]])
    found: defaultdict[Place, set[UUID]] = defaultdict(set)
    for release in waiting:
        places: Iterable[Place] | None = whole.get(release.id)
        for code, role in _left(session, release, planned[release.id]) if places is None else places:
            found[code, role].add(release.message_id)
    return {place: len(messages) for place, messages in found.items()}


def _waiting(session: Session, but: UUID | None, at: datetime) -> list[Waiting]:
    """Those of which it is certain which letters may go: no holding line before its case is chosen, and no follow-up, where attendance decides."""
    first = (col(SealedLetter.release_id) == Release.id) & (col(SealedLetter.position) == 0)
    facts = select(Release.id, Release.message_id, Release.choice, Release.people).join(SealedLetter, first)
    live = facts.where(
        col(Release.state).in_(STATES),
        replaced.IS_CURRENT,
        Release.latest_send > at,
        sa.or_(col(Release.choice) != "", col(SealedLetter.condition) == ""),
    )
    others = live if but is None else live.where(Release.message_id != but)
    return [Waiting(*row) for row in session.exec(others)]


def _planned(session: Session, ids: list[UUID]) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many letters of each release are queued or have been, and how many of them have no outcome."""
    planned, still = Counter(dict.fromkeys(ids, 0)), Counter(dict.fromkeys(ids, 0))
    for release_id, tally, unfinished in session.exec(
        select(Chunk.release_id, Chunk.tally, Chunk.open).where(col(Chunk.release_id).in_(ids))
    ):
        planned[release_id] += sum(tally.values())
        still[release_id] += unfinished
    return planned, still


def _left(session: Session, release: Waiting, planned: int) -> set[Place]:
    """Where letters of a release that is going have no outcome, or are not queued yet."""
    place = select(SealedLetter.authority_code, SealedLetter.role).distinct()
    mine = place.where(SealedLetter.release_id == release.id, SealedLetter.condition == release.choice)
    queued = mine.join(Delivery, SEALED).join(Chunk, col(Chunk.id) == Delivery.chunk_id)
    found = set(session.exec(queued.where(Chunk.release_id == release.id, Chunk.open > 0, col(Delivery.state).in_(UNFINISHED))))
    if release.choice or planned < release.people:
        found |= set(session.exec(mine.outerjoin(Delivery, SEALED).where(col(Delivery.position).is_(None))))
    return {(code, role) for code, role in found if code is not None}
