"""People: who holds which role at an authority or another body, and where they are written to.

A person here is a post ("Head of Environmental Health, Adur"); somebody who leaves is kept, inactive, and gets no more letters. Of somebody
erased the role and the place are left (see erasures.py).
Source: HELA paper, Annex 2 ("senior managers and elected members, as well as practitioners"; "trade unions, professional bodies").
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import organisations
from audiences.authorities import Authority
from audiences.organisations import Body
from campaigns.drafting import programs
from campaigns.foundation import log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

AUTHORITY_ROLES = ("senior_manager", "elected_member", "practitioner")
BODY_ROLES = {
    "union_contact": (organisations.UNION,),
    "professional_body_contact": (organisations.PROFESSIONAL,),
    "group_secretary": (organisations.GROUP,),
    "account_manager": (organisations.PILOT,),
    "directorate_contact": (organisations.DIRECTORATE, organisations.COMMITTEE),
}
ROLES = (*AUTHORITY_ROLES, *BODY_ROLES)
LONGEST_NAME = 80
ERASED = "Somebody since erased"
WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


class PersonAdded(Event):
    """A person was added by hand; imports are told of as a whole."""

    role: str
    place: str


class PersonLeft(Event):
    """A person no longer holds the role."""

    role: str
    place: str


class Person(SQLModel, table=True):
    """One row per person and role. `place` is the code of their authority or body, whichever of the two it is."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("address", "role", "place"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    role: str = Field(index=True)
    place: str
    authority_code: str | None = Field(default=None, index=True, foreign_key="authorities.code")
    body_code: str | None = Field(default=None, index=True, foreign_key="bodies.code")
    address: str
    active: bool = True
    source: str

    @property
    def is_erased(self) -> bool:
        """Whether only the role and the place are left."""
        return "@" not in self.address


KEPT = col(Person.address).contains("@")  # everybody but those erased


@dataclass(frozen=True)
class Place:
    """An authority or a body, as far as people are concerned. `kind` is None for authorities."""

    code: str
    name: str
    kind: str | None

    def admits(self, role: str) -> bool:
        """Whether such a role is held at such a place."""
        return role in AUTHORITY_ROLES if self.kind is None else self.kind in BODY_ROLES.get(role, ())


@dataclass(frozen=True)
class Given:
    """A person as typed or uploaded, checked."""

    name: str
    role: str
    place: Place
    address: str

    def row(self, *, source: str) -> dict[str, Any]:
        """The columns of a new row."""
        at_body = self.place.kind is not None
        return {
            "id": uuid4(),
            "name": self.name,
            "role": self.role,
            "place": self.place.code,
            "authority_code": None if at_body else self.place.code,
            "body_code": self.place.code if at_body else None,
            "address": self.address,
            "active": True,
            "source": source,
        }


def add(
    session: Session, *, name: str, role: str, place: str, address: str, by: Officer, at: datetime, test_domains_allowed: bool = False
) -> UUID:
    """Add one person by hand. Refuses, naming each field, what cannot be used, and a person already there."""
    officers.require_writer(by)
    given = check(name, role, _place(session, place), address, test_domains_allowed=test_domains_allowed)
    if _standing(session, given) is not None:
        raise Refused(f"{given.address} is already a {words(given.role)} at {given.place.name}.", field="address")
    person = Person(**given.row(source="by hand"))
    session.add(person)
    session.flush()
    log.record(session, PersonAdded(role=given.role, place=given.place.code), subject=person.id, by=by.name, at=at)
    return person.id


def check(name: str, role: str, place: Place | None, address: str, *, test_domains_allowed: bool) -> Given:
    """All four values fit for use, or `Invalid` with every problem found."""
    problems: list[Problem] = []
    name, role = _tidy(name), _role(role)
    problems += _name_problems(name)
    if role not in ROLES:
        problems.append(Problem("role", "Give a role from the list: " + ", ".join(words(known) for known in ROLES)))
    if place is None:
        problems.append(Problem("place", "Give the code or the full name of an authority or body in the register"))
    elif role in ROLES and not place.admits(role):
        problems.append(Problem("place", f"There is no {words(role)} at {place.name}"))
    try:
        address = usable_address(address, test_domains_allowed=test_domains_allowed)
    except Refused as refusal:
        problems.append(Problem("address", refusal.sentence))
    if problems or place is None:
        raise Invalid(problems)
    return Given(name, role, place, address)


def usable_address(text: str, *, test_domains_allowed: bool) -> str:
    """The address in lower case, its domain in ASCII. Refuses what no relay would take, and `.test` where real letters go."""
    text = _tidy(text)
    if not text:
        raise Refused("Enter an e-mail address", field="address")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=test_domains_allowed)
    except (EmailNotValidError, UnicodeError):
        raise _unusable(text) from None
    address = (found.ascii_email or found.normalized).lower()
    if not programs.fits_a_header(address):  # =? is allowed in an address, and would begin something else in its header
        raise _unusable(text)
    return address


def leave(session: Session, person_id: UUID, *, by: Officer, at: datetime) -> None:
    """The person no longer holds the role. Refuses one who has left already."""
    officers.require_writer(by)
    person = get(session, person_id)
    if not person.active:
        raise NotAllowedNow("This person has left already.")
    person.active = False
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
    found = session.exec(select(Person).where(Person.place == code, col(Person.active)).order_by(col(Person.address)))
    return sorted(found, key=lambda person: ROLES.index(person.role))


def places(session: Session) -> list[Place]:
    """Every authority and body somebody may belong to."""
    councils = session.exec(select(Authority.code, Authority.name)).all()
    bodies = session.exec(select(Body.code, Body.name, Body.kind)).all()
    return [Place(code, name, None) for code, name in councils] + [Place(code, name, kind) for code, name, kind in bodies]


def insert(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Write many checked people at once; the caller records the fact for all of them."""
    if batch := list(rows):
        session.exec(sa.insert(Person), params=batch)


def words(role: str) -> str:
    """A role as people say it."""
    return role.replace("_", " ")


def _place(session: Session, code: str) -> Place | None:
    if body := session.get(Body, code):
        return Place(body.code, body.name, body.kind)
    authority = session.get(Authority, code)
    return Place(authority.code, authority.name, None) if authority else None


def _standing(session: Session, given: Given) -> Person | None:
    same = select(Person).where(Person.address == given.address, Person.role == given.role, Person.place == given.place.code)
    return session.exec(same).first()


def _name_problems(name: str) -> list[Problem]:
    if not 0 < len(name) <= LONGEST_NAME:
        return [Problem("name", f"Enter a name or post of up to {LONGEST_NAME} characters")]
    if not name.isprintable():
        return [Problem("name", "Remove line breaks and invisible characters from the name")]
    if WEB_ADDRESS.search(name):  # a name is put into letters that were signed without it: it must say no more than who somebody is
        return [Problem("name", "Take the web address out of the name")]
    # A mail program would read =?…?= as another text than the one an officer saw (RFC 2047).
    if "=?" in name and "?=" in name:
        return [Problem("name", "Type the name as people read it: =?…?= stands for something else in a mail header")]
    return []


def _unusable(address: str) -> Refused:
    return Refused(f"{address[:80]!r} is not an e-mail address we can write to", field="address")


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip(" \t")


def _role(text: str) -> str:
    role = re.sub(r"[\s_-]+", "_", text.strip().lower())
    return role.removesuffix("s") if role.removesuffix("s") in ROLES else role
