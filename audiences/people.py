"""People: who holds which role at an authority or another body, and where they are written to.

A person here holds a post ("Head of Environmental Health, Adur") from one day to another; somebody who leaves is kept with the day they
left, and gets no more letters; whoever comes back holds it anew. Of somebody erased the role and the place are left (see erasures.py).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import contacts, roles
from audiences.authorities import IN_FORCE, Authority
from audiences.contacts import Given
from audiences.organisations import Body
from audiences.roles import ROLES, Place
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, NotFound, Refused
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


class Person(SQLModel, table=True):
    """One row per person, role and time they hold it. `place` is the code of their authority or body, whichever of the two it is.

    A guessed address (see guesses.py) is not `confirmed` until an officer says it is right.
    """

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
REACHABLE = HOLDING & col(Person.confirmed).is_(True)  # of them, to whom letters may go: the others count as nobody
KEPT = col(Person.address).contains("@")  # everybody but those erased


def add(
    session: Session, *, name: str, role: str, place: str, address: str, by: Officer, at: datetime, test_domains_allowed: bool = False
) -> UUID:
    """Add one person by hand. Refuses, naming each field, what cannot be used, and a person already there."""
    officers.require_writer(by)
    given = contacts.check(name, role, _place(session, place), address, test_domains_allowed=test_domains_allowed)
    if _standing(session, given) is not None:
        raise Refused(f"{given.address} is already a {roles.words(given.role)} at {given.place.name}.", field="address")
    person = Person(**given.row(source="by hand"), since=at)
    session.add(person)
    session.flush()
    log.record(session, PersonAdded(role=given.role, place=given.place.code), subject=person.id, by=by.name, at=at)
    return person.id


def leave(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """The person no longer holds the role. Refuses one who has left already."""
    officers.require_writer(by)
    person = get(session, person_id)
    if not person.active:
        raise NotAllowedNow("This person has left already.")
    person.until = at
    session.add(person)
    log.record(session, PersonLeft(role=person.role, place=person.place), subject=person.id, by=by.name, at=at)


def get(session: Session, person_id: UUID) -> Person:
    """The person; refuses an unknown id."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def at_place(session: Session, code: str) -> list[Person]:
    """Everybody who holds a role at an authority or body now, in the order of roles."""
    found = session.exec(select(Person).where(Person.place == code, HOLDING).order_by(col(Person.address)))
    return sorted(found, key=lambda person: ROLES.index(person.role))


def places(session: Session) -> list[Place]:
    """Every authority and body somebody may belong to."""
    councils = session.exec(select(Authority.code, Authority.name).where(IN_FORCE)).all()
    bodies = session.exec(select(Body.code, Body.name, Body.kind)).all()
    return [Place(code, name, None) for code, name in councils] + [Place(code, name, kind) for code, name, kind in bodies]


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


def _place(session: Session, code: str) -> Place | None:
    if body := session.get(Body, code):
        return Place(body.code, body.name, body.kind)
    authority = session.get(Authority, code)
    return Place(authority.code, authority.name, None) if authority else None


def _standing(session: Session, given: Given) -> Person | None:
    same = select(Person).where(Person.address == given.address, Person.role == given.role, Person.place == given.place.code)
    return session.exec(same.where(HOLDING)).first()
