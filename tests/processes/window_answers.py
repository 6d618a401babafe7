"""What the window drill is held against: each authority's year as plain values, and from which moment it may first be written to.

Bank holidays and quiet periods come from the law's own rules, everything else is asked day by day and hour by hour. Nothing of the product
that plans is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.audiences.test_polls import bank_holidays, quiet_periods
from tests.campaigns.planning import day_by_day
from tests.campaigns.planning.day_by_day import Plain

FIRST, LAST = date(2026, 3, 16), date(2026, 6, 30)
GOES = datetime(2026, 3, 23, 8, 30, tzinfo=UTC)  # half past eight in London: summer time begins a week later
LATEST = datetime(2026, 6, 29, 23, 0, tzinfo=UTC)  # midnight in London: before 30 June
CALLED = datetime(2026, 4, 15, 11, 0, tzinfo=UTC)  # an officer hears of by-elections
NAMES = ("MO", "TU", "WE", "TH", "FR")
PLANNING = Plain("season", date(2026, 3, 1), date(2026, 3, 31))
SHARED = {  # the scope and place of a rule → the rule
    ("region", "London"): PLANNING,
    ("region", "South East"): PLANNING,
    ("region", "South West"): PLANNING,
    ("region", "East of England"): PLANNING,
    ("group", "group-wales"): Plain("do not send", date(2026, 5, 11), date(2026, 5, 15)),
    ("nation", "Scotland"): Plain("do not send", date(2026, 5, 8), date(2026, 5, 11)),
}
NO_DAY = (
    (Plain("do not send", date(2026, 3, 1), date(2026, 6, 30)),),
    (PLANNING, Plain("season", date(2026, 5, 8), date(2026, 6, 30))),
    (Plain("committee", date(2026, 1, 7), date(2026, 1, 7), {"FREQ": "WEEKLY"}, lead_days=6),),
)
BY_ELECTION = Plain("pre-election", date(2026, 4, 28), date(2026, 6, 4))
LONG_ONE = Plain("pre-election", date(2026, 4, 28), date(2026, 6, 30))


@dataclass(frozen=True)
class Year:
    """One authority's: where it is, the rules of its own, whether its nation's poll is held there, and what an officer heard of later."""

    code: str
    nation: str
    region: str
    group: str
    own: tuple[Plain, ...] = ()
    polls: bool = True
    called: Plain | None = None

    @property
    def rules(self) -> tuple[Plain, ...]:
        """Everything but polls and bank holidays, as it was known at the beginning."""
        places = (("region", self.region), ("group", self.group), ("nation", self.nation))
        return (*(SHARED[place] for place in places if place in SHARED), *self.own)

    def first_moment(self) -> datetime | None:
        """From when it may be written to; None when never before the latest moment."""
        found = day_by_day.turn(self._free(), GOES, LATEST, all_day=False)
        if self.called is None or (found and found[0] < CALLED):
            return found[0] if found else None
        later = day_by_day.turn(self._free(self.called), CALLED, LATEST, all_day=False)
        return later[0] if later else None

    def quiet(self, moment: datetime) -> bool:
        """Whether a pre-election period stood there, known at that moment."""
        day = day_by_day.london(moment).date()
        called = self.called if self.called and moment >= CALLED else None
        return day in self._quiet() or bool(called and called.first <= day <= called.last)

    def _free(self, *more: Plain) -> set[date]:
        days = day_by_day.free([*self.rules, *more], FIRST, LAST, "publicity")
        return set(days) - bank_holidays(self.nation, FIRST.year) - self._quiet()

    def _quiet(self) -> set[date]:
        periods = quiet_periods(self.nation) if self.polls else ()
        return {day for first, last in periods for day in day_by_day.days(first, last)}


def years(places: Iterable[tuple[str, str, str, str]], chance: Random) -> list[Year]:
    """A year for each authority (code, nation, region, group): some with committees, a few without a poll, a by-election, or no day at all."""
    found = [Year(*place, own=(_committee(chance),) if chance.random() < 0.6 else ()) for place in places]
    some = iter(chance.sample(range(len(found)), len(found)))
    share = max(len(found) // 29, 3)
    for number, place in zip(range(share), some, strict=False):
        found[place] = replace(found[place], own=(*found[place].own, *NO_DAY[number % len(NO_DAY)]))
    english = (place for place in some if found[place].nation == "England")
    for _, place in zip(range(2 * share), english, strict=False):
        found[place] = replace(found[place], polls=False)
    for number, place in zip(range(share), english, strict=False):
        found[place] = replace(found[place], called=LONG_ONE if number % 3 == 2 else BY_ELECTION)
    return found


def _committee(chance: Random) -> Plain:
    """Every month on the nth day of its name, with papers that close some days before."""
    nth, name = chance.randrange(1, 5), chance.randrange(5)
    day = next(day for day in day_by_day.days(date(2026, 1, 1), date(2026, 1, 31)) if day.weekday() == name) + timedelta(weeks=nth - 1)
    return Plain("committee", day, day, {"FREQ": "MONTHLY", "BYDAY": [f"{nth}{NAMES[name]}"]}, lead_days=chance.choice([5, 7, 9]))
