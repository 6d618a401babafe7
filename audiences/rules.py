"""A rule: whom an audience is made of, said in roles, nations, regions and kinds, and the people it finds today.

Source: HELA paper, Annex 2 ("senior managers and elected members, as well as practitioners").
"""

from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from audiences.authorities import IN_FORCE, Authority
from audiences.organisations import Body
from audiences.people import REACHABLE, Person
from audiences.roles import AUTHORITY_ROLES, ROLES, words
from campaigns.agreement.addressees import Addressee

Home = aliased(Authority)  # an account manager's own authority says where they are: Dundee's keeps Scotland's calendar
NATION = sa.func.coalesce(Authority.nation, Home.nation, Body.nation)
REGION = sa.func.coalesce(Authority.region, Home.region, Body.region)
KIND = sa.func.coalesce(Authority.kind, Body.kind)

PLURALS = {
    "group_secretary": "secretaries of regional groups",
    "professional_body_contact": "contacts at professional bodies",
    "directorate_contact": "contacts in HSE's directorates and committees",
}


class Rule(BaseModel):
    """Who is in an audience. An empty list asks nothing; `enforcing_only` leaves out councils that do not enforce, and their group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    enforcing_only: bool = True

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(roles) - set(ROLES):
            raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
        return roles

    @property
    def is_about_authorities(self) -> bool:
        """Whether anybody at an authority can be meant."""
        return not self.roles or bool(set(self.roles) & set(AUTHORITY_ROLES))


def sentence(rule: Rule) -> str:
    """The rule as an officer would say it."""
    who = _listed([PLURALS.get(role, words(role) + "s") for role in rule.roles]) or "everybody"
    where = "".join(f" in {_listed(part)}" for part in (rule.regions, rule.nations) if part)
    kinds = f", of these kinds: {_listed(rule.kinds)}" if rule.kinds else ""
    enforcing = ""
    if rule.is_about_authorities:
        enforcing = (
            ", at authorities that enforce health and safety"
            if rule.enforcing_only
            else ", at all authorities, counties and Northern Ireland too"
        )
    return f"{who[0].upper()}{who[1:]}{where}{kinds}{enforcing}."


def find(session: Session, rule: Rule, *, variant: str, limit: int | None = None, offset: int = 0) -> list[Addressee]:
    """The people a rule finds, by place, role and address; always in the same order."""
    organisation = sa.func.coalesce(Authority.official_name, Body.name)
    columns = sa.select(Person.id, Person.address, Person.name, Person.role, organisation, NATION, REGION, Person.authority_code)  # type: ignore[call-overload]
    ordered = _people(columns, rule).order_by(col(Person.place), col(Person.role), col(Person.address), col(Person.id))
    return [Addressee(who, address, variant, *rest) for who, address, *rest in session.execute(ordered.limit(limit).offset(offset))]


def tally(session: Session, rule: Rule) -> list[tuple[str, str, int]]:
    """How many people a rule finds, by nation (empty for a body of no one nation) and role."""
    counted = _people(sa.select(NATION, Person.role, sa.func.count()), rule).group_by(NATION, Person.role)  # type: ignore[call-overload]
    return [(nation, role, number) for nation, role, number in session.execute(counted.order_by(NATION, Person.role))]


def reach(session: Session, rule: Rule) -> tuple[int, int]:
    """Of how many authorities a rule finds somebody, and how many it asks about; (0, 0) for a rule about other bodies."""
    if not rule.is_about_authorities:
        return 0, 0
    covered = _people(sa.select(sa.func.count(sa.distinct(Person.authority_code))), rule)  # type: ignore[arg-type]
    asked = [(rule.nations, Authority.nation), (rule.regions, Authority.region), (rule.kinds, Authority.kind)]
    conditions = [IN_FORCE, *(col(column).in_(values) for values, column in asked if values)]
    if rule.enforcing_only:
        conditions.append(col(Authority.enforces).is_(True))
    denominator = sa.select(sa.func.count()).select_from(Authority).where(*conditions)
    return session.execute(covered).scalar_one(), session.execute(denominator).scalar_one()


def _people(statement: Any, rule: Rule) -> Any:
    """People beside the authority or the body they belong to, as far as the rule finds them."""
    beside = statement.select_from(Person).join(Authority, col(Person.authority_code) == col(Authority.code), isouter=True)
    beside = beside.join(Body, col(Person.body_code) == col(Body.code), isouter=True)
    return beside.join(Home, col(Body.home_authority) == col(Home.code), isouter=True).where(*_conditions(rule))


def _conditions(rule: Rule) -> list[ColumnElement[bool]]:
    asked = [(rule.roles, col(Person.role)), (rule.nations, NATION), (rule.regions, REGION), (rule.kinds, KIND)]
    conditions: list[ColumnElement[bool]] = [REACHABLE]
    conditions += [column.in_(values) for values, column in asked if values]
    if rule.enforcing_only:
        conditions.append(sa.or_(col(Authority.enforces).is_(True), col(Body.status) != "opt-in"))
    return conditions


def _listed(parts: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
