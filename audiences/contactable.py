"""Who can be written to: whoever holds a role, at an address that is no guess and that is not removed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from audiences import people
from audiences.people import KEPT, REACHABLE, Person
from campaigns.delivery import removals


def now(session: Session, *, campaign_id: UUID | None = None) -> sa.ColumnElement[bool]:
    """The condition that a person can be written to: at all, or about a campaign."""
    return REACHABLE & KEPT & ~removals.removing(session, Person.address, campaign_id=campaign_id)


def then(session: Session, moment: datetime, *, campaign_id: UUID) -> sa.ColumnElement[bool]:
    """That a person could be written to at a past moment; of removals only those are known that still stand."""
    return people.held(moment) & ~removals.removing(session, Person.address, campaign_id=campaign_id, by=moment)
