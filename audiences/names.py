"""The names of authorities as people write them: found when certain, asked about when not, and never guessed.

First codes, then a name as it stands, then the same without what kind of council it is, then a part of a name, then a misspelling that is
near to one name and to no other. A council that came to an end leads to its successor, where it has one.
Other names in use (Welsh and Gaelic ones, and short forms) are in `pilot/names.csv`.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from audiences import authorities
from audiences.authorities import Authority
from audiences.spellings import KIND as KIND
from audiences.spellings import PLACES, without_kinds
from audiences.spellings import shorten as shorten
from audiences.spellings import spell as spell
from campaigns.foundation import late

if TYPE_CHECKING:
    from rapidfuzz import distance as distances
    from rapidfuzz import process
else:
    distances, process = late.module("rapidfuzz.distance"), late.module("rapidfuzz.process")

ALIASES = Path(__file__).parent / "pilot" / "names.csv"
LONGEST = 120  # characters of a name worth looking at
SHORTEST = 4  # characters in which a slip can be told
LOOKED_AT = 30
CANDIDATES = 6
COUNTY = "E10"
HOST = re.compile(r"(?:^|@|//)(?:www\.)?(?P<host>[a-z0-9.-]+\.(?:gov\.uk|gov\.scot|gov\.wales|com|org\.uk|org|net))\b")
OPENING, ENDING = re.compile(r"^(lb|cyngor|rb)"), re.compile(r"(council|bc|cc|dc|mbc|mdc|ua)$")
CODE, NAME, PART, FORMERLY, SPELLING, ASK = "code", "name", "part of the name", "formerly", "spelling", "ask"


@dataclass(frozen=True)
class Match:
    """What a name means: a code and how it was found; or no code, and those between whom somebody must choose (perhaps nobody)."""

    code: str | None
    candidates: tuple[str, ...]
    how: str
    formerly: str | None = None


@dataclass(frozen=True)
class Names:
    """Finds authorities by code or by name. `later` leads from councils that ended to whoever is there now."""

    codes: dict[str, str]
    full: dict[str, frozenset[str]]
    short: dict[str, frozenset[str]]
    run_together: dict[str, frozenset[str]]
    plain: frozenset[str]
    domains: dict[str, frozenset[str]]
    later: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[str, Match] = field(default_factory=dict, repr=False)

    def find(self, text: str) -> frozenset[str]:
        """The codes of the authorities this certainly may mean: none, one, or several between which somebody must choose."""
        found = self.match(text)
        if found.how in (PART, SPELLING):
            return frozenset()
        if found.code:
            return frozenset({found.code})
        return frozenset(found.candidates) if len(found.candidates) > 1 else frozenset()  # one alone that it may be is still a question

    def match(self, text: str) -> Match:
        """What a name as somebody wrote it means; the same name is looked at once."""
        text = text.strip()[:LONGEST]
        if text not in self._known:
            self._known[text] = self._exact(text) or self._part(text) or self._spelling(text)
        return self._known[text]

    def _exact(self, text: str) -> Match | None:
        if code := self.codes.get(text.upper()):
            return self._now(frozenset({code}), CODE)
        if host := HOST.search(text.casefold()):
            return self._at(host["host"])
        if found := self.full.get(spell(text)):
            return self._now(found, NAME)
        key = shorten(text)
        if found := self.short.get(key):
            # `Newcastle City Council` is one; `Newcastle` is what two are called.
            alone = key in self.plain or not any(set(key.split()) < set(other.split()) for other in self.plain)
            unlike = set(key.split()) <= PLACES or (_is_no_county(text) and all(code.startswith(COUNTY) for code in found))
            return self._now(found, NAME) if alone and not unlike else self._ask(found | self._holding(key))
        if found := self.run_together.get(key.replace(" ", "")) or self.run_together.get(spell(text).replace(" ", "")):
            return self._now(found, NAME)
        return None

    def _at(self, host: str) -> Match | None:
        """A web or e-mail address: by the domain we know, or by what it is made of."""
        if found := self.domains.get(host):
            return self._now(found, NAME)
        label = re.sub(r"[-.]", "", host.removesuffix(".gov.uk").rpartition(".")[2])
        for part in (label, ENDING.sub("", label), OPENING.sub("", label)):
            if found := self.run_together.get(part):
                return self._now(found, PART)
        return None

    def _holding(self, key: str) -> frozenset[str]:
        words = set(key.split())
        return frozenset().union(*(codes for name, codes in self.short.items() if words < set(name.split())))

    def _part(self, text: str) -> Match | None:
        """The words of one name only, with none of those missing that tell neighbours apart."""
        key = shorten(text)
        words = set(key.split())
        holding = [name for name in self.short if words < set(name.split())]
        if not holding or not any(len(word) > 3 for word in words):
            return None
        alike = frozenset().union(*(self.short[name] for name in self.short if any(word.startswith(key) for word in name.split())))
        found = self._holding(key) | alike
        apart = any((set(name.split()) - words) & PLACES for name in holding) or words & PLACES
        return self._ask(found) if len(self._meant(found)) > 1 or apart else self._now(found, PART)

    def _spelling(self, text: str) -> Match:
        """With slips in the name itself, or in the words round it."""
        key = without_kinds(shorten(text))
        if key != shorten(text) and key in self.short:
            return self._now(self.short[key], SPELLING)
        together = self._nearest(spell(text).replace(" ", ""), self.run_together)
        first = self._nearest(key, self.short)
        found = {near.code for near in (first, together) if near.code}
        if len(found) == 1:
            return first if first.code else together
        return first if first.candidates and not found else self._ask(frozenset(first.candidates + together.candidates))

    def _nearest(self, key: str, names: dict[str, frozenset[str]]) -> Match:
        if len(key) < SHORTEST:
            return Match(None, (), ASK)
        ranked = [
            (int(distance), name)
            for name, distance, _ in process.extract(key, names.keys(), scorer=distances.OSA.distance, limit=LOOKED_AT)
        ]
        nearest = ranked[0][0]
        found = frozenset().union(*(names[name] for distance, name in ranked if distance == nearest))
        now = self._now(found, SPELLING)
        far = min((distance for distance, name in ranked if not self._present(names[name]) <= self._present(found)), default=99) - nearest
        if (
            now.code
            and nearest <= _allowed(key)
            and far >= _margin(key, ranked[0][1], nearest)
            and not self._may_go_on(key, ranked[0][1], names)
        ):
            return now
        near = [name for distance, name in ranked if distance <= max(2, len(key) // 4)]
        near += [name for name in names if near and name.startswith(key)]
        return self._ask(frozenset().union(*(names[name] for name in near)))

    def _may_go_on(self, key: str, name: str, names: dict[str, frozenset[str]]) -> bool:
        """Whether another council's name begins so, and this one's does not: `Gloucesters.` may be the county."""
        return not name.startswith(key) and any(
            other.startswith(key) and self._present(codes) != self._present(names[name]) for other, codes in names.items()
        )

    def _now(self, found: frozenset[str], how: str) -> Match:
        present = self._present(found)
        if len(present) != 1:
            return Match(None, tuple(sorted(present)), ASK)
        (code,) = present
        former = next((one for one in found if one != code), None) if code not in found else None
        return Match(code, (code,), FORMERLY if former else how, former)

    def _ask(self, found: frozenset[str]) -> Match:
        return Match(None, tuple(sorted(self._meant(found)))[:CANDIDATES], ASK)

    def _present(self, found: frozenset[str]) -> set[str]:
        here = {code for code in found if code not in self.later}
        # A name that somebody bears today means them, and not who bore it before.
        return here or self._meant(found)

    def _meant(self, found: frozenset[str]) -> set[str]:
        return {later for code in found for later in self.later.get(code, (code,))}


def of(session: Session, *, on: date | None = None) -> Names:
    """The finder over the register: today's councils, and past ones by their successors; for a day, those there then alone."""
    present = authorities.every(session, enforcing_only=False, on=on)
    if on is not None:
        return over(present)
    past = authorities.past(session)
    return over([*present, *past], {one.code: tuple(later.code for later in authorities.successors(session, one.code)) for one in past})


