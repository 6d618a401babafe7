"""Replaced: a release whose message was changed since it was submitted, whatever its row says. Whoever changed the words was told of it then."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.drafting.messages import Message
from campaigns.foundation import lifecycles

# As an SQL condition on releases: the message still says what was sealed.
IS_CURRENT = sa.exists().where(col(Message.id) == col(Release.message_id), col(Message.revision) == col(Release.revision))


def without(session: Session, *states: str) -> list[Release]:
    """Releases by state, oldest first, without those that were replaced."""
    current = select(Release).where(col(Release.state).in_(states), IS_CURRENT)
    return list(session.exec(current.order_by(col(Release.submitted_at), col(Release.id))))


def among(session: Session, release_ids: Collection[UUID]) -> set[UUID]:
    """Those of these releases that were replaced."""
    if not release_ids:
        return set()
    return set(session.exec(select(Release.id).where(col(Release.id).in_(release_ids), ~IS_CURRENT)))


def end(session: Session, release_id: UUID) -> bool:
    """End it where it was replaced: signers were told when the words changed, and of this nobody is. False of any other, and of what has ended."""
    release = releases.get(session, release_id)
    if releases.is_current(session, release) or release.state not in lifecycles.before(lifecycles.RELEASE, "supersede"):
        return False
    releases.move(session, release_id, "supersede")
    return True
