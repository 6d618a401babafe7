"""When each authority's own briefing of a tour begins: the briefing of the regional group it meets in; and who has none still to come.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences.authorities import Authority
from audiences.organisations import Body, Membership
from audiences.people import Person
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings.tours import Briefing

WITH_A_DATE = ("dated", "held")


def of(session: Session, tour_id: UUID, codes: Collection[str]) -> dict[str, list[datetime]]:
    """By authority, the moments at which its group's briefings begin or began, the first one first; no entry where none has a date."""
    meets = select(Membership.authority_code, Briefing.starts_at).join(Briefing, col(Briefing.group_code) == Membership.group_code)
    dated = meets.where(Briefing.tour_id == tour_id, col(Briefing.state).in_(WITH_A_DATE), col(Briefing.starts_at).is_not(None))
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for code, starts_at in session.exec(dated.where(col(Membership.authority_code).in_(list(codes))).order_by(col(Briefing.starts_at))):
        if starts_at is not None:
            found[code].append(starts_at)
    return dict(found)


def without(session: Session, release_id: UUID, tours: Collection[UUID], *, at: datetime) -> dict[UUID, dict[str, int]]:
    """For each of these tours, the readers of a release who have no briefing of it still to come, counted by the name of their authority or body:
    nothing goes to them before one. Other bodies meet in no group, so none of them has.
    """
    readers = sa.func.count(sa.distinct(col(SealedLetter.person_id)))
    theirs = select(Authority.code, Authority.name, readers).join(Authority, col(Authority.code) == SealedLetter.authority_code)
    others = select(Body.name, readers).select_from(SealedLetter).join(Person, col(Person.id) == SealedLetter.person_id)
    elsewhere = others.join(Body, col(Body.code) == Person.body_code).where(col(SealedLetter.authority_code).is_(None))
    mine = SealedLetter.release_id == release_id
    counted = session.exec(theirs.where(mine).group_by(Authority.code, Authority.name).order_by(Authority.name)).all()
    bodies = dict(session.exec(elsewhere.where(mine).group_by(Body.code, Body.name).order_by(Body.name)).all())
    to_come = {tour: _to_come(session, tour, at) for tour in tours}
    return {tour: bodies | {name: number for code, name, number in counted if code not in codes} for tour, codes in to_come.items()}


def _to_come(session: Session, tour_id: UUID, at: datetime) -> set[str]:
    """The authorities whose group has a briefing of the tour still to come, with a date or without."""
    meets = select(Membership.authority_code).join(Briefing, col(Briefing.group_code) == Membership.group_code)
    waits = sa.or_(col(Briefing.state) == "wanted", (col(Briefing.state) == "dated") & (col(Briefing.starts_at) > at))
    return set(session.exec(meets.where(Briefing.tour_id == tour_id, waits)))
