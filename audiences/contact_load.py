"""Contact load: how often each authority was contacted lately in each role, over all channels, and what is sealed to come.

A letter counts once for a role however many people there hold it; a briefing, call, visit, relay or article each time. What touched a whole
authority counts for every role there. It warns and stops nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import to_come
from audiences.to_come import Place
from campaigns.agreement.censuses import Census
from campaigns.foundation.wording import many
from campaigns.reach.touches import CHANNELS, DELIVERED, LETTER, STANDING, UNRETURNED, WRITTEN, Touch

EVERY_ROLE = ""


@dataclass(frozen=True)
class Limit:
    """How many contacts in how many days are meant to be the most."""

    days: int
    most: int


@dataclass
class Load:
    """An authority in one role: contacts by channel, and letters sealed to come."""

    code: str
    role: str
    channels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0))
    coming: int = 0

    @property
    def past(self) -> int:
        """Contacts there have been."""
        return sum(self.channels.values())

    @property
    def total(self) -> int:
        """Those and what is to come."""
        return self.past + self.coming


@dataclass(frozen=True)
class Overload:
    """What one message more would mean: for how many authorities it is over the limit, and by how much."""

    limit: Limit
    authorities: int
    least: int
    most: int

    def sentence(self) -> str:
        """`This would be the 5th contact in 30 days for 12 authorities.`"""
        which = (
            f"the {ordinal(self.least)} contact"
            if self.least == self.most
            else f"the {ordinal(self.least)} to {ordinal(self.most)} contact"
        )
        return f"This would be {which} in {many(self.limit.days, 'day')} for {many(self.authorities, 'authority', 'authorities')}."


def everywhere(session: Session, limit: Limit, *, at: datetime) -> list[Load]:
    """Every authority and role with a contact in the last days or a letter to come, the heaviest first."""
    return sorted(_loads(session, limit, at=at).values(), key=lambda load: (-load.total, load.code, load.role))


def over(session: Session, places: Collection[Place], limit: Limit, *, message_id: UUID | None, at: datetime) -> Overload | None:
    """What one contact more would mean for these authorities and roles; None where nobody would be over. A message does not count against itself."""
    loads = _loads(session, limit, message_id=message_id, at=at)
    after: dict[str, int] = {}
    for code, role in places:
        load = loads.get((code, role)) or loads.get((code, EVERY_ROLE))
        after[code] = max(after.get(code, 0), (load.total if load else 0) + 1)
    heavy = [number for number in after.values() if number > limit.most]
    return Overload(limit, len(heavy), min(heavy), max(heavy)) if heavy else None


def places_of(census: Census) -> frozenset[Place]:
    """Where a sealed release's readers are."""
    return frozenset((code, role) for code, role in census.places)


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _loads(session: Session, limit: Limit, *, message_id: UUID | None = None, at: datetime) -> dict[Place, Load]:
    own: dict[Place, Load] = {}
    whole: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for code, role, channel, number in session.execute(_contacts(limit, message_id, at)):
        if role == EVERY_ROLE:
            whole[code][channel] = number
        else:
            own.setdefault((code, role), Load(code, role)).channels[channel] = number
    for (code, role), number in to_come.of(session, but=message_id, at=at).items():
        own.setdefault((code, role), Load(code, role)).coming = number
    for load in own.values():
        for channel, number in whole[load.code].items():
            load.channels[channel] += number
    for code, channels in whole.items():
        if channels:
            own[code, EVERY_ROLE] = Load(code, EVERY_ROLE, dict.fromkeys(CHANNELS, 0) | channels)
    return own


def _contacts(limit: Limit, message_id: UUID | None, at: datetime) -> sa.Select[Any]:
    """Contacts by authority, role and channel. Of a letter the message is what counts, and only that it was written: an answer is no contact."""
    is_letter = col(Touch.channel) == LETTER
    what = sa.case((is_letter & col(Touch.message_id).is_not(None), sa.cast(col(Touch.message_id), sa.String)), else_=col(Touch.evidence))
    lately = col(Touch.at).between(at - timedelta(days=limit.days), at), STANDING
    written = sa.or_(~is_letter, col(Touch.grade).in_((WRITTEN, DELIVERED, UNRETURNED)))
    others = sa.true() if message_id is None else sa.or_(col(Touch.message_id).is_(None), col(Touch.message_id) != message_id)
    named: list[Any] = [col(Touch.authority_code).label("code"), col(Touch.role).label("role"), col(Touch.channel).label("channel")]
    each: sa.Select[Any] = sa.select(*named, what.label("what"))
    once = each.where(*lately, written, others).distinct().subquery()
    return sa.select(once.c.code, once.c.role, once.c.channel, sa.func.count()).group_by(once.c.code, once.c.role, once.c.channel)
