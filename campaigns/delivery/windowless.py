"""Letters that were let go and yet do not go: whose they are, and why. No window was left for them, or the latest moment passed, perhaps before
they were so much as queued.

They come back for a decision: nothing sends them by itself, and whoever was to get one is written to again only by what both parties sign anew.
A release may have very many, so that they are counted where they lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, Stale
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import Officer

TOO_LATE = "The release was missed"  # why a letter does not go that was queued in time, or was not


class MissedLettersDealtWith(Event):
    """An officer said of letters that will not go that what was to be done about them is done, or that nothing is to be."""

    letters: int


@dataclass(frozen=True)
class Windowless:
    """So many letters to one authority, in one role, that do not go for one reason. Other bodies' readers have an empty authority.

    `maybe_gone`: they were to go once more though nobody knew whether they had gone.
    """

    authority_code: str
    role: str
    why: str
    maybe_gone: bool
    letters: int


@dataclass(frozen=True)
class Elsewhere:
    """One of those to a reader of another body."""

    position: int
    why: str
    maybe_gone: bool


def number(session: Session, release: Release) -> int:
    """How many there are."""
    figures = deliveries.counted(session, release.id)
    return of_missed(release, figures.get("missed", 0) + _never_queued(release, figures))


def of_missed(release: Release, letters: int) -> int:
    """The same, where its missed letters were counted already. None of a release that was withdrawn: there somebody has decided."""
    return 0 if release.state == "withdrawn" else letters


def dealt_with(session: Session, release_id: UUID, letters: int) -> LogEntry | None:
    """Who said, of so many of them, that they are dealt with; nobody, once there are more."""
    said = log.of_kinds(session, release_id, MissedLettersDealtWith.__name__)
    return said[-1] if said and said[-1].payload["letters"] >= letters else None


def deal_with(session: Session, release_id: UUID, *, seen: int, by: Officer, at: datetime) -> None:
    """Say that they are dealt with: nobody is asked about them any more. Refuses when they are not as many as were `seen`, or that was said."""
    officers.require_writer(by)
    letters = number(session, releases.get(session, release_id, lock=True))
    if letters != seen:
        raise Stale(f"The letters here have changed since this page was shown: {letters:,} will not go now. Look at them, then decide.")
    if not letters or dealt_with(session, release_id, letters):
        raise NotAllowedNow("Somebody has said already that these letters are dealt with.")
    log.record(session, MissedLettersDealtWith(letters=letters), subject=release_id, by=by.name, at=at)


def of(session: Session, release_id: UUID) -> list[Windowless]:
    """All of them, counted."""
    whose = col(SealedLetter.authority_code), col(SealedLetter.role)
    by = *whose, col(Delivery.reply), col(Delivery.maybe_twice)
    rows = session.execute(_missed(release_id, *by, sa.func.count()).group_by(*by))
    found = [Windowless(code or "", role, why or "", maybe_gone, letters) for code, role, why, maybe_gone, letters in rows]
    if not _is_any_unqueued(session, release_id):
        return found
    readers = session.execute(_unqueued(release_id, *whose, sa.func.count(sa.distinct(col(SealedLetter.person_id)))).group_by(*whose))
    return [*found, *(Windowless(code or "", role, TOO_LATE, False, letters) for code, role, letters in readers)]


def elsewhere(session: Session, release_id: UUID, *, limit: int) -> list[Elsewhere]:
    """The first of those to readers of other bodies, in the order they were sealed."""
    theirs = _missed(release_id, Delivery.position, Delivery.reply, Delivery.maybe_twice).where(col(SealedLetter.authority_code).is_(None))
    rows = session.execute(theirs.order_by(col(Delivery.position)).limit(limit))
    found = [Elsewhere(position, why or "", maybe_gone) for position, why, maybe_gone in rows]
    if not _is_any_unqueued(session, release_id):
        return found
    first = sa.func.min(SealedLetter.position)  # a follow-up has several letters for each, of which none is chosen yet
    readers = _unqueued(release_id, first).where(col(SealedLetter.authority_code).is_(None)).group_by(col(SealedLetter.person_id))
    found += [Elsewhere(position, TOO_LATE, False) for position in session.scalars(readers.order_by(first).limit(limit))]
    return sorted(found, key=attrgetter("position"))[:limit]


def _never_queued(release: Release, figures: Mapping[str, int]) -> int:
    """How many readers got no letter queued before its time was over: no worker was there, or nobody could say which letter of a follow-up is theirs."""
    return release.people - sum(figures.values()) if release.state == "missed" and release.began_at else 0


def _is_any_unqueued(session: Session, release_id: UUID) -> bool:
    return _never_queued(releases.get(session, release_id), deliveries.counted(session, release_id)) > 0


def _unqueued(release_id: UUID, *columns: Any) -> sa.Select[Any]:
    """The sealed letters of readers of whom none is queued."""
    theirs = aliased(SealedLetter)
    queued = sa.exists().where(
        col(theirs.release_id) == release_id,
        col(theirs.person_id) == SealedLetter.person_id,
        col(Delivery.release_id) == release_id,
        col(Delivery.position) == theirs.position,
    )
    return sa.select(*columns).where(col(SealedLetter.release_id) == release_id, ~queued)


def _missed(release_id: UUID, *columns: Any) -> sa.Select[Any]:
    there = col(Delivery.chunk_id).in_(select(Chunk.id).where(Chunk.release_id == release_id, col(Chunk.tally)["missed"].as_integer() > 0))
    whole = sa.select(*columns).select_from(Delivery).join(SealedLetter, deliveries.SEALED)
    return whole.where(col(Delivery.release_id) == release_id, there, col(Delivery.state) == "missed")
