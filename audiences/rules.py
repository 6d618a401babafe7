"""A rule: whom an audience is made of, as conditions joined by "or", "and" and "or else"; each may be turned round by "not".

Any of its alternatives holds ("or else"); of an alternative every clause ("and"); of a clause any condition ("or"). Whatever "and", "or" and
"not" can say can be said in these three steps, and nobody has to ask which of two words binds first.
Source: HELA paper, Annex 2 ("senior managers and elected members, as well as practitioners"; "only the key information relevant to them"), para 11
("a mix of sectors (both LA and HSE enforced)") and para 15 ("premises subject to both HSE and LA enforcement").
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from audiences.authorities import NATIONS
from audiences.organisation_changes import ENFORCING
from audiences.roles import ROLES
from campaigns.reach import touches

# What may be asked, in the order a page offers it.
ASKS = ROLE, NATION, REGION, KIND, GROUP, AUTHORITY, SITE, BODY, STATUS, LEAD, SECTOR, REGIME, SITE_REGIME, ENFORCES, TOUCHED = (
    "role",
    "nation",
    "region",
    "kind",
    "group",
    "authority",
    "site",
    "body",
    "status",
    "lead",
    "sector",
    "regime",  # who enforces at an organisation's premises
    "site_regime",  # the same of an organisation with a site in an authority's area
    "enforces",
    "touched",
)
CLOSED = {
    ROLE: ROLES,
    NATION: NATIONS,
    LEAD: ("hse", "lacors"),
    REGIME: ENFORCING,
    SITE_REGIME: ENFORCING,
}  # the rest is the register's to know
GRADES = WRITTEN, CONFIRMED, BRIEFED, UNDERSTANDS = (touches.WRITTEN, touches.CONFIRMED, touches.BRIEFED, touches.UNDERSTANDS)
CAMPAIGN, MESSAGE = "campaign:", "message:"

MOST_CONDITIONS = 20
MOST_VALUES = 500  # more than there are authorities
LONGEST_VALUE = 80
TICKED = (("roles", ROLE), ("nations", NATION), ("regions", REGION), ("kinds", KIND))  # how rules were stored before they had alternatives


class Condition(BaseModel):
    """One question about a role at a place: is it any `of` these? Of touches: has it this `grade`, or a higher one, of any of these?

    `of` holds roles, names of nations and regions, codes; for touches `campaign:<id>` or `message:<id>`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asks: str
    of: tuple[str, ...] = ()
    grade: str = ""
    is_not: bool = False

    @model_validator(mode="after")
    def _known(self) -> "Condition":
        if self.asks not in ASKS:
            raise ValueError(f"nobody can ask for {self.asks!r}")
        if bool(self.of) == (self.asks == ENFORCES) or len(self.of) > MOST_VALUES or len(set(self.of)) < len(self.of):
            raise ValueError(f"a condition about {self.asks} names each of up to {MOST_VALUES} once, and at least one")
        if wrong := [value for value in self.of if len(value) > LONGEST_VALUE or not value.isprintable()]:
            raise ValueError(f"{wrong[0]!r} is nothing to ask for")
        if unknown := set(self.of) - set(CLOSED.get(self.asks, self.of)):
            raise ValueError(f"unknown {self.asks}s: {', '.join(sorted(unknown))}")
        if (self.grade in GRADES) != (self.asks == TOUCHED) or (self.grade and self.asks != TOUCHED):
            raise ValueError(f"{self.grade!r} is no grade to ask for")
        if self.asks == TOUCHED:
            for value in self.of:
                touched(value)
        return self


Clause = tuple[Condition, ...]
Alternative = tuple[Clause, ...]


class Rule(BaseModel):
    """Who is in an audience. Without conditions everybody is; `enforcing_only` leaves out councils that do not enforce, and their group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alternatives: tuple[Alternative, ...] = ((),)
    enforcing_only: bool = True

    @model_validator(mode="before")
    @classmethod
    def _as_it_was_ticked(cls, given: Any) -> Any:
        """Rules of older audiences, and those an officer only ticks, name their roles, nations, regions and kinds."""
        if not isinstance(given, dict) or "alternatives" in given:
            return given
        clauses = [[{"asks": asks, "of": given[name]}] for name, asks in TICKED if given.get(name)]
        return {"alternatives": [clauses]} | {name: value for name, value in given.items() if name not in dict(TICKED)}

    @model_validator(mode="after")
    def _bounded(self) -> "Rule":
        if not self.alternatives or (len(self.alternatives) > 1 and not all(self.alternatives)):
            raise ValueError("an alternative asks for something")
        if not all(clause for alternative in self.alternatives for clause in alternative):
            raise ValueError("a clause asks for something")
        if sum(1 for _ in self.conditions) > MOST_CONDITIONS:
            raise ValueError(f"a rule has up to {MOST_CONDITIONS} conditions")
        return self

    @property
    def conditions(self) -> Iterator[Condition]:
        """All of them, in the order they are said."""
        return (condition for alternative in self.alternatives for clause in alternative for condition in clause)


def ticked(
    *,
    roles: Iterable[str] = (),
    nations: Iterable[str] = (),
    regions: Iterable[str] = (),
    kinds: Iterable[str] = (),
    enforcing_only: bool = True,
) -> Rule:
    """The rule that asks for any of these roles, in any of these nations, and so on. What is left empty asks nothing."""
    asked = {"roles": tuple(roles), "nations": tuple(nations), "regions": tuple(regions), "kinds": tuple(kinds)}
    return Rule.model_validate(asked | {"enforcing_only": enforcing_only})


def all_of(*conditions: Condition, enforcing_only: bool = True) -> Rule:
    """The rule that asks for every one of these."""
    return Rule(alternatives=(tuple((condition,) for condition in conditions),), enforcing_only=enforcing_only)


def not_yet(grade: str, *about: str) -> Condition:
    """Not yet written to (or confirmed, …) by any of these campaigns and messages."""
    return Condition(asks=TOUCHED, of=about, grade=grade, is_not=True)


def touched(value: str) -> tuple[str, UUID]:
    """What a condition about touches names: whether a campaign or a message, and its id. Raises ValueError for anything else."""
    what, _, key = value.partition(":")
    if f"{what}:" not in (CAMPAIGN, MESSAGE) or str(UUID(key)) != key:
        raise ValueError(f"{value!r} is neither a campaign nor a message")
    return what, UUID(key)
