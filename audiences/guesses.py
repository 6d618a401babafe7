"""Guessed addresses: where nobody at a council is known, what its own domain suggests; no letter goes there until an officer confirms it.

A guess counts as nobody, in audiences as in coverage. One that was dropped is not made again.
"""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import contacts, people
from audiences.authorities import IN_FORCE, Authority
from audiences.people import HOLDING, Person
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

SOURCE = "guessed"
# Of elected members and senior managers no address can be told from a domain: theirs have names in them.
GUESSES = {"practitioner": ("Environmental Health", "environmental.health")}


class AddressesGuessed(Event):
    """Addresses were guessed for councils where nobody is known; none of them gets letters yet."""

    guessed: int


class GuessConfirmed(Event):
    """An officer has found a guessed address to be right."""

    role: str
    place: str


def make(session: Session, *, by: Officer, at: datetime, test_domains_allowed: bool = False) -> int:
    """At each council that enforces, guess an address for every role that nobody holds there and that can be guessed; gives how many."""
    officers.require_writer(by)
    rows = []
    for role, (name, local) in GUESSES.items():
        known = sa.exists().where(col(Person.authority_code) == Authority.code, col(Person.role) == role)
        held = known.where(sa.or_(HOLDING, col(Person.source) == SOURCE))
        wanted = select(Authority).where(IN_FORCE, col(Authority.enforces).is_(True), ~held)
        for one in session.exec(wanted.order_by(col(Authority.code))):
            try:
                address = contacts.usable_address(f"{local}@{one.domain.removeprefix('www.')}", test_domains_allowed=test_domains_allowed)
            except Refused:
                continue
            post = {"id": uuid4(), "name": f"{name}, {one.name}"[: contacts.LONGEST_NAME], "role": role, "place": one.code}
            rows.append({**post, "authority_code": one.code, "body_code": None, "address": address, "source": SOURCE, "confirmed": False})
    if rows:
        people.insert(session, rows, at=at)
        log.record(session, AddressesGuessed(guessed=len(rows)), subject=uuid4(), by=by.name, at=at)
    return len(rows)


def waiting(session: Session) -> list[Person]:
    """The guesses nobody has confirmed or dropped."""
    found = select(Person).where(HOLDING, col(Person.confirmed).is_(False))
    return list(session.exec(found.order_by(col(Person.place), col(Person.role))))


def confirm(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """The address is right: letters may go there. Refuses one that is confirmed or gone."""
    officers.require_writer(by)
    person = people.get(session, person_id, lock=True)
    if person.confirmed or not person.active:
        raise NotAllowedNow("This address was confirmed or dropped already.")
    person.confirmed = True
    session.add(person)
    log.record(session, GuessConfirmed(role=person.role, place=person.place), subject=person.id, by=by.name, at=at)


def drop(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """The address is wrong, and is not guessed again. Refuses one that is confirmed or gone."""
    if people.get(session, person_id, lock=True).confirmed:
        raise NotAllowedNow("This address is confirmed; say instead that the person has left.")
    people.leave(session, person_id, by=by, at=at)
