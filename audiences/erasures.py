"""Erasing: what is personal about a reader is destroyed, and everything that was proved stays proved.

A letter's leaf stays in the tree that was signed; the salt, the address and the values it was made of are gone, so that nobody can tell any
more whose it was. Source: UK GDPR, Article 17.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import acts, imports, legal_holds, passages, people, preferences, quotations
from audiences.passages import Found, Left, Row
from audiences.people import ERASED, Person
from campaigns.agreement import censuses, sealed, seals
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries, notices, removals
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow, NotFound, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.foundation.wording import many


class Erased(Event):
    """What was personal about a reader was destroyed: name, address, and the salts of their letters; and how many passages may name them yet."""

    passages: int = 0


class PassageBlanked(Event):
    """An officer blanked words about a briefing that named somebody."""


def erase(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> list[Left]:
    """Destroy what is personal about somebody, and about whoever else is written to at the same address, wherever it is kept.

    Their role and place stay, for coverage; so do a wish to get no letters, as a digest of the address, and notices to an officer's address.
    Who signed is never erased (see `stays`). Gives where passages stay that may name them, or somebody else of their name.

    Refuses somebody erased already, somebody whom a legal hold covers, or words about them, and while a letter to them is being sent.
    """
    officers.require_writer(by)
    seals.pause(session)
    imports.pause(session)
    them, found = whom(session, person_id)
    address, ids = them[0].address, [one.id for one in them]
    censuses.erase(session, ids)
    deliveries.erase(session, ids, at=at)
    sealed.erase(session, ids)
    passages.blank(session, found)
    legal_holds.erase(session, ids, found.words)
    quotations.blank(session, ids, address, found.words, by=by, at=at)
    log.forget_errors(session, address)
    if not officers.is_known(session, address):
        notices.forget(session, address)
    held = _still_there(session, them)
    preferences.erase(session, ids)  # once they are held: a stop, or a letter that comes back meanwhile, locks the person first, too
    removals.veil(session, address)
    for one in held:
        one.sqlmodel_update({"name": ERASED, "address": f"erased {one.id}", "until": one.until or at})
        session.add(one)
        log.record(session, Erased(passages=sum(left.number for left in found.left)), subject=one.id, by=by.name, at=at)
    return found.left


def whom(session: Session, person_id: UUID) -> tuple[list[Person], Found]:
    """Who would be erased with somebody, and the passages that name them. Refuses somebody erased already, and what a legal hold covers."""
    them = together(session, person_id)
    found = passages.find(session, them)
    quoted = quotations.find(session, [one.id for one in them], them[0].address, found.words)
    legal_holds.require_free(session, them, [*(row for row, _ in found.theirs), *quoted])
    return them, found


def _still_there(session: Session, them: list[Person]) -> list[Person]:
    """The same people, locked until the transaction ends. Refuses if another officer erased them meanwhile.

    They are locked last, because answering a correction locks that before its person; and in one order, so that two erasures never block
    each other.
    """
    for one in sorted(them, key=lambda one: one.id):
        session.refresh(one, with_for_update=True)
        if one.is_erased:
            raise NotAllowedNow("This person has been erased already.")
    return them


def blank(session: Session, table: str, row_id: UUID, *, by: Officer, at: datetime) -> None:
    """Blank for good the words of one row about a briefing, because they name somebody; what is counted stays.

    Refuses what a legal hold covers, what is blank already, and a line about somebody in the register: they are erased as a person.
    """
    officers.require_writer(by)
    row = to_blank(session, table, row_id)
    lines = [line for line, words in row.said.items() if words not in ("", "erased")]
    passages.LINES[table][0](session, row_id, lines)
    log.record(session, PassageBlanked(), subject=row.briefing_id or row_id, by=by.name, at=at)


def to_blank(session: Session, table: str, row_id: UUID) -> Row:
    """The row whose words would be blanked. Refuses what `blank` refuses."""
    row = passages.get(session, table, row_id)
    if row.person_id is not None:
        raise NotAllowedNow("This line is about somebody in the register. Erase them on their own page.")
    if not any(words not in ("", "erased") for words in row.said.values()):
        raise NotAllowedNow("This text was blanked already.")
    legal_holds.require_unheld(session, row)
    return row


def at_address(session: Session, address: str, *, by: Officer, at: datetime) -> list[str]:
    """Erase whoever is or was written to at an address, typed in any case; gives what stays, as sentences. Refuses an address of nobody."""
    if not address.strip():
        raise Refused("Name the address of whoever is to be erased.")
    them = people.at_address(session, address)
    left = stays(session, address)
    if not them:
        raise NotAllowedNow(" ".join(left)) if left else NotFound(f"Nobody is written to at {address.strip()[:254]}.")
    return [*left, *map(str, erase(session, them[0].id, by=by, at=at))]


def stays(session: Session, address: str) -> list[str]:
    """What of whoever has this address is never erased: the officer's record, and everything they signed."""
    found = officers.at_address(session, address.strip())
    signed = acts.signatures(session, [], address.strip()) if found else []
    of_them = f", with {many(len(signed), 'signature')}" if signed else ""
    return [f"The officer’s record “{one.name}” stays{of_them}: who signed is never erased." for one in found]


def together(session: Session, person_id: UUID) -> list[Person]:
    """This person, and whoever else is written to at the same address, by which a reader is known. Refuses one who has been erased."""
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
