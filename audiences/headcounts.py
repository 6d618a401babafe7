"""Headcounts: how many people an audience has, of what places, and its list a page at a time. Nobody is read who is not shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import definitions, mentions, selections, sentences
from audiences.definitions import Audience, Sifted
from audiences.people import REACHABLE, Person
from audiences.rules import Rule
from audiences.selections import Seat
from campaigns.agreement.addressees import Addressee
from campaigns.delivery.removals import Removal

PEOPLE_A_PAGE = 50
MOST_LEFT_OUT = 1000  # looked at; a page shows fewer
NO_NATION = "no one nation"
Key = TypeVar("Key")


@dataclass(frozen=True)
class Count:
    """An audience's numbers today. Of the `denominator` authorities it asks about, `authorities` have somebody in it; of `bodies_asked`, `bodies`."""

    key: str
    name: str
    version: int
    sentence: str
    gone: str
    people: int
    nations: dict[str, int]
    roles: dict[str, int]
    regions: dict[tuple[str, str], int]
    authorities: int
    denominator: int
    bodies: int
    bodies_asked: int

    @property
    def without(self) -> int:
        """Places it asks about with nobody in it."""
        return self.denominator - self.authorities + self.bodies_asked - self.bodies


@dataclass(frozen=True)
class Page:
    """One page of an audience's people; `number` counts from 1."""

    people: list[Addressee]
    number: int
    total: int


def counts(session: Session) -> list[Count]:
    """Every audience with its numbers, in the order pages show them."""
    audiences = definitions.every(session)
    return _counts(session, [(one, definitions.rule_of(one)) for one in audiences])


def count(session: Session, key: str) -> Count:
    """One audience's numbers, by nation and role."""
    audience = definitions.get(session, key)
    return _counts(session, [(audience, definitions.rule_of(audience))])[0]


def of_rule(session: Session, rule: Rule) -> Count:
    """The numbers of a rule that is no audience yet."""
    return _counts(session, [(Audience(key="", name="", rule={}, position=0), rule)])[0]


def members(session: Session, key: str, page: int = 1, *, size: int = PEOPLE_A_PAGE, region: str = "") -> Page:
    """A page of the people an audience's rule finds, of one region or of all; a page beyond the last gives the last."""
    rule = definitions.rule_of(definitions.get(session, key))
    return members_of(session, rule, page, size=size, region=region, variant=key)


def members_of(session: Session, rule: Rule, page: int = 1, *, size: int, region: str = "", variant: str = "") -> Page:
    """The same of a rule. Only the seats that the page shows are read, however far on it is."""
    held = [seat for seat in selections.seats(session, [rule])[0] if seat.people and region in ("", _region(seat))]
    total = sum(seat.people for seat in held)
    number = min(max(1, page), max(1, -(-total // size)))
    shown, before = _between(held, (number - 1) * size, number * size)
    return Page(selections.sitting(session, shown, variant=variant, limit=size, offset=before), number, total)


def left_out(session: Session, key: str) -> Sifted:
    """Who is in an audience and would get no letter: their address is removed, or somebody else's too. Looks at up to a thousand addresses.

    An address that was erased and came again is known only by its digest: it is left out when a release is sealed, not here.
    """
    rule = definitions.rule_of(definitions.get(session, key))
    several = sa.select(Person.address).where(REACHABLE).group_by(Person.address).having(sa.func.count() > 1)  # type: ignore[call-overload]
    removed = sa.select(Person.address).where(REACHABLE, col(Person.address).in_(sa.select(Removal.address)))  # type: ignore[call-overload]
    doubtful = session.execute(sa.union(several, removed).limit(MOST_LEFT_OUT)).scalars().all()
    return definitions.sifted(session, selections.find(session, rule, variant=key, among=doubtful))


def _counts(session: Session, asked: list[tuple[Audience, Rule]]) -> list[Count]:
    names = mentions.names(session, *(rule for _, rule in asked))
    found = selections.seats(session, [rule for _, rule in asked])
    return [_count(audience, rule, names, seats) for (audience, rule), seats in zip(asked, found, strict=True)]


def _count(audience: Audience, rule: Rule, names: dict[str, str], seats: list[Seat]) -> Count:
    held = [seat for seat in seats if seat.people]
    places = [len({seat.place for seat in some if seat.at_authority == at}) for at in (True, False) for some in (held, seats)]
    return Count(
        audience.key,
        audience.name,
        audience.version,
        sentences.of(rule, names),
        mentions.missing_in(rule, names),
        sum(seat.people for seat in held),
        _summed((seat.nation or NO_NATION, seat.people) for seat in held),
        _summed((seat.role, seat.people) for seat in held),
        _summed(((seat.nation, _region(seat)), seat.people) for seat in held),
        *places,
    )


def _region(seat: Seat) -> str:
    return seat.region or seat.nation or NO_NATION


def _summed(pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    counted: dict[Key, int] = {}
    for key, number in pairs:
        counted[key] = counted.get(key, 0) + number
    return counted


def _between(held: list[Seat], start: int, end: int) -> tuple[list[Seat], int]:
    """The seats that have people between two places of the list, and how many people of the first of these seats stand before `start`."""
    shown, at, before = list[Seat](), 0, 0
    for seat in held:
        if at < end and at + seat.people > start:
            before = before if shown else start - at
            shown.append(seat)
        at += seat.people
    return shown, before
