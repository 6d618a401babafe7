"""Unsent letters: what is going out and has not yet gone; and what of a campaign is scheduled or going out, and has not, to one authority."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import leads, releases, replaced
from campaigns.agreement.leads import Lead
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import SEALED, Chunk, Delivery


@dataclass(frozen=True)
class Unsent:
    """A release with letters that wait; `since` is when they are due at the earliest, None for at once; `in_windows`, whether each goes within its
    authority's windows alone, and `lead`, how long before a briefing; `overrides_quiet`, whether both parties signed that no quiet period holds it.
    """

    reference: str
    title: str
    state: str
    message_class: str
    letters: int
    since: datetime | None
    latest: datetime
    in_windows: bool
    overrides_quiet: bool
    lead: Lead | None = None


@dataclass(frozen=True)
class Going:
    """A release that is going out: how many of its letters have not been tried to the end, and when the next of them is due, if any is queued."""

    release: Release
    letters: int
    due: datetime | None


def going(session: Session) -> list[Going]:
    """Whatever is going out and has letters that wait or are in hand, the earliest submitted first; asked of chunks, for all of them at once."""
    found = releases.in_state(session, "sending")
    ids = [release.id for release in found]
    counts = deliveries.counted_each(session, ids, *(state for state in deliveries.STATES if state not in ("queued", "attempting")))
    first = select(Chunk.release_id, sa.func.min(Chunk.due_at)).where(col(Chunk.release_id).in_(ids)).group_by(col(Chunk.release_id))
    due = dict(session.exec(first).all())
    waiting = [(release, release.people - sum(counts.get(release.id, {}).values())) for release in found]
    return [Going(release, letters, due.get(release.id)) for release, letters in waiting if letters > 0]


def at_authority(session: Session, campaign_id: UUID, code: str) -> list[Unsent]:
    """By release, the letters to one authority that wait, the earliest to lapse first."""
    chosen = (
        select(Release, sa.func.count())
        .join(SealedLetter, col(SealedLetter.release_id) == Release.id)
        .outerjoin(Delivery, SEALED)
        .where(Release.campaign_id == campaign_id, SealedLetter.authority_code == code, SealedLetter.condition == Release.choice)
        .where(col(Release.state).in_(["scheduled", "sending"]), replaced.IS_CURRENT)
        .where(sa.or_(col(Delivery.state).is_(None), col(Delivery.state) == "queued"))
        .group_by(col(Release.id))
        .order_by(col(Release.latest_send), col(Release.reference))
    )
    return [_unsent(release, letters, leads.of(session, release.id)) for release, letters in session.exec(chosen).all()]


def _unsent(release: Release, letters: int, lead: Lead | None) -> Unsent:
    terms = releases.read(release).goes_under
    return Unsent(
        release.reference,
        release.title,
        release.state,
        terms.message_class,
        letters,
        release.scheduled_for,
        release.latest_send,
        release.in_windows,
        bool(terms.overrides_quiet),
        lead,
    )
