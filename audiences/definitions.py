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

from audiences import mentions, people, rules, selections, sentences, versions
from audiences.rules import Rule
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.manifest import Definition
from campaigns.delivery import removals
from campaigns.drafting import programs
from campaigns.foundation import log, officers, sightings
from campaigns.foundation.errors import Invalid, NotFound, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_NAME = 60
PAGES = frozenset({"new", "count", "stakeholders"})  # keys that would stand in the way of a page
GUESSED = "the address is guessed, and nobody has confirmed it"

FOUNDING = (
    ("senior-managers", "Senior managers", rules.ticked(roles=["senior_manager"])),
    ("elected-members", "Elected members", rules.ticked(roles=["elected_member"])),
    ("practitioners", "Practitioners", rules.ticked(roles=["practitioner"])),
    ("unions", "Unions", rules.ticked(roles=["union_contact"])),
    ("regional-groups", "Regional groups", rules.ticked(roles=["group_secretary"])),
    ("professional-bodies", "Professional bodies", rules.ticked(roles=["professional_body_contact"])),
    ("account-managers", "Account managers", rules.ticked(roles=["account_manager"])),
)


class AudienceDefined(Event):
    """An audience was set up, or its rule changed."""

    key: str
    rule: Rule


class Audience(SQLModel, table=True):
    """One row per audience; messages name it by `key`. `version` is the number its rule has now (see versions.py)."""

    __tablename__ = "audiences"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key: str = Field(unique=True)
    name: str
    rule: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    position: int
    version: int = 0


@dataclass(frozen=True)
class Twice:
    """Somebody who is in two of a message's audiences: they get the letter to the first named, `gets`, and not that to `left`."""

    reader: Addressee
    gets: str

    @property
    def left(self) -> str:
        """The audience whose letter they do not get."""
        return self.reader.variant


@dataclass(frozen=True)
class Sifted:
    """Who gets a letter, in the order it will be sealed, and who does not; `twice` are those left out only by the audiences' order."""

    addressees: Sequence[Addressee]
    left_out: list[LeftOut]
    twice: list[Twice]


@dataclass(frozen=True)
class Standing:
    """An audience as it is read for one release: its rule, and what the manifest says of it."""

    key: str
    name: str
    rule: Rule
    says: Definition


def found(session: Session, *, by: Officer, at: datetime) -> None:
    """Give a fresh installation its audiences; those already there are left as officers made them."""
    standing = {audience.key for audience in every(session)}
    for position, (key, name, rule) in enumerate(FOUNDING):
        if key not in standing:
            _write(session, Audience(key=key, name=name, rule={}, position=position), rule, by=by, at=at)


def key_of(name: str) -> str:
    """The key of an audience of this name: its letters and digits, so that names which differ by marks alone are one; empty without any."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def define(session: Session, *, name: str, rule: Rule, by: Officer, at: datetime) -> str:
    """Set up an audience of one's own; gives its key. Refuses a name that is missing, overlong or taken."""
    name, key = name.strip(), key_of(name)
    if not key or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid([Problem("name", f"Enter a name of up to {LONGEST_NAME} characters, with letters in it")])
    if key in PAGES:
        raise Refused(f"Choose another name: {name} is what one of our pages is called.", field="name")
    standing = every(session)
    if taken := next((audience.name for audience in standing if audience.key == key), ""):
        raise Refused(f"There is already an audience called {taken}.", field="name")
    _write(session, Audience(key=key, name=name, rule={}, position=len(standing)), rule, by=by, at=at)
    return key


def shown(session: Session, audience: Audience) -> dict[str, str]:
    """Who is in an audience, in words, as an officer who changes it is shown."""
    version = versions.get(session, audience.id, audience.version)
    return {"Version": str(version.number), "Who is in it": version.sentence}


def redefine(session: Session, key: str, *, rule: Rule, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Change who is in an audience: a new version. Sealed releases keep their readers. False if nothing changed; `Stale`: not as `seen`."""
    get(session, key)
    audience = session.exec(select(Audience).where(Audience.key == key).with_for_update().execution_options(populate_existing=True)).one()
    if rule_of(audience) == rule:
        return False
    sightings.require(seen, shown(session, audience), "audience")
    _write(session, audience, rule, by=by, at=at)
    return True


def every(session: Session) -> list[Audience]:
    """All audiences, the founding seven first."""
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


def standing(session: Session, keys: Iterable[str]) -> list[Standing]:
    """These audiences as they stand, each read once, in order of precedence. Refuses one whose rule asks about something that is gone."""
    return [_standing(session, get(session, key)) for key in dict.fromkeys(keys)]


def resolve(session: Session, keys: Iterable[str]) -> Sequence[Addressee]:
    """One addressee per person and per address over these audiences, always in the same order; the first audience named wins."""
    return sift(session, keys).addressees


def sift(session: Session, keys: Iterable[str], *, campaign_id: UUID | None = None) -> Sifted:
    """`resolve`, with those left out; for letters of that campaign also who wants none about it."""
    return sifted(session, candidates(session, standing(session, keys)), campaign_id=campaign_id)


def candidates(session: Session, audiences: Iterable[Standing]) -> list[Addressee]:
    """Everybody these audiences find, one audience after the other."""
    return [reader for audience in audiences for reader in selections.find(session, audience.rule, variant=audience.key)]


def sifted(session: Session, candidates: Sequence[Addressee], *, campaign_id: UUID | None = None) -> Sifted:
    """Who of these gets a letter. Left out: already in another audience, an address another reader has, stopped, guessed, or not usable."""
    removed = removals.among(session, {reader.address for reader in candidates}, campaign_id=campaign_id)
    unsure = people.unconfirmed(session)
    readers: list[Addressee] = []
    kept = Sifted(readers, [], [])
    by_person: dict[UUID, Addressee] = {}
    by_address: dict[str, Addressee] = {}
    for reader in candidates:
        address = reader.address.casefold()
        earlier = by_person.get(reader.person_id) or by_address.get(address)
        if reason := _reason(reader, earlier, GUESSED if reader.person_id in unsure else removed.get(address)):
            kept.left_out.append(LeftOut(reader, reason))
            if address not in removed and earlier and earlier.person_id == reader.person_id:
                kept.twice.append(Twice(reader, earlier.variant))
            continue
        by_person[reader.person_id] = by_address[address] = reader
        readers.append(reader)
    return kept


def _standing(session: Session, audience: Audience) -> Standing:
    rule = rule_of(audience)
    try:
        names = mentions.require_there(session, rule)
    except Refused as refusal:
        raise Refused(f"{audience.name}: {refusal.sentence}") from None
    says = Definition(audience=audience.key, name=audience.name, version=audience.version, rule=sentences.of(rule, names))
    return Standing(audience.key, audience.name, rule, says)


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
    sentence = sentences.of(rule, mentions.require_there(session, rule, field="lines"))
    audience.rule, audience.version = rule.model_dump(mode="json"), audience.version + 1
    session.add(audience)
    session.flush()
    versions.keep(session, audience.id, audience.version, rule, sentence=sentence, by=by.name, at=at)
    log.record(session, AudienceDefined(key=audience.key, rule=rule), subject=audience.id, by=by.name, at=at)
