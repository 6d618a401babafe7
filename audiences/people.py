"""People: who holds which role at an authority or another body, and where they are written to.

A person here holds a post ("Head of Environmental Health, Adur") from one day to another; somebody who leaves is kept with the day they
left, and gets no more letters; whoever comes back holds it anew. Of somebody erased the role and the place are left (see erasures.py).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import authorities, contacts, roles
from audiences.authorities import IN_FORCE, Authority
from audiences.contacts import Given
from audiences.organisations import Body
from audiences.roles import ROLES, Place
from campaigns.foundation import clock, database, log, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

ERASED = "Somebody since erased"


class PersonAdded(Event):
    """A person was added by hand; imports are told of as a whole."""

    role: str
    place: str


class PersonLeft(Event):
    """A person no longer holds the role."""

    role: str
    place: str


class PostPassed(Event):
    """Somebody else holds a post now; whoever held it before is kept with the day it passed."""

    role: str
    place: str


class Person(SQLModel, table=True):
    """One row per person, role and time they hold it. `place`: the code of their authority or body; a guess is not `confirmed`."""

    __tablename__ = "people"
    __table_args__ = (
        sa.Index(
            "uq_people_holding",
            "address",
            "role",
            "place",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        # Audiences are counted seat by seat, however many people there are.
        sa.Index(
            "ix_people_seats",
            "place",
            "role",
            sqlite_where=sa.text("until IS NULL AND confirmed IS 1"),
            postgresql_where=sa.text("until IS NULL AND confirmed IS true"),
        ),
        # Whoever left since something was sealed is asked for with each chunk.
        sa.Index("ix_people_left", "until", sqlite_where=sa.text("until IS NOT NULL"), postgresql_where=sa.text("until IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    role: str = Field(index=True)
    place: str
    authority_code: str | None = Field(default=None, index=True, foreign_key="authorities.code")
    body_code: str | None = Field(default=None, index=True, foreign_key="bodies.code")
    address: str
    source: str
    since: datetime
    until: datetime | None = None
    confirmed: bool = True

    @property
    def active(self) -> bool:
        """Whether they hold the role now."""
        return self.until is None

    @property
    def is_erased(self) -> bool:
        """Whether only the role and the place are left."""
        return "@" not in self.address


HOLDING = col(Person.until).is_(None)  # whoever holds their role now
CONFIRMED = col(Person.confirmed).is_(True)
REACHABLE = HOLDING & CONFIRMED  # of them, to whom letters may go: the others count as nobody
KEPT = col(Person.address).contains("@")  # everybody but those erased


def add(
    session: Session, *, name: str, role: str, place: str, address: str, by: Officer, at: datetime, test_domains_allowed: bool = False
) -> UUID:
    """Add one person by hand. Refuses, naming each field, what cannot be used, a council that came to an end, and a person already there."""
    officers.require_writer(by)
    authorities.keep(session, place)
    given = contacts.check(name, role, _place(session, place), address, test_domains_allowed=test_domains_allowed)
    person = _hold(session, given, at=at)
    log.record(session, PersonAdded(role=given.role, place=given.place.code), subject=person, by=by.name, at=at)
    return person


def succeed(
    session: Session, person_id: UUID, *, name: str, address: str, by: Officer, at: datetime, test_domains_allowed: bool = False
) -> UUID:
    """A post passes to somebody else from now on; gives their id. Refuses one its holder has left, its holder under the same name and address and, by
    field, what cannot be used.
    """
    officers.require_writer(by)
    authorities.keep(session, get(session, person_id).place)
    before = get(session, person_id, lock=True)
    if not before.active:
        raise NotAllowedNow("This person has left already, so they cannot pass the post on.")
    given = contacts.check(name, before.role, _place(session, before.place), address, test_domains_allowed=test_domains_allowed)
    if (given.name, given.address) == (before.name, before.address):
        raise Refused(f"{before.name} holds this post already.", field="name")
    session.add(before.sqlmodel_update({"until": at}))
    session.flush()  # the mailbox of a post may pass with it
    after = _hold(session, given, at=at)
    log.record(session, PostPassed(role=before.role, place=before.place), subject=after, by=by.name, at=at)
    return after


def leave(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """The person no longer holds the role. Refuses one who has left already."""
    officers.require_writer(by)
    person = get(session, person_id, lock=True)
    if not person.active:
        raise NotAllowedNow("This person has left already.")
    session.add(person.sqlmodel_update({"until": at}))
    log.record(session, PersonLeft(role=person.role, place=person.place), subject=person.id, by=by.name, at=at)


def get(session: Session, person_id: UUID, *, lock: bool = False) -> Person:
    """The person; refuses an unknown id. `lock` holds the row until the transaction ends."""
    return database.get(session, Person, person_id, "There is no such person.", lock=lock)


def reachable(session: Session, person_id: UUID) -> Person:
    """The person; refuses one of whom only the role and the place are left."""
    person = get(session, person_id)
    if person.is_erased:
        raise NotAllowedNow("This person has been erased: nothing personal is kept any more.")
    return person


def at_place(session: Session, code: str) -> list[Person]:
    """Everybody who holds a role at an authority or body now, in the order of roles."""
    found = session.exec(select(Person).where(Person.place == code, HOLDING).order_by(col(Person.address)))
    return sorted(found, key=lambda person: ROLES.index(person.role))


def holders(session: Session, role: str, place: str) -> list[Person]:
    """Everybody who holds or held a post, the latest first."""
    theirs = select(Person).where(Person.role == role, Person.place == place)
    return list(session.exec(theirs.order_by(HOLDING.desc(), col(Person.since).desc(), col(Person.id))))


def tally_bodies(session: Session) -> dict[str, int]:
    """How many people hold a post at each body now; bodies without anybody are missing."""
    counted = sa.select(col(Person.body_code), sa.func.count()).where(HOLDING, col(Person.body_code).is_not(None))
    return {code: number for code, number in session.execute(counted.group_by(col(Person.body_code)))}  # noqa: C416 - a Result is no mapping


def close_posts(session: Session, *, at: datetime) -> None:
    """End the posts at councils that came to an end: nobody holds them any more."""
    ended = sa.select(col(Authority.code)).where(~IN_FORCE)
    session.exec(sa.update(Person).where(HOLDING, col(Person.authority_code).in_(ended)).values(until=at))


def places(session: Session) -> list[Place]:
    """Every authority and body somebody may belong to."""
    councils = session.exec(select(Authority.code, Authority.name).where(IN_FORCE)).all()
    bodies = session.exec(select(Body.code, Body.name, Body.kind)).all()
    return [Place(code, name, None) for code, name in councils] + [Place(code, name, kind) for code, name, kind in bodies]


def place_names(session: Session) -> dict[str, str]:
    """What each of them is called, by its code; councils that came to an end too, as what was said of them stays."""
    return dict([*session.exec(select(Authority.code, Authority.name)), *session.exec(select(Body.code, Body.name))])


def held(at: datetime) -> sa.ColumnElement[bool]:
    """The condition that somebody held their role at a moment, for looking back; guesses are nobody."""
    return (col(Person.since) <= at) & sa.or_(HOLDING, col(Person.until) > at) & col(Person.confirmed).is_(True)


def unconfirmed(session: Session) -> frozenset[UUID]:
    """Whose addresses are guesses that nobody has confirmed."""
    return frozenset(session.exec(select(Person.id).where(col(Person.confirmed).is_(False))))


def insert(session: Session, rows: Iterable[dict[str, Any]], *, at: datetime) -> None:
    """Write many checked people at once, who hold their roles from `at` on; the caller records the fact for all of them."""
    if batch := [{"since": at, "until": None, "confirmed": True, **row} for row in rows]:
        session.exec(sa.insert(Person), params=batch)


def _hold(session: Session, given: Given, *, at: datetime) -> UUID:
    same = select(Person).where(Person.address == given.address, Person.role == given.role, Person.place == given.place.code)
    if session.exec(same.where(HOLDING)).first() is not None:
        raise Refused(f"{given.address} is already a {roles.words(given.role)} at {given.place.name}.", field="address")
    person = Person(**given.row(source="by hand"), since=at)
    session.add(person)
    session.flush()
    return person.id


def at_address(session: Session, address: str) -> list[Person]:
    """Every post that is or was held by whoever is written to at an address, which may be typed in any case; the earliest first."""
    found = select(Person).where(Person.address == address.strip().lower())
    return list(session.exec(found.order_by(col(Person.since), col(Person.role), col(Person.place))))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """The posts these people hold and held."""
    rows = session.exec(select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.since), col(Person.id)))
    return [one.model_dump(include={"id", "name", "role", "place", "address", "source", "since", "until"}) for one in rows]


def _place(session: Session, code: str) -> Place | None:
    if body := session.get(Body, code):
        return Place(body.code, body.name, body.kind)
    authority = session.get(Authority, code)
    if authority is not None and authority.end_date is not None:
        after = " and ".join(later.name for later in authorities.successors(session, code)) or "nobody known"
        raise Refused(f"{authority.name} came to an end on {clock.day(authority.end_date)}; after it came {after}.", field="place")
    return Place(authority.code, authority.name, None) if authority else None
