"""The stakeholder map: where nobody can be written to yet. Audiences, roles region by region, and bodies, those the plan names first.

A contact is valid when somebody holds the role now and their address is not one that must not be written to.
Source: HELA paper, Annex 2 ("gaps in our existing communications strategy, eg trade unions, professional bodies and some HSE sectors") and
Annex 3 ("ensuring all stakeholders are covered eg trade unions, professional bodies, … (CACTUS) and Construction Division").
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from audiences import authorities, contactable, definitions, organisations, selections, sentences
from audiences.authorities import Authority
from audiences.organisations import Body
from audiences.people import Person
from audiences.roles import AUTHORITY_ROLES
from campaigns.planning import campaign_plans

# What the paper names beside every authority: two kinds of body, two parts of HSE, and the panel of elected members.
PLAN = "the communications plan (HELA paper, Annex 3)"
PLANNED_KINDS = (organisations.UNION, organisations.PROFESSIONAL)
PLANNED = {"cactus": PLAN, "construction": PLAN, "lgp": "the HELA paper, paragraph 17"}


@dataclass(frozen=True)
class Gap:
    """How many of the authorities of a region have nobody in a role, of how many that enforce."""

    role: str
    region: str
    without: int
    asked: int


@dataclass(frozen=True)
class Unheard:
    """A body without a contact; `named` says where the plan names it, and is empty where it does not."""

    code: str
    name: str
    kind: str
    named: str


@dataclass(frozen=True)
class Silent:
    """An audience in which nobody can be written to; `people` may be in it all the same, each at an address that is stopped."""

    key: str
    name: str
    people: int


@dataclass(frozen=True)
class Map:
    """All of it."""

    silent: list[Silent]
    audiences: int
    gaps: dict[str, list[Gap]]
    regions: list[str]
    bodies: dict[str, tuple[list[Unheard], int]]
    named: list[Unheard]


def read(session: Session) -> Map:
    """The map as things stand."""
    every, heard = definitions.every(session), _places_with_a_contact(session)
    register, bodies = authorities.every(session), _bodies(session)
    regions = sorted({authority.region for authority in register})
    gaps = {role: [_gap(role, region, register, heard) for region in regions] for role in AUTHORITY_ROLES}
    kinds = {kind: [body for body in bodies if body.kind == kind] for kind in organisations.KINDS}
    named = named_in_the_plan(session, bodies)
    unheard = {kind: ([_unheard(body, named) for body in found if body.code not in heard], len(found)) for kind, found in kinds.items()}
    return Map(
        _silent(session, every, heard),
        len(every),
        gaps,
        regions,
        unheard,
        [one for found, _ in unheard.values() for one in found if one.named],
    )


def authorities_without(session: Session, role: str, region: str) -> list[Authority]:
    """The authorities that enforce, of a region or of all, where nobody in this role can be written to."""
    heard = _places_with_a_contact(session)
    return [one for one in authorities.every(session) if region in ("", one.region) and role not in heard.get(one.code, ())]


def named_in_the_plan(session: Session, bodies: Iterable[Body]) -> dict[str, str]:
    """Body → where it is named: in the paper's plan, or by its own name in a campaign's objective."""
    objectives = [(plan.name, plan.objective.casefold()) for plan in campaign_plans.every(session)]
    found = {}
    for body in bodies:
        if body.kind in PLANNED_KINDS or body.code in PLANNED:
            found[body.code] = PLANNED.get(body.code, PLAN)
        elif name := next((name for name, objective in objectives if body.name.casefold() in objective), ""):
            found[body.code] = f"the objective of {name}"
    return found


def _bodies(session: Session) -> list[Body]:
    return list(session.exec(select(Body).where(Body.status != "opt-in").order_by(col(Body.kind), col(Body.name))))


def _places_with_a_contact(session: Session) -> dict[str, set[str]]:
    """Place → the roles in which somebody can be written to there."""
    heard: dict[str, set[str]] = {}
    for place, role in session.exec(select(Person.place, Person.role).where(contactable.now(session)).distinct()):
        heard.setdefault(place, set()).add(role)
    return heard


def _silent(session: Session, audiences: list[definitions.Audience], heard: dict[str, set[str]]) -> list[Silent]:
    seats_each = selections.seats(session, [definitions.rule_of(audience) for audience in audiences])
    return [
        Silent(audience.key, audience.name, sum(seat.people for seat in seats))
        for audience, seats in zip(audiences, seats_each, strict=True)
        if not any(seat.role in heard.get(seat.place, ()) for seat in seats)
    ]


def _gap(role: str, region: str, register: list[Authority], heard: dict[str, set[str]]) -> Gap:
    asked = [authority for authority in register if authority.region == region]
    return Gap(role, region, sum(role not in heard.get(authority.code, ()) for authority in asked), len(asked))


def _unheard(body: Body, named: dict[str, str]) -> Unheard:
    return Unheard(body.code, body.name, sentences.kind(body.kind), named.get(body.code, ""))
