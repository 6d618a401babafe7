"""A selection: the people a rule finds today, counted and listed. A rule is one condition on a role at a place, and nothing is asked of
each person: everybody who holds the same role at the same place is in it or none is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from audiences import grades, rules
from audiences.authorities import IN_FORCE, Authority
from audiences.footprints import Site
from audiences.organisations import Body, Membership
from audiences.people import REACHABLE, Person
from audiences.roles import AUTHORITY_ROLES, BODY_ROLES
from audiences.rules import Condition, Rule
from campaigns.agreement.addressees import Addressee
from campaigns.drafting.messages import Message
from campaigns.reach import touches
from campaigns.reach.touches import Touch

Home = aliased(Authority)  # an account manager's own authority says where they are: Dundee's keeps Scotland's calendar
Theirs = aliased(Body)  # the organisation whose site is in somebody's area
NATION = sa.func.coalesce(Authority.nation, Home.nation, Body.nation)
REGION = sa.func.coalesce(Authority.region, Home.region, Body.region)
KIND = sa.func.coalesce(Authority.kind, Body.kind)
ASKED: dict[str, Any] = {  # what is a fact of the place itself
    rules.NATION: NATION,
    rules.REGION: REGION,
    rules.KIND: KIND,
    rules.STATUS: col(Body.status),
    rules.LEAD: col(Body.lead),
    rules.SECTOR: col(Body.sector),
    rules.REGIME: col(Body.enforcing_authority),
}
MEETS = sa.func.coalesce(Authority.code, Body.home_authority)  # the authority by which somebody belongs to a regional group
ORGANISATION = sa.func.coalesce(Authority.official_name, Body.name)
ORDER = (col(Person.place), col(Person.role), col(Person.address), col(Person.id))


@dataclass(frozen=True)
class Seat:
    """A role at a place that a rule asks about, and how many people hold it: perhaps nobody."""

    place: str
    role: str
    nation: str
    region: str
    at_authority: bool
    people: int


def seats(session: Session, asked: Sequence[Rule]) -> list[list[Seat]]:
    """For each rule the seats it asks about, in the order of lists; all rules in one statement, which reads the people once."""
    held = sa.select(Person.place, Person.role, sa.func.count().label("people")).where(REACHABLE).group_by(Person.place, Person.role)  # type: ignore[call-overload]
    every = sa.union_all(held, *_seats_there_are()).subquery("seats")
    seat = (
        sa.select(every.c.place, every.c.role, sa.func.sum(every.c.people).label("people"))
        .group_by(every.c.place, every.c.role)
        .subquery("seat")
    )
    found = [sa.case((condition(rule, seat.c.place, seat.c.role), 1), else_=0) for rule in asked]
    facts = [seat.c.place, seat.c.role, NATION, REGION, col(Authority.code).is_not(None), seat.c.people]
    rows = session.execute(_beside(sa.select(*facts, *found).select_from(seat), seat.c.place).order_by(seat.c.place, seat.c.role)).all()
    return [[Seat(row[0], row[1], row[2], row[3], bool(row[4]), int(row[5])) for row in rows if row[6 + at]] for at in range(len(asked))]


def find(session: Session, rule: Rule, *, variant: str, among: Collection[str] | None = None) -> list[Addressee]:
    """The people a rule finds, by place, role and address: always in the same order. `among`: only those with these addresses."""
    asked = [condition(rule, col(Person.place), col(Person.role))]
    if among is not None:
        asked.append(col(Person.address).in_(list(among)))
    return _addressees(session, sa.and_(*asked), variant)


def sitting(session: Session, held: Collection[Seat], *, variant: str, limit: int, offset: int) -> list[Addressee]:
    """Some of those who hold these seats, in the same order."""
    theirs = sa.tuple_(col(Person.place), col(Person.role)).in_([(seat.place, seat.role) for seat in held])
    return _addressees(session, theirs, variant, limit=limit, offset=offset) if held else []


def condition(rule: Rule, place: Any, role: Any) -> ColumnElement[bool]:
    """The one condition a rule comes to, on the columns of a statement that stands beside its place (see `_beside`)."""
    either = [
        sa.and_(sa.true(), *(sa.or_(*(_asked(one, place, role) for one in clause)) for clause in alternative))
        for alternative in rule.alternatives
    ]
    whole = sa.or_(*either)
    if rule.enforcing_only:
        whole = sa.and_(whole, sa.or_(col(Authority.enforces).is_(True), col(Body.status) != "opt-in"))
    return whole


def _asked(one: Condition, place: Any, role: Any) -> ColumnElement[bool]:
    holds = _holds(one, place, role)
    return ~sa.func.coalesce(holds, sa.false()) if one.is_not else holds  # a place without a status has not the one asked for


def _holds(one: Condition, place: Any, role: Any) -> ColumnElement[bool]:
    match one.asks:
        case rules.ROLE:
            return sa.and_(role.in_(one.of))
        case rules.AUTHORITY | rules.BODY:
            return sa.and_(place.in_(one.of))
        case rules.GROUP:
            meets = sa.exists().where(col(Membership.authority_code) == MEETS, col(Membership.group_code).in_(one.of))
            return sa.or_(meets, place.in_(one.of))
        case rules.SITE:
            return sa.exists().where(col(Site.authority_code) == place, col(Site.body_code).in_(one.of))
        case rules.SITE_REGIME:
            under = sa.select(col(Theirs.code)).where(col(Theirs.enforcing_authority).in_(one.of))
            return sa.exists().where(col(Site.authority_code) == place, col(Site.body_code).in_(under))
        case rules.ENFORCES:
            return col(Authority.enforces).is_(True)
        case rules.TOUCHED:
            return sa.or_(*(_touched(value, one.grade, place, role) for value in one.of))
    return sa.and_(ASKED[one.asks].in_(one.of))


def _touched(value: str, grade: str, place: Any, role: Any) -> ColumnElement[bool]:
    """Whether this role at this place has the grade, or one that counts towards it.

    What touched an authority as a whole does not count, a briefing neither: nobody knows whether the practitioners were in the room, and an
    authority is fully told only when each role is (coverage reads one role of it in the same way). To write once too often is the
    smaller harm. A place that is no authority has touches under its own code, where there are any.
    """
    what, key = rules.touched(value)
    whose = col(Touch.campaign_id) == key
    if f"{what}:" != rules.CAMPAIGN:  # its campaign is named as well, as touches are found by that
        campaign = select(Message.campaign_id).where(Message.id == key).scalar_subquery()
        whose = (col(Touch.campaign_id) == campaign) & (col(Touch.message_id) == key)
    theirs = (col(Touch.authority_code) == place, col(Touch.role) == role, col(Touch.grade).in_(grades.at_least(grade)), touches.STANDING)
    return sa.exists().where(whose, *theirs)


def _seats_there_are() -> list[Any]:
    """Every role that is held at some place, whether anybody holds it or not."""
    nobody = sa.literal(0).label("people")
    at_authorities = [
        sa.select(Authority.code, sa.literal(role).label("role"), nobody).where(IN_FORCE)  # type: ignore[call-overload]
        for role in AUTHORITY_ROLES
    ]
    at_bodies = [
        sa.select(Body.code, sa.literal(role).label("role"), nobody).where(col(Body.kind).in_(kinds))  # type: ignore[call-overload]
        for role, kinds in BODY_ROLES.items()
    ]
    return [*at_authorities, *at_bodies]


def _beside(statement: Any, place: Any) -> Any:
    """A statement beside the authority or the body at its place."""
    beside = statement.join(Authority, col(Authority.code) == place, isouter=True).join(Body, col(Body.code) == place, isouter=True)
    return beside.join(Home, col(Body.home_authority) == col(Home.code), isouter=True)


def _addressees(
    session: Session, asked: ColumnElement[bool], variant: str, *, limit: int | None = None, offset: int = 0
) -> list[Addressee]:
    columns = sa.select(Person.id, Person.address, Person.name, Person.role, ORGANISATION, NATION, REGION, Person.authority_code)  # type: ignore[call-overload]
    found = _beside(columns.select_from(Person), col(Person.place)).where(REACHABLE, asked).order_by(*ORDER)
    once = dict[Any, Any]()  # a role, an organisation, a nation is kept once, however many readers have it
    return [
        Addressee(who, address, variant, name, *(once.setdefault(value, value) for value in rest))
        for who, address, name, *rest in session.execute(found.limit(limit).offset(offset))
    ]
