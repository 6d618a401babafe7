"""Footprints: where an organisation of the pilot has sites, authority by authority, so that a letter can go to whom it concerns.

Source: HELA paper, Annex 2 (9: "only the key information relevant to them").
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import authorities, organisations
from audiences.organisations import Body
from campaigns.foundation import log, officers, sightings
from campaigns.foundation.errors import Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.foundation.sightings import Shown


class FootprintSet(Event):
    """Where an organisation has sites was said anew."""

    body: str
    authorities: int
    sites: int


class Site(SQLModel, table=True):
    """One row per organisation and authority: how many sites it has in that area."""

    __tablename__ = "sites"

    body_code: str = Field(primary_key=True, foreign_key="bodies.code")
    authority_code: str = Field(primary_key=True, index=True, foreign_key="authorities.code")
    number: int


def put(session: Session, body_code: str, sites: Mapping[str, int], *, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """The whole footprint of an organisation: authority code → number of sites. False if nothing changed.

    Refuses an unknown organisation or authority, a number below one, a council that has ended (unless its number stays), and `Stale` if not
    as `seen`.
    """
    officers.require_writer(by)
    organisations.get(session, body_code, lock=True)
    before = of(session, body_code)
    for code, number in sites.items():
        authority = authorities.get(session, code)
        if number < 1:
            raise Refused(f"{authority.name} has {number} sites: leave it out, or give one or more.", field="sites")
        if authority.end_date is not None and before.get(code) != number:
            raise Refused(f"{authority.name} came to an end: give its sites to whoever took over its area.", field="sites")
    if before == dict(sites):
        return False
    sightings.require(seen, shown(session, body_code), "footprint")
    session.exec(sa.delete(Site).where(col(Site.body_code) == body_code))
    session.add_all(Site(body_code=body_code, authority_code=code, number=number) for code, number in sites.items())
    fact = FootprintSet(body=body_code, authorities=len(sites), sites=sum(sites.values()))
    log.record(session, fact, subject=authorities.REGISTER, by=by.name, at=at)
    return True


def shown(session: Session, body_code: str) -> Shown:
    """What a page says of it before it is changed."""
    return {f"{authorities.get(session, code).name} ({code})": str(number) for code, number in of(session, body_code).items()}


def of(session: Session, body_code: str) -> dict[str, int]:
    """An organisation's footprint: authority code → number of sites."""
    return dict(session.exec(select(Site.authority_code, Site.number).where(Site.body_code == body_code)).all())


def at_authority(session: Session, authority_code: str) -> list[tuple[Body, int]]:
    """Which organisations have sites in an authority's area, by name, and how many."""
    theirs = select(Body, Site.number).join(Site, col(Site.body_code) == Body.code).where(Site.authority_code == authority_code)
    return list(session.exec(theirs.order_by(Body.name)))


def totals(session: Session) -> dict[str, int]:
    """How many sites each organisation has in all; those without a footprint are missing."""
    summed = sa.select(col(Site.body_code), sa.func.sum(col(Site.number))).group_by(col(Site.body_code))
    return {code: int(number) for code, number in session.execute(summed)}
