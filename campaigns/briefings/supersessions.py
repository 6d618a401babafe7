"""Superseded: an agreed release that is not to be read from any more, because newer words were agreed or these were taken back.

It is deduced, never stored, from the releases of the message as they stand.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import bundles, releases, signatures
from campaigns.agreement.releases import Release
from campaigns.foundation import clock, log

READABLE = frozenset({"sealed", "scheduled", "sending", "sent", "missed"})  # with both signatures these are words to be read from
TAKEN_BACK = {"withdrawn": "ReleaseWithdrawn", "returned": "ReleaseReturned"}


@dataclass(frozen=True)
class Superseded:
    """Since when and why; `by` is the newer release, None where there is none. While that `is_stopped`, nothing is to be read from; once `is_changed`
    it is not to be chosen any more, as its words were changed since and wait for both signatures.
    """

    at: datetime
    by: UUID | None = None
    revision: int = 0
    is_stopped: bool = False
    is_changed: bool = False

    @property
    def sentence(self) -> str:
        """What the old page, its documents and the letter to its holders say."""
        when = clock.say(self.at)
        why = f"Superseded by revision {self.revision}, agreed on {when}" if self.by else f"Taken back on {when}"
        return f"{why}; do not read from this."


def of(session: Session, release: Release) -> Superseded | None:
    """Whether these words are superseded; None while they may be read from."""
    found = releases.of_message(session, release.message_id)
    agreed = bundles.agreed(session, found)
    return _by(session, release, [one for one in found if one.id in agreed])


def readable(session: Session, found: Collection[Release]) -> list[Release]:
    """Those of these releases that may be read from: both parties have signed them, neither has taken them back, and none is superseded."""
    versions: defaultdict[UUID, list[Release]] = defaultdict(list)
    every = session.exec(select(Release).where(col(Release.message_id).in_({one.message_id for one in found}))).all()
    agreed = bundles.agreed(session, every)
    for one in every:
        if one.id in agreed:
            versions[one.message_id].append(one)
    theirs = [one for one in found if one.state in READABLE and one.id in agreed]
    return [one for one in theirs if _by(session, one, versions[one.message_id]) is None]


def _by(session: Session, release: Release, versions: list[Release]) -> Superseded | None:
    """The same as `of`, from the agreed versions of its message."""
    agreed = [one for one in versions if _order(one) > _order(release)]
    standing = [one for one in agreed if one.state not in TAKEN_BACK]
    if standing:
        newest = max(standing, key=_order)
        is_stopped, is_changed = newest.state == "stopped", newest.state == "superseded"
        return Superseded(agreed_at(session, newest), newest.id, newest.revision, is_stopped, is_changed)
    gone = [release] if release.state in TAKEN_BACK else agreed  # its own day, though newer words were taken back later
    return Superseded(max(_taken_back_at(session, one) for one in gone)) if gone else None


def agreed_at(session: Session, release: Release) -> datetime:
    """When the last signature came on these bytes."""
    return max(one.at for one in signatures.on(session, release.id, release.digest))


def _order(release: Release) -> tuple[int, datetime]:
    return release.revision, release.submitted_at


def _taken_back_at(session: Session, release: Release) -> datetime:
    return max(entry.at for entry in log.history(session, release.id) if entry.kind == TAKEN_BACK[release.state])
