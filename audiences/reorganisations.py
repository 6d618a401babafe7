"""Reorganisations: a council comes to an end, others take over its area, and nothing that was known about it is lost.

Its posts are nobody's any more: who holds them at a successor has to be found out. Where one council took over, so do the sites counted there.
"""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import authorities, people
from audiences.authorities import IN_FORCE, Authority
from audiences.footprints import Site
from campaigns.foundation import clock, log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class AuthorityEnded(Event):
    """A council came to an end."""

    authority: str
    successors: list[str]


def end(session: Session, code: str, *, on: date, successors: Collection[str], by: Officer, at: datetime) -> None:
    """A council's last day was `on`; these took over. Refuses one that has ended, a day to come or before its first, bad successors."""
    officers.require_writer(by)
    authority = session.get(Authority, code, with_for_update=True, populate_existing=True) or authorities.get(session, code)
    require_there(authority)
    if problems := [*_day_problems(authority, on, at), *_successor_problems(session, code, successors)]:
        raise Invalid(problems)
    record(session, authority, on=on, successors=successors, at=at)
    log.record(session, AuthorityEnded(authority=code, successors=sorted(successors)), subject=authorities.REGISTER, by=by.name, at=at)


def require_there(authority: Authority) -> None:
    """Refuse one that has come to an end already."""
    if authority.end_date is not None:
        raise NotAllowedNow(f"{authority.name} has come to an end already.")


def record(session: Session, authority: Authority, *, on: date, successors: Collection[str], at: datetime) -> None:
    """Write it down, with what follows from it; the caller has checked it, and records the fact."""
    authority.sqlmodel_update({"end_date": on, "successors": " ".join(sorted(successors)), "amended": True})
    session.add(authority)
    session.flush()
    people.close_posts(session, at=at)
    _hand_on_sites(session, authority)


def follow(session: Session, *, at: datetime) -> None:
    """What follows from every end that is written down, whoever wrote it: a newer table of ours does at an upgrade. Done again, it changes nothing."""
    people.close_posts(session, at=at)
    gone = select(Authority).where(~IN_FORCE).order_by(col(Authority.end_date))  # the earliest first, as a successor may have ended since
    for ended in session.exec(gone).all():
        _hand_on_sites(session, ended)


def _hand_on_sites(session: Session, ended: Authority) -> None:
    """To the one council that took over; where there are several, nobody knows yet which site is whose."""
    if len(later := ended.successors.split()) != 1:
        return
    for site in session.exec(select(Site).where(Site.authority_code == ended.code)).all():
        standing = session.get(Site, (site.body_code, later[0]))
        number = site.number + (standing.number if standing else 0)
        session.merge(Site(body_code=site.body_code, authority_code=later[0], number=number))
    session.exec(sa.delete(Site).where(col(Site.authority_code) == ended.code))


def _day_problems(authority: Authority, on: date, at: datetime) -> list[Problem]:
    if on >= clock.london(at).date():
        return [Problem("on", "Enter the council's last day once it is over: until then it is written to")]
    if authority.start_date and on < authority.start_date:
        return [Problem("on", f"{authority.name} began on {clock.day(authority.start_date)}: enter a later day")]
    return []


def _successor_problems(session: Session, code: str, successors: Collection[str]) -> list[Problem]:
    there = {authority.code for authority in authorities.every(session, enforcing_only=False)} - {code}
    return [Problem("successors", f"{wrong} is no other council that is there now") for wrong in sorted(set(successors) - there)]
