"""Audiences: who a letter is for, each a rule by name, resolved to addressees when a release is sealed.

A fresh installation has seven. One person gets one letter whatever audiences they are in, and so does one address.
Source: HELA paper, Annex 3 ("ensuring all stakeholders are covered eg trade unions, professional bodies").
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import people, rules
from audiences.rules import Rule
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.delivery import removals
from campaigns.drafting import programs
from campaigns.foundation import log, officers
from campaigns.foundation.errors import Invalid, NotFound, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_NAME = 60
PEOPLE_A_PAGE = 50
GUESSED = "the address is guessed, and nobody has confirmed it"

FOUNDING = (
    ("senior-managers", "Senior managers", Rule(roles=("senior_manager",))),
    ("elected-members", "Elected members", Rule(roles=("elected_member",))),
    ("practitioners", "Practitioners", Rule(roles=("practitioner",))),
    ("unions", "Unions", Rule(roles=("union_contact",))),
    ("regional-groups", "Regional groups", Rule(roles=("group_secretary",))),
    ("professional-bodies", "Professional bodies", Rule(roles=("professional_body_contact",))),
    ("account-managers", "Account managers", Rule(roles=("account_manager",))),
)


class AudienceDefined(Event):
    """An audience was set up, or its rule changed."""

    key: str
    rule: Rule


class Audience(SQLModel, table=True):
    """One row per audience; messages name it by `key`."""

    __tablename__ = "audiences"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key: str = Field(unique=True)
    name: str
    rule: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    position: int


@dataclass(frozen=True)
class Sifted:
    """Who gets a letter, in the order it will be sealed, and who does not."""

    addressees: list[Addressee]
    left_out: list[LeftOut]


@dataclass(frozen=True)
class Count:
    """An audience's numbers today. `authorities` of `denominator` have somebody in it; both 0 where it is not about authorities."""

    key: str
    name: str
    sentence: str
    people: int
    nations: dict[str, int]
    roles: dict[str, int]
    authorities: int
    denominator: int


@dataclass(frozen=True)
class Page:
    """One page of an audience's people; `number` counts from 1."""

    people: list[Addressee]
    number: int
    pages: int
    total: int


def found(session: Session, *, by: Officer, at: datetime) -> None:
    """Give a fresh installation its audiences; those already there are left as officers made them."""
    standing = {audience.key for audience in every(session)}
    for position, (key, name, rule) in enumerate(FOUNDING):
        if key not in standing:
            _write(session, Audience(key=key, name=name, rule={}, position=position), rule, by=by, at=at)


def define(session: Session, *, name: str, rule: Rule, by: Officer, at: datetime) -> str:
    """Set up an audience of one's own; gives its key. Refuses a name that is missing, overlong or taken."""
    name = name.strip()
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not key or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid([Problem("name", f"Enter a name of up to {LONGEST_NAME} characters, with letters in it")])
    standing = every(session)
    if any(audience.key == key for audience in standing):
        raise Refused(f"There is an audience called {name} already.", field="name")
    _write(session, Audience(key=key, name=name, rule={}, position=len(standing)), rule, by=by, at=at)
    return key


def redefine(session: Session, key: str, *, rule: Rule, by: Officer, at: datetime) -> bool:
    """Change who is in an audience; sealed releases keep the readers they have. False when the rule was that already."""
    audience = get(session, key)
    if rule_of(audience) == rule:
        return False
    _write(session, audience, rule, by=by, at=at)
    return True


def every(session: Session) -> list[Audience]:
    """All audiences, the five by name first."""
    return list(session.exec(select(Audience).order_by(col(Audience.position), col(Audience.key))))


def get(session: Session, key: str) -> Audience:
    """The audience; refuses an unknown key."""
    audience = session.exec(select(Audience).where(Audience.key == key)).first() if key.isprintable() else None  # PostgreSQL takes no NUL
    if audience is None:
        raise NotFound(f"There is no audience {key!r}.")
    return audience


def rule_of(audience: Audience) -> Rule:
    """The audience's rule as a value."""
    return Rule.model_validate(audience.rule)


def resolve(session: Session, keys: Iterable[str], *, campaign_id: UUID | None = None) -> list[Addressee]:
    """One addressee per person and per address over these audiences, always in the same order; the first audience named wins."""
    return sift(session, keys, campaign_id=campaign_id).addressees


def sift(session: Session, keys: Iterable[str], *, campaign_id: UUID | None = None) -> Sifted:
    """`resolve`, with those left out; for letters of that campaign also who wants none about it."""
    found = [reader for key in dict.fromkeys(keys) for reader in rules.find(session, rule_of(get(session, key)), variant=key)]
    return sifted(session, found, campaign_id=campaign_id)


def sifted(session: Session, candidates: Sequence[Addressee], *, campaign_id: UUID | None = None) -> Sifted:
    """Who of these gets a letter. Left out: already in another audience, an address another reader has, stopped, guessed, or not usable."""
    removed = removals.among(session, {reader.address for reader in candidates}, campaign_id=campaign_id)
    unsure = people.unconfirmed(session)
    kept = Sifted([], [])
    by_person: dict[UUID, Addressee] = {}
    by_address: dict[str, Addressee] = {}
    for reader in candidates:
        address = reader.address.casefold()
        earlier = by_person.get(reader.person_id) or by_address.get(address)
        if reason := _reason(reader, earlier, GUESSED if reader.person_id in unsure else removed.get(address)):
            kept.left_out.append(LeftOut(reader, reason))
            continue
        by_person[reader.person_id] = by_address[address] = reader
        kept.addressees.append(reader)
    return kept


def counts(session: Session) -> list[Count]:
    """Every audience with its numbers, in the order pages show them."""
    return [_count(session, audience) for audience in every(session)]


def count(session: Session, key: str) -> Count:
    """One audience's numbers, by nation and role."""
    return _count(session, get(session, key))


def members(session: Session, key: str, page: int = 1, *, size: int = PEOPLE_A_PAGE) -> Page:
    """A page of the people an audience's rule finds; a page beyond the last gives the last."""
    rule = rule_of(get(session, key))
    total = sum(number for _, _, number in rules.tally(session, rule))
    pages = max(1, -(-total // size))
    number = min(max(1, page), pages)
    found = rules.find(session, rule, variant=key, limit=size, offset=(number - 1) * size)
    return Page(found, number, pages, total)


def _count(session: Session, audience: Audience) -> Count:
    rule = rule_of(audience)
    nations: dict[str, int] = {}
    roles: dict[str, int] = {}
    for nation, role, number in rules.tally(session, rule):
        nations[nation or "no one nation"] = nations.get(nation or "no one nation", 0) + number
        roles[role] = roles.get(role, 0) + number
    covered, denominator = rules.reach(session, rule)
    return Count(audience.key, audience.name, rules.sentence(rule), sum(roles.values()), nations, roles, covered, denominator)


def _reason(reader: Addressee, earlier: Addressee | None, removed: str | None) -> str:
    if "@" not in reader.address or not programs.fits_a_header(reader.address):
        return "the reader has no usable address"
    if removed is not None:
        return removed
    if earlier is None:
        return ""
    whose = "the reader already" if earlier.person_id == reader.person_id else "another reader with this address"
    return f"{whose} gets the letter to {earlier.variant.replace('-', ' ')}"


def _write(session: Session, audience: Audience, rule: Rule, *, by: Officer, at: datetime) -> None:
    officers.require_writer(by)
    audience.rule = rule.model_dump(mode="json")
    session.add(audience)
    session.flush()
    log.record(session, AudienceDefined(key=audience.key, rule=rule), subject=audience.id, by=by.name, at=at)
