"""The calendars under a forward plan, summarised: bank holidays by nation, quiet periods, and for how many authorities each week is closed.

Authorities with the same rules are looked at once together. Source: HELA paper, Annex 3 ("linked in to LA timescales").
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from audiences import calendars
from audiences.authorities import Authority
from audiences.calendars import SUBDIVISIONS
from campaigns.planning import windows
from campaigns.planning.windows import DAY, QUIET, Rule

BANK_HOLIDAYS, COMMITTEES, CLOSED = "Bank holidays", "Committee papers", "Own closed days"
WEEK = 0b1111111
WEEKLY = {COMMITTEES: ("committee",), CLOSED: ("season", "do not send")}


@dataclass(frozen=True)
class Mark:
    """Days of a calendar: what they are, and for how many of the authorities looked at. `few`: the same in as few signs as can be."""

    first: date
    last: date
    said: str
    few: str
    count: int
    of: int


@dataclass(frozen=True)
class Band:
    """One calendar under the plan."""

    name: str
    marks: list[Mark]


def read(shown: Sequence[Authority], own: Mapping[str, Sequence[Rule]], first: date, last: date) -> list[Band]:
    """The bands for these authorities, each with its own rules; a band without a mark is left out."""
    whose = {one.code: own.get(one.code, ()) for one in shown}
    found = [
        *(_holidays(nation, shown, first, last) for nation in SUBDIVISIONS if any(one.nation == nation for one in shown)),
        Band("Quiet periods", list(_quiet(whose, first, last))),
        *(Band(name, list(_weeks(name, kinds, whose, first, last))) for name, kinds in WEEKLY.items()),
    ]
    return [band for band in found if band.marks]


def count(number: int, of: int) -> str:
    """`14 of 27 authorities`, `all 27 authorities`."""
    if number == of:
        return f"all {of:,} authorities" if of > 1 else "the one authority"
    return f"{number:,} of {of:,} authorities"


def _holidays(nation: str, shown: Iterable[Authority], first: date, last: date) -> Band:
    found = calendars.bank_holidays(nation, tuple(range(first.year, last.year + 1)))
    theirs = sum(one.nation == nation for one in shown)
    marks = [Mark(rule.first, rule.last, rule.title, "", theirs, theirs) for rule in found if first <= rule.first <= last]
    return Band(f"{BANK_HOLIDAYS}, {nation}", marks)


def _quiet(whose: Mapping[str, Sequence[Rule]], first: date, last: date) -> Iterator[Mark]:
    """Quiet periods, those of one name and the same days together."""
    found: Counter[tuple[date, date, str]] = Counter()
    for own, number in alike((QUIET,), whose):
        found.update(dict.fromkeys({run for rule in own for run in _runs(rule, first, last)}, number))
    for (begins, ends, title), number in sorted(found.items()):
        said = count(number, len(whose))
        yield Mark(begins, ends, f"{title}: {said}", said.removesuffix(" authorities"), number, len(whose))


def _weeks(name: str, kinds: Collection[str], whose: Mapping[str, Sequence[Rule]], first: date, last: date) -> Iterator[Mark]:
    """Week by week, how many authorities have such a day."""
    weeks = [first + timedelta(days=day) for day in range(0, (last - first).days + 1, 7)]
    closed: Counter[date] = Counter()
    for own, number in alike(kinds, whose):
        together = reduce(or_, (windows.held_days(rule, first, last) for rule in own), 0)
        closed.update({week: number for place, week in enumerate(weeks) if together >> (7 * place) & WEEK})
    for week, number in sorted(closed.items()):
        yield Mark(week, week + 6 * DAY, f"{name}: {count(number, len(whose))}", f"{number:,}", number, len(whose))


def alike(kinds: Collection[str], whose: Mapping[str, Sequence[Rule]]) -> Iterator[tuple[list[Rule], int]]:
    """The rules of these kinds that authorities have in common, with how many have just these."""
    rules = {id(rule): rule for own in whose.values() for rule in own if rule.kind in kinds}
    groups = Counter(tuple(dict.fromkeys(id(rule) for rule in own if id(rule) in rules)) for own in whose.values())
    return (([rules[mark] for mark in marks], number) for marks, number in groups.items() if marks)


def _runs(rule: Rule, first: date, last: date) -> list[tuple[date, date, str]]:
    found = windows.holds([rule], first=first, last=last, message_class=windows.PUBLICITY, weekends=False)
    return [(hold.first, hold.last, rule.title) for hold in found]
