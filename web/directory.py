"""Looking people and authorities up: the lists behind the pages, searched by words an officer types, a page at a time.

Questions only; every change goes through `audiences.people`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import contactable
from audiences.authorities import IN_FORCE, Authority
from audiences.organisations import Body
from audiences.people import HOLDING, KEPT, Person
from audiences.roles import AUTHORITY_ROLES
from campaigns.delivery import removals
from campaigns.planning import campaign_plans
from web.paging import Page

LONGEST_SEARCH = 100
IDS_A_QUERY = 500


@dataclass(frozen=True)
class Search:
    """What somebody looks for. Empty means all."""

    words: str = ""
    role: str = ""
    left: bool = False


@dataclass(frozen=True)
class Found:
    """A person with the name of their authority or body."""

    person: Person
    organisation: str


@dataclass(frozen=True)
class Places:
    """Which authorities are looked at. Empty means all; `opted_in` adds those that do not enforce, `past` those that came to an end."""

    words: str = ""
    nation: str = ""
    region: str = ""
    kind: str = ""
    opted_in: bool = False
    past: bool = False


def people(session: Session, search: Search, page: Page) -> tuple[list[Found], Page]:
    """One page of the people found, by organisation and name, and the page once it was counted."""
    found = _found(search, Person)
    page = page.of(session.execute(sa.select(sa.func.count()).select_from(found.order_by(None).subquery())).scalar_one())
    return [Found(person, name) for name, person in session.execute(found.limit(page.size).offset(page.offset))], page


def every_person(session: Session, search: Search) -> Sequence[Any]:
    """All of them in that order, as rows of organisation, name, role, address, place and source: there may be a million."""
    return session.execute(_found(search, *(getattr(Person, name) for name in ("name", "role", "address", "place", "source")))).all()


def named(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Who these people are: `Head of Environmental Health, Adur District Council`. Whoever is not kept any more is missing."""
    organisation = sa.func.coalesce(Authority.official_name, Body.name)
    joined = _at_their_places(col(Person.id), col(Person.name), organisation)
    wanted, found = list(ids), dict[UUID, str]()
    for start in range(0, len(wanted), IDS_A_QUERY):
        rows = session.execute(joined.where(col(Person.id).in_(wanted[start : start + IDS_A_QUERY])))
        found.update({who: f"{name}, {place}" for who, name, place in rows})
    return found


def unwanted(session: Session, addresses: Collection[str]) -> dict[str, list[str]]:
    """The names of the campaigns about which nothing goes to each of these addresses, though other letters do."""
    found = removals.topics_each(session, addresses)
    return {address: [campaign_plans.get(session, topic).name for topic in topics] for address, topics in found.items()}


def authorities(session: Session, places: Places) -> list[Authority]:
    """The authorities found, by name."""
    chosen = ((places.nation, Authority.nation), (places.region, Authority.region), (places.kind, Authority.kind))
    wanted = select(Authority).where(*(column == value for value, column in chosen if value)).order_by(Authority.name)
    if not places.past:
        wanted = wanted.where(IN_FORCE)
    if not places.opted_in:
        wanted = wanted.where(Authority.enforces)
    if places.words:
        named = (
            col(column).icontains(places.words, autoescape=True) for column in (Authority.name, Authority.official_name, Authority.code)
        )
        wanted = wanted.where(sa.or_(*named))
    return list(session.exec(wanted))


def missing_roles(session: Session, codes: Collection[str]) -> dict[str, list[str]]:
    """The roles in which nobody can be written to, by authority."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    holders = select(Person.authority_code, Person.role).where(contactable.now(session), col(Person.authority_code).in_(codes))
    for code, role in session.exec(holders.distinct()):
        held[code or ""].add(role)
    return {code: [role for role in AUTHORITY_ROLES if role not in held[code]] for code in codes}


def _found(search: Search, *columns: Any) -> sa.Select[Any]:
    organisation = sa.func.coalesce(Authority.name, Body.name)
    joined = _at_their_places(organisation, *columns).where(*_conditions(search, organisation))
    return joined.order_by(organisation, col(Person.role), col(Person.name), col(Person.id))


def _at_their_places(*columns: Any) -> sa.Select[Any]:
    joined = sa.select(*columns).select_from(Person).join(Authority, col(Person.authority_code) == col(Authority.code), isouter=True)
    return joined.join(Body, col(Person.body_code) == col(Body.code), isouter=True)


def _conditions(search: Search, organisation: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [~HOLDING if search.left else HOLDING, KEPT]
    if search.role:
        conditions.append(col(Person.role) == search.role)
    for word in search.words.split():
        fields = (col(Person.name), col(Person.address), organisation)
        conditions.append(sa.or_(*(field.icontains(word, autoescape=True) for field in fields)))
    return conditions
