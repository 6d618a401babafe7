"""Erasing: what is personal about a reader is destroyed, and everything that was proved stays proved.

A letter's leaf stays in the tree that was signed; the salt, the address and the values it was made of are gone, so that nobody can tell any
more whose it was. Source: UK GDPR, Article 17.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import imports, people, preferences, suggestions
from audiences.people import ERASED, Person
from campaigns.agreement import sealed, seals
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries, notices, removals
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class Erased(Event):
    """What was personal about a reader was destroyed: name, address, and the salts of their letters."""


def erase(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """Destroy what is personal about somebody, wherever it is kept, and about whoever else is written to at the same address.

    Their role and place stay, for coverage; so do a wish to get no letters, as a digest of the address, and notices to an officer's address.
    Refuses somebody erased already, and a moment at which a letter to them is being sent.
    """
    officers.require_writer(by)
    seals.pause(session)
    them = together(session, person_id)
    address, ids = them[0].address, [one.id for one in them]
    deliveries.erase(session, ids, at=at)
    sealed.erase(session, ids)
    preferences.erase(session, ids)
    suggestions.erase(session, ids, address)
    imports.erase(session, address)
    removals.veil(session, address)
    if not officers.is_known(session, address):
        notices.forget(session, address)
    for one in them:
        one.sqlmodel_update({"name": ERASED, "address": f"erased {one.id}", "until": one.until or at})
        session.add(one)
        log.record(session, Erased(), subject=one.id, by=by.name, at=at)


def together(session: Session, person_id: UUID) -> list[Person]:
    """This person, and whoever else is written to at the same address: a reader is known by it. Refuses one who has been erased."""
    person = people.get(session, person_id)
    if person.is_erased:
        raise NotAllowedNow("This person has been erased already.")
    others = select(Person).where(Person.address == person.address, Person.id != person_id)
    return [person, *session.exec(others.order_by(col(Person.role), col(Person.place)))]


def catch_up(session: Session, release_id: UUID) -> None:
    """Destroy what a sealing froze of readers who were erased while it was at work."""
    frozen = select(Person.id).join(SealedLetter, col(SealedLetter.person_id) == Person.id).where(SealedLetter.release_id == release_id)
    if gone := session.exec(frozen.where(~people.KEPT)).all():
        sealed.erase(session, gone)
