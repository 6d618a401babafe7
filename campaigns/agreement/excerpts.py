"""The excerpts that a bundle shows of a release's letters and of the log, read in stretches: both may be very long."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import manifest, passkeys
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter
from campaigns.foundation import audit
from campaigns.foundation.audit import Link, Linked
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import LogEntry

AT_ONCE = 5_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows that are read anew each time they are gone through, while the session is open."""

    read: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        return self.read()


def leaves(session: Session, release_id: UUID) -> Iterator[Row]:
    """Every letter's leaf in order, with its salt for as long as that is kept."""
    said = (
        SealedLetter.leaf,
        SealedLetter.audience,
        SealedLetter.role,
        SealedLetter.authority_code,
        SealedLetter.condition,
        Particulars.salt,
    )
    rows = sa.select(*said).outerjoin(Particulars, PRIVATE).where(col(SealedLetter.release_id) == release_id)  # type: ignore[call-overload]
    for leaf, audience, role, authority, condition, salt in _streamed(session, rows.order_by(col(SealedLetter.position))):
        own = {"audience": audience, "role": role, "authority": authority or "", "condition": condition}
        yield {"leaf": leaf.hex(), "salt": passkeys.encode(salt) if salt else None, **own}


def stretch(session: Session, release: Release) -> tuple[int, int]:
    """The numbers of the first link about the release, and of the last one shown: about the release, or the next head that was mailed."""
    bounds = select(sa.func.min(Link.number), sa.func.max(Link.number)).join(LogEntry, col(Link.entry_id) == LogEntry.id)
    first, last = session.exec(bounds.where(LogEntry.subject == release.id)).one()
    if first is None:
        raise NotAllowedNow("The log's chain has not reached this release yet. Try again in a minute.")
    return first, next((head.number for head, _ in audit.published(session, last)), last)


def links(session: Session, release: Release, first: int, last: int) -> Iterator[Row]:
    """The chain from the fact before the release's first to its last, and on to the next head that was mailed, to compare with."""
    ours = {release.id, release.message_id}
    return (_link(one, told=one.number >= first and one.subject in ours) for one in audit.between(session, first - 1, last))


def heads(session: Session, first: int, last: int) -> list[str]:
    """The heads in this stretch that were mailed to both parties, with their moments; the last link's own at the end."""
    mailed = [f"{head} mailed {moment(at)}" for head, at in audit.published(session, max(1, first - 1)) if head.number <= last]
    return [*mailed, f"{last} {session.get_one(Link, last).hash.hex()}"]


def moment(at: datetime) -> str:
    """A moment as bundles write it."""
    return at.isoformat().replace("+00:00", "Z")


def _streamed(session: Session, query: sa.Select[Any]) -> Iterable[Any]:
    return session.connection().execute(query.execution_options(yield_per=AT_ONCE))


def _link(link: Linked, *, told: bool) -> Row:
    return {
        "number": link.number,
        "hash": link.hash.hex(),
        "digest": manifest.digest(link.fact),
        "fact": link.fact.decode() if told else None,
    }
