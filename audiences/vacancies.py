"""A vacancy: a role at an authority in which somebody was written to until their address was taken off, and now nobody is.

An authority left with nobody is an alarm.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import roles, suggestions
from audiences.authorities import IN_FORCE, Authority
from audiences.people import REACHABLE, Person
from audiences.suggestions import WAITING, Suggestion
from campaigns.delivery import removals
from campaigns.delivery.removals import AddressRemoved, Removal
from campaigns.foundation import log, stamps
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN

SOURCE = "nobody is left to write to"


class NobodyLeft(Event):
    """An authority has nobody left who can be written to in a role."""

    authority: str
    role: str


@dataclass(frozen=True)
class Vacancy:
    """Where nobody is left: the authority, the role in words, the person who was the last, and why they get no letters."""

    code: str
    place: str
    role: str
    person_id: UUID
    reason: str


def left_by(session: Session, removal_id: UUID) -> list[Vacancy]:
    """The vacancies a removal made: its address was the last in a role at an authority. None if it was lifted, or an alarm was raised
    since.

    Why "since": of several addresses that went off together one was the last; and an address that is off already may be removed again for
    another reason. Another caller waits until this transaction ends, and then finds this alarm.
    """
    stamps.wait_turn(session)
    removal = session.get(Removal, removal_id)
    if removal is None:
        return []
    off_since = log.of_kinds(session, removal_id, AddressRemoved.__name__)[0].at
    raised = suggestions.made_since(session, off_since, source=SOURCE)
    known = {(one.authority_code, one.role) for one in _people(session, [alarm.person_id for alarm in raised])}
    theirs = select(Person).where(sa.func.lower(Person.address) == removal.address, REACHABLE)
    fresh = [one for one in session.exec(theirs) if (one.authority_code, one.role) not in known]
    return [_vacancy(session, one, removal.reason) for one in unfilled(session, fresh)]


def raise_alarm(session: Session, vacancy: Vacancy, *, subject: UUID, at: datetime) -> None:
    """Record it, and ask the officers who should be written to; the note says why nobody is."""
    by = COUNTERSIGN.name
    log.record(session, NobodyLeft(authority=vacancy.code, role=vacancy.role), subject=subject, by=by, at=at)
    kind, why = suggestions.NOBODY_LEFT, vacancy.reason
    suggestions.make(session, about=vacancy.person_id, authority_code=vacancy.code, kind=kind, note=why, source=SOURCE, by=by, at=at)


def last_told(session: Session, *, together: timedelta) -> datetime | None:
    """When the last alarm that no officer has answered was raised of which officers were written to: those raised so soon `together` with it are not.

    What has its answer by now is looked at, too: of what was raised while it waited nobody was written to.
    """
    told: list[Suggestion] = []
    for alarm in suggestions.of_source(session, SOURCE):
        waited = (one for one in told if one.at < alarm.at < one.at + together)
        if all(one.settled_at is not None and one.settled_at <= alarm.at for one in waited):
            told.append(alarm)
    return max((one.at for one in told if one.state == WAITING), default=None)


def standing(session: Session) -> list[tuple[Vacancy, datetime]]:
    """The vacancies that no officer has answered and that nobody fills yet, with since when; none at a council that has come to an end, as nobody
    can be found there.
    """
    since = {one.person_id: one.at for one in suggestions.waiting(session) if one.source == SOURCE}
    last = unfilled(session, _people(session, since))
    codes = {one.authority_code for one in last}
    places = session.exec(
        select(Authority).where(col(Authority.code).in_(codes), IN_FORCE)
    ).all()  # held here, so that none is looked up again
    there = {place.code for place in places}
    return [(_vacancy(session, one, ""), since[one.id]) for one in last if one.authority_code in there]


def unfilled(session: Session, last: Collection[Person]) -> list[Person]:
    """Those of these in whose role at their authority nobody can be written to now."""
    codes = {one.authority_code for one in last if one.authority_code}
    held = select(Person.authority_code, Person.role, Person.address).where(col(Person.authority_code).in_(codes), REACHABLE)
    holders = session.exec(held).all() if codes else []
    stopped = removals.among(session, [address for _, _, address in holders])
    filled = {(code, role) for code, role, address in holders if address.casefold() not in stopped}
    return [one for one in last if one.authority_code and (one.authority_code, one.role) not in filled]


def _people(session: Session, ids: Collection[UUID]) -> list[Person]:
    return list(session.exec(select(Person).where(col(Person.id).in_(ids)).order_by(Person.place)))


def _vacancy(session: Session, person: Person, reason: str) -> Vacancy:
    authority = session.get(Authority, person.authority_code or "")
    return Vacancy(person.place, authority.name if authority else person.place, roles.words(person.role), person.id, reason)
