"""Dates a briefing could have, the best first, each with what stands against it in sentences; and those that cannot be, with why.

Pure: the days, the group's authorities held on each, and where the presenters are come as arguments. A day on which the whole group is held
is never suggested, nor an hour at which a presenter is elsewhere. Two briefings of one presenter on a day must be in one region, with time
to travel. Source: HELA paper, Annex 2 ("Communications need to be linked in to LA timescales").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaigns.briefings.arrangements import USUAL
from campaigns.foundation import clock
from campaigns.foundation.wording import many

HOURS = (time(10), time(14))
TRAVEL = timedelta(minutes=90)  # between two briefings in one region
NAMED = 4  # authorities said by name before the rest is counted

Holds = Mapping[str, Mapping[date, list[str]]]  # code of an authority → day → what stands against it


@dataclass(frozen=True)
class Slot:
    """Another briefing that is dated: who gives it, when, and where. A region that is not known is no region of ours; to one that is held `by_link`
    alone nobody travels.
    """

    presenters: frozenset[str]
    starts_at: datetime
    ends_at: datetime
    place: str
    region: str
    by_link: bool = False


@dataclass(frozen=True)
class Wanted:
    """A briefing that looks for a date: its group's authorities (code → name), its region, its presenters, and how long it lasts."""

    members: Mapping[str, str]
    region: str
    presenters: frozenset[str]
    lasts: timedelta = USUAL


@dataclass(frozen=True)
class Suggestion:
    """A date: how many of the group's authorities it stands against, how many journeys a presenter makes on that day, everything against it, and why
    it cannot be, if it cannot.
    """

    starts_at: datetime
    ends_at: datetime
    held: int
    journeys: int
    against: tuple[str, ...]
    ruled_out: tuple[str, ...]


def suggest(wanted: Wanted, days: Iterable[date], holds: Holds, slots: Iterable[Slot]) -> tuple[list[Suggestion], list[Suggestion]]:
    """Every day at every hour: what can be, best first (fewest held, fewest journeys, earliest), and what cannot, in order."""
    slots = list(slots)
    every = [weigh(wanted, clock.from_london(day, hour), holds, slots) for day in sorted(set(days)) for hour in HOURS]
    possible = [one for one in every if not one.ruled_out]
    best = sorted(possible, key=lambda one: (one.held, one.journeys, one.starts_at))
    return best, [one for one in every if one.ruled_out]


def weekdays(first: date, last: date) -> list[date]:
    """The days from `first` to `last`, without Saturdays and Sundays."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def weigh(wanted: Wanted, starts_at: datetime, holds: Holds, slots: Iterable[Slot]) -> Suggestion:
    """One date with everything that stands against it, whether it was suggested or chosen by hand."""
    day, ends_at = clock.london(starts_at).date(), starts_at + wanted.lasts
    held = {code: holds.get(code, {}).get(day, []) for code in wanted.members}
    held = {code: reasons for code, reasons in held.items() if reasons}
    mine = sorted((slot for slot in slots if _shared(wanted, slot)), key=lambda slot: (slot.starts_at, slot.place, sorted(slot.presenters)))
    same_day = [slot for slot in mine if day in (clock.london(slot.starts_at).date(), clock.london(slot.ends_at).date())]
    ruled_out = [*_everybody(wanted, held), *(_clash(wanted, slot, starts_at, ends_at) for slot in same_day)]
    near = [slot for slot in same_day if not _clash(wanted, slot, starts_at, ends_at)]
    against = (*_said(wanted, held), *(_near(wanted, slot) for slot in near))
    journeys = sum(not slot.by_link for slot in near)
    return Suggestion(starts_at, ends_at, len(held), journeys, against, tuple(filter(None, ruled_out)))


def _everybody(wanted: Wanted, held: Mapping[str, list[str]]) -> list[str]:
    all_of_them = bool(wanted.members) and len(held) == len(wanted.members)
    return ["No authority of the group is free that day"] if all_of_them else []


def _clash(wanted: Wanted, slot: Slot, starts_at: datetime, ends_at: datetime) -> str:
    """Why a presenter cannot be at both; empty when they can."""
    who, where = _who_is(wanted, slot), slot.place
    if not slot.by_link and (not slot.region or slot.region != wanted.region):
        return f"{who} in {where} that day"
    if starts_at < slot.ends_at + TRAVEL and slot.starts_at < ends_at + TRAVEL:
        local = clock.london(slot.starts_at)
        return f"{who} in {where} at {local:%H:%M}, which leaves less than {TRAVEL // timedelta(minutes=1)} minutes to travel"
    return ""


def _near(wanted: Wanted, slot: Slot) -> str:
    local = clock.london(slot.starts_at)
    return f"{_who_is(wanted, slot)} also in {slot.place} at {local:%H:%M} that day{'' if slot.by_link else ', in the same region'}"


def _said(wanted: Wanted, held: Mapping[str, list[str]]) -> list[str]:
    """A sentence for each thing that holds authorities, what holds most of them first."""
    held_by: dict[str, list[str]] = {}
    for code, reasons in held.items():
        for reason in dict.fromkeys(reasons):
            held_by.setdefault(reason, []).append(wanted.members[code])
    whole = len(wanted.members)
    order = sorted(held_by.items(), key=lambda one: (-len(one[1]), one[0]))
    of = many(whole, "authority", "authorities")
    return [f"{len(names)} of {of}: {reason}{_named(names, whole)}" for reason, names in order]


def _named(names: list[str], whole: int) -> str:
    """Whom it holds; of a long list the first, and how many more. All of many need no names."""
    names, rest = sorted(names), len(names) - NAMED
    if rest <= 1:
        return f" ({', '.join(names)})"
    return "" if len(names) == whole else f" ({', '.join(names[:NAMED])} and {rest} more)"


def _who_is(wanted: Wanted, slot: Slot) -> str:
    shared = _shared(wanted, slot)
    return f"{' and '.join(shared)} {'is' if len(shared) == 1 else 'are'}"


def _shared(wanted: Wanted, slot: Slot) -> list[str]:
    """The presenters of both, as the wanted briefing names them."""
    theirs = {who.casefold() for who in slot.presenters}
    return sorted(who for who in wanted.presenters if who.casefold() in theirs)
