"""A lead: how many days before its reader's own briefing each letter of a release goes, where an officer chose that.

From eight in the morning so many days before the briefing, or the authority's next allowed turn, and only until the briefing begins; what has no
turn between these comes back for a decision, and what has no date waits. It only narrows what was signed, so it is not signed itself.
Source: HELA paper, Annex 2 ("linked into LAs programme timescales") and Annex 3 ("Circulate a speaking note").
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.manifest import Manifest
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.wording import many

MOST = 60
HOW_MANY = f"Enter how many days before, between 1 and {MOST}"


class Lead(SQLModel, table=True):
    """One row for each release that goes this way: before the briefings of which tour, and how long before."""

    __tablename__ = "leads"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    tour_id: UUID
    days: int

    @property
    def said(self) -> str:
        """`3 days before each reader’s own briefing`."""
        return f"{many(self.days, 'day')} before each reader’s own briefing"


def choose(session: Session, said: Manifest, *, tour_id: UUID | None, days: int) -> bool:
    """Let a release go 1 to 60 days before each briefing of a tour; None: no more. False if chosen already. Refuses what follows one."""
    if tour_id is not None and said.goes_under.follows_up:
        raise Invalid([Problem("when", "This follows a briefing, so it cannot go before one")])
    if tour_id is not None and not 1 <= days <= MOST:
        raise Invalid([Problem("days", HOW_MANY)])
    standing = of(session, UUID(said.release))
    if (standing and (standing.tour_id, standing.days)) == (tour_id and (tour_id, days)):
        return False
    session.exec(sa.delete(Lead).where(col(Lead.release_id) == UUID(said.release)))
    if tour_id is not None:
        session.add(Lead(release_id=UUID(said.release), tour_id=tour_id, days=days))
    return True


def of(session: Session, release_id: UUID) -> Lead | None:
    """What was chosen; None for a release that goes by its time alone."""
    return session.get(Lead, release_id)


def among(session: Session, release_ids: Collection[UUID]) -> dict[UUID, Lead]:
    """What was chosen for each of these releases that go this way."""
    return {lead.release_id: lead for lead in session.exec(select(Lead).where(col(Lead.release_id).in_(release_ids)))}
