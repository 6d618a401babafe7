"""When each authority's own briefing of a tour begins: the briefing of the regional group it meets in.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences.organisations import Membership
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
