"""Whose calendar says what: the rules that stand for each authority, from its nation down to its own, bank holidays included.

Bank holidays come from the `holidays` library, nation by nation; everything else is a stored rule with its source (campaigns/planning/rules.py).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences.authorities import Authority
from audiences.organisations import Membership
from campaigns.foundation import late
from campaigns.planning import rules, windows
from campaigns.planning.rules import EVERYWHERE, CalendarRule
from campaigns.planning.windows import DAY, Rule

if TYPE_CHECKING:
    from holidays.countries.united_kingdom import UnitedKingdom

SUBDIVISIONS = {"England": "ENG", "Scotland": "SCT", "Wales": "WLS", "Northern Ireland": "NIR"}
ELSEWHERE = "England"  # whose bank holidays bodies keep that are no authorities: both parties sit there
Place = tuple[str, str]  # a rule's scope and the place in it


def of(session: Session, codes: Collection[str], *, first: date, last: date) -> dict[str, list[Rule]]:
    """Every rule for each of these authorities, by code; bank holidays for the years that the days from `first` to `last` are in."""
    stored, found = _stored(session), {}
    years = tuple(range(first.year, last.year + 1))
    for code, places in places_of(session, codes).items():
        own = [rule for place in places for rule, outside in stored.get(place, ()) if code not in outside]
        nation = dict(places).get("nation", ELSEWHERE)
        found[code] = [*own, *bank_holidays(nation, years)]
    return found


def holds(session: Session, codes: Collection[str], first: date, last: date, message_class: str) -> dict[str, dict[date, list[str]]]:
    """What stands against each day, by authority and day: days without an entry are free."""
    return {
        code: _by_day(windows.holds(own, first=first, last=last, message_class=message_class))
        for code, own in of(session, codes, first=first, last=last).items()
    }


def held_on(session: Session, codes: Collection[str], day: date, message_class: str) -> int:
    """How many of these authorities have something against that day."""
    return sum(map(bool, holds(session, codes, day, day, message_class).values()))


def places_of(session: Session, codes: Collection[str]) -> dict[str, list[Place]]:
    """Where each authority stands, from everywhere down to itself."""
    of_each = sa.select(col(Authority.code), col(Authority.nation), col(Authority.region), col(Membership.group_code))
    chosen = of_each.outerjoin_from(Authority, Membership, col(Membership.authority_code) == col(Authority.code))
    rows = session.execute(chosen.where(col(Authority.code).in_(list(codes)))).all()  # columns, as `_stored` says
    nowhere = {"": [(EVERYWHERE, "")]} if "" in codes else {}  # bodies that are no authorities
    return nowhere | {
        code: [(EVERYWHERE, ""), ("nation", nation), ("region", region), *([("group", group)] if group else []), ("authority", code)]
        for code, nation, region, group in rows
    }


@lru_cache(maxsize=64)
def bank_holidays(nation: str, years: tuple[int, ...]) -> tuple[Rule, ...]:
    """A nation's bank holidays; a substitute day is one, the weekend day it stands for is none. Source: the `holidays` library."""
    found = _united_kingdom()(subdiv=SUBDIVISIONS[nation], years=years)
    return tuple(Rule("bank holiday", str(name), day, day) for day, name in sorted(found.items()) if day.weekday() < 5)


def _united_kingdom() -> "type[UnitedKingdom]":
    """Read when it is first asked for, and not with the library's two hundred other countries, which take a worker 8 MB and its first chunk 0.1 s."""
    kingdom: type[UnitedKingdom] = late.alone("holidays.countries", "united_kingdom").UnitedKingdom
    return kingdom


def _stored(session: Session) -> dict[Place, list[tuple[Rule, Collection[str]]]]:
    outside = rules.exemptions(session)
    found: dict[Place, list[tuple[Rule, Collection[str]]]] = defaultdict(list)
    names = ("id", "scope", "place", "kind", "title", "first", "last", "recurrence", "excepted", "lead_days")
    standing = sa.select(*(getattr(CalendarRule, name) for name in names)).where(col(CalendarRule.retired_at).is_(None))
    rows = session.execute(standing.order_by(col(CalendarRule.first), CalendarRule.title, col(CalendarRule.id)))
    # Columns: a row as an object costs ten times as much.
    for rule_id, scope, where, kind, title, first, last, recurrence, excepted, lead in rows:
        rule = Rule(kind, title, first, last, recurrence, tuple(date.fromisoformat(day) for day in excepted), lead)
        found[scope, where].append((rule, frozenset(outside.get(rule_id, ()))))
    return found


def place(row: CalendarRule) -> Place:
    """What a rule is for."""
    return row.scope, row.place


def _by_day(found: Iterable[windows.Hold]) -> dict[date, list[str]]:
    against: dict[date, list[str]] = defaultdict(list)
    for hold in found:
        for number in range((hold.last - hold.first).days + 1):
            against[hold.first + number * DAY].append(hold.reason)
    return dict(sorted(against.items()))