def over(register: Iterable[Authority], later: dict[str, tuple[str, ...]] | None = None) -> Names:
    """The finder over these authorities."""
    register = list(register)
    codes = {former: one.code for one in register for former in one.former_codes.split()}
    codes |= {one.code: one.code for one in register if one.code not in codes}
    plain = [*((one.name, one.code) for one in register), *((name, code) for name, code in _aliases() if code in codes)]
    named = [*plain, *((one.official_name, one.code) for one in register)]
    return Names(
        codes,
        full=_by((spell(name), code) for name, code in named),
        short=_by((shorten(name), code) for name, code in named),
        run_together=_by((form(name).replace(" ", ""), code) for name, code in named for form in (spell, shorten)),
        plain=frozenset(shorten(name) for name, _ in plain),
        domains=_by((one.domain, one.code) for one in register),
        later=later or {},
    )


def _is_no_county(text: str) -> bool:
    """`Derbyshire District Council` lacks a word: the county is no district."""
    return bool({"district", "borough"} & set(spell(text).split()))


def _allowed(key: str) -> int:
    """How many slips a name may hold: one in four letters, and no more than four."""
    return max(1, min(4, len(key) // 4))


def _margin(key: str, name: str, slips: int) -> int:
    """How much farther any other name must be. A slip seldom hits the first letter."""
    return 1 if slips == 1 and (len(key) > 5 or key[0] == name[0]) else 2


def _aliases() -> list[tuple[str, str]]:
    with ALIASES.open(encoding="utf-8", newline="") as stream:
        return [(row["name"], row["code"]) for row in csv.DictReader(stream)]


def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, code in pairs:
        if key:
            found[key].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}
