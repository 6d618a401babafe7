"""Demo people: posts at every authority and body, with addresses under `.test` that carry the council's code. No living person is named.

382 councils have only 379 host names, so the code is part of the address: `practitioner@adur-worthing.gov.uk.e07000223.test`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlmodel import Session, select

from audiences import authorities, organisations, people
from audiences.authorities import Authority
from audiences.contacts import Given
from audiences.importing import PeopleImported
from audiences.organisations import Body
from audiences.people import Person
from audiences.roles import LAPS_LEAD, Place
from campaigns.foundation import log, officers
from campaigns.foundation.officers import Officer

SOURCE = "demo"
LED_FOR = timedelta(days=730)
POSTS = {
    "senior_manager": "Head of Environmental Health",
    "elected_member": "Portfolio Holder",
    "practitioner": "Health and Safety Officer",
}
CONTACTS = {
    organisations.UNION: ("union_contact", "Health and Safety Officer"),
    organisations.PROFESSIONAL: ("professional_body_contact", "Policy Officer"),
    organisations.GROUP: ("group_secretary", "Secretary"),
    organisations.PILOT: ("account_manager", "Account Manager"),
}


def load(session: Session, *, by: Officer, at: datetime) -> int:
    """Three posts at each of the 350 authorities that enforce, and a contact at each body. Gives how many were added; again adds none."""
    bodies = [body for kind in CONTACTS for body in organisations.of_kind(session, kind)]
    councils = authorities.every(session)
    home = {authority.code: authority.name for authority in councils}
    posts = [_post(authority, role) for authority in councils for role in POSTS]
    added = _insert(session, posts + [_contact(body, home) for body in bodies], by=by, at=at)
    if added:
        people.insert(session, (_led_before(body, home, at=at) for body in bodies if body.home_authority), at=at)
    return added


def crowd(session: Session, number: int, *, by: Officer, at: datetime) -> int:
    """`number` practitioners, managers and members over the real councils, for rehearsals; asked for again, it adds none."""
    return _insert(session, islice(_endless(authorities.every(session)), number), by=by, at=at)


def _endless(councils: list[Authority]) -> Iterator[Given]:
    for turn in count():
        for role in POSTS:
            for authority in councils:
                yield _post(authority, role, turn=turn)


def _post(authority: Authority, role: str, *, turn: int = 0) -> Given:
    local = role.replace("_", "-") + (f"-{turn + 1}" if turn else "")
    name = f"{POSTS[role]}, {authority.name}" + (f" ({turn + 1})" if turn else "")
    address = f"{local}@{authority.domain}.{authority.code.lower()}.test"
    return Given(name, role, Place(authority.code, authority.name, None), address)


def _contact(body: Body, home: dict[str, str]) -> Given:
    role, post = CONTACTS[body.kind]
    name = f"{post}, {body.name}"
    if role == "account_manager":
        name += f" ({home[body.home_authority]})" if body.home_authority else " (HSE)"
    return Given(name, role, Place(body.code, body.name, body.kind), f"{role.replace('_', '-')}@{body.code}.test")


def _led_before(body: Body, home: dict[str, str], *, at: datetime) -> dict[str, Any]:
    """The account manager's post of before: in LA-led partnerships the LAPS lead has assumed the role (HELA paper, Annex 1)."""
    place = Place(body.home_authority or "", home[body.home_authority or ""], None)
    lead = Given(f"LAPS lead, {place.name}", LAPS_LEAD, place, _contact(body, home).address)
    return lead.row(source=SOURCE) | {"id": _id(lead), "since": at - LED_FOR, "until": at}


def _insert(session: Session, given: Iterator[Given] | list[Given], *, by: Officer, at: datetime) -> int:
    officers.require_writer(by)
    standing = set(session.exec(select(Person.address)))
    new = [person for person in given if person.address not in standing]
    people.insert(session, (person.row(source=SOURCE) | {"id": _id(person)} for person in new), at=at)
    if new:
        log.record(session, PeopleImported(added=len(new), changed=0), subject=uuid4(), by=by.name, at=at)
    return len(new)


def _id(person: Given) -> UUID:
    # The same posts have the same ids in every demo, so that screenshots and golden letters stay comparable.
    return uuid5(authorities.REGISTER, f"{person.address} {person.role} {person.place.code}")
