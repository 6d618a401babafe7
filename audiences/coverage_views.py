"""A view: which authorities an officer chose to look at, in which roles, by which message and channel, and on which day.

The register and the holders of posts are those of that day, so that a page about the past shows the past.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import authorities, contactable
from audiences.authorities import Authority
from audiences.people import Person
from audiences.roles import AUTHORITY_ROLES
from campaigns.foundation import clock


@dataclass(frozen=True)
class Council:
    """An authority as far as coverage shows it."""

    code: str
    name: str
    nation: str
    region: str
    kind: str
    enforces: bool


@dataclass(frozen=True)
class View:
    """What an officer chose to look at. Empty means all; `opted_in` adds the authorities that do not enforce; `on` looks back to a day."""

    nation: str = ""
    region: str = ""
    kind: str = ""
    role: str = ""
    opted_in: bool = False
    message: UUID | None = None
    channel: str = ""
    on: date | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles looked at, in the order of columns."""
        return (self.role,) if self.role in AUTHORITY_ROLES else AUTHORITY_ROLES

    @property
    def touched(self) -> frozenset[str]:
        """The roles in which a touch counts: those looked at, and unless one was chosen the whole authority, which is no role."""
        return frozenset(self.roles) if self.role else frozenset({*self.roles, ""})

    @property
    def moment(self) -> datetime | None:
        """The end of the day looked back to; None for now."""
        return clock.end_of(self.on) if self.on else None

    def shows(self, council: Council) -> bool:
        """Whether an authority is among those looked at."""
        chosen = ((self.nation, council.nation), (self.region, council.region), (self.kind, council.kind))
        return (self.opted_in or council.enforces) and all(wanted in ("", value) for wanted, value in chosen)

    def denominator(self, number: int) -> str:
        """Of what the numbers are: pages always say it."""
        where = ", ".join(filter(None, (self.kind, self.region, self.nation)))
        what = "authorities, counties and Northern Ireland too" if self.opted_in else "authorities that enforce health and safety"
        then = f" on {clock.day(self.on)}" if self.on else ""
        return f"{number} {what}{then}{f' ({where})' if where else ''}"


def councils(session: Session, view: View) -> list[Council]:
    """The authorities looked at, by name, as the register of the day has them."""
    return list(filter(view.shows, _register(session, view.on)))


def holders(session: Session, campaign_id: UUID, view: View) -> dict[tuple[str, str], int]:
    """How many held each role at each authority on the day and could be written to about the campaign."""
    if view.moment:
        wanted = contactable.then(session, view.moment, campaign_id=campaign_id)
    else:
        wanted = contactable.now(session, campaign_id=campaign_id)
    place = (col(Person.authority_code), col(Person.role))
    found = sa.select(*place, sa.func.count()).where(wanted)
    held: dict[tuple[str, str], int] = defaultdict(int)
    held.update({(code, role): number for code, role, number in session.execute(found.group_by(*place))})
    return held


def _register(session: Session, on: date | None) -> list[Council]:
    shown = [getattr(Authority, one.name) for one in fields(Council)]  # columns, as a page asks for every one of them
    there = sa.select(*shown).where(authorities.there(on)).order_by(col(Authority.name), col(Authority.code))
    return [Council(*row) for row in session.connection().execute(there)]
