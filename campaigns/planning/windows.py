"""Windows: the days on which something may go to an authority, the next one, and why not sooner. Pure: rules and days in, answers out.

A rule only ever takes days away, so adding one never widens a window. Days are London days. When in the day: turns.py.
Source: HELA paper, Annex 2 ("linked into LAs programme timescales") and Annex 3 ("Communications need to be linked in to LA timescales").
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_

from campaigns.planning import recurrences

OPERATIONAL, PUBLICITY, MINISTERIAL = CLASSES = ("operational", "publicity", "ministerial")
QUIET = "pre-election"
EVERYTHING, NOTHING = frozenset(CLASSES), frozenset[str]()
HOLDS = {  # kind of rule → the classes of message it holds
    QUIET: frozenset({PUBLICITY, MINISTERIAL}),
    "bank holiday": EVERYTHING,
    "committee": EVERYTHING,
    "season": EVERYTHING,
    "do not send": EVERYTHING,
    "copy date": NOTHING,
    "meeting": NOTHING,
}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Days of one kind, from `first` to `last`, as often as `recurrence` says (RFC 5545); `lead_days` before each belong to it.

    A committee's papers close `lead_days` before it meets, and whatever comes from then on is too late for that meeting.
    """

    kind: str
    title: str
    first: date
    last: date
    recurrence: str = ""
    excepted: tuple[date, ...] = ()
    lead_days: int = 0


WEEKEND = Rule("do not send", "weekend", date(1990, 1, 6), date(1990, 1, 7), "FREQ=WEEKLY")


@dataclass(frozen=True, slots=True)
class Window:
    """Days in a row on which it may go."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hold:
    """Days in a row that a rule takes away, of those looked at; `ends` is its last day wherever that is, so that nothing is said to end where
    somebody merely stopped looking."""

    first: date
    last: date
    reason: str
    ends: date


def windows(rules: Sequence[Rule], *, first: date, last: date, message_class: str) -> list[Window]:
    """Every window from `first` to `last`, both included: working days that no rule holds for this class of message."""
    masks = (held_days(rule, first, last) for rule in rules if message_class in HOLDS[rule.kind])
    return [Window(*run) for run in _runs(~reduce(or_, masks, held_days(WEEKEND, first, last)), first, last)]


def next_window(rules: Sequence[Rule], *, first: date, last: date, message_class: str) -> Window | None:
    """The first window from `first` on; None when there is none up to `last`."""
    return next(iter(windows(rules, first=first, last=last, message_class=message_class)), None)


def holds(rules: Sequence[Rule], *, first: date, last: date, message_class: str, weekends: bool = True) -> list[Hold]:
    """What stands against the days from `first` to `last`, rule by rule, the earliest first."""
    found = {
        Hold(*run, said(rule, run[0]), _ends(rule, run[1], last))
        for rule in [*rules, *([WEEKEND] if weekends else [])]
        if message_class in HOLDS[rule.kind]
        for run in _runs(held_days(rule, first, last), first, last)
    }
    return sorted(found, key=lambda hold: (hold.first, hold.last, hold.reason))


def closes_for(rules: Sequence[Rule], window: Window, *, message_class: str) -> str:
    """What ends a window, in words: empty where it is a mere weekend, or the end of the days looked at."""
    after = window.last + DAY
    found = holds(rules, first=after, last=after, message_class=message_class, weekends=False)
    return "; ".join(hold.reason for hold in found)


def why(found: Iterable[Hold], day: date) -> str:
    """Why it does not go on a day, given what stands against it and the days after: `held to 7 May: pre-election period; then to 10 May: weekend`.

    Empty when it may.
    """
    found, steps = list(found), []
    while against := [hold for hold in found if hold.first <= day <= hold.last]:
        longest = max(against, key=lambda hold: (hold.ends, hold.reason))
        steps.append(f"to {say(longest.ends)}: {longest.reason}")
        day = longest.ends + DAY
    return f"held {'; then '.join(steps)}" if steps else ""


def said(rule: Rule, day: date) -> str:
    """A rule as what stands against a day: of a committee, when its papers close, and for which meeting."""
    lead = timedelta(days=rule.lead_days)
    meets = next(iter(starts(rule, day, day + lead)), None) if lead else None
    return f"{rule.title} papers close on {say(meets - lead)}, for the meeting on {say(meets)}" if meets else rule.title


def say(day: date) -> str:
    """`8 May`."""
    return f"{day.day} {day:%B}"


def starts(rule: Rule, first: date, last: date) -> list[date]:
    """The first days of those of a rule's occurrences that touch the days from `first` to `last`; lead days not counted."""
    return recurrences.starts(rule.recurrence, rule.first, first - (rule.last - rule.first), last, rule.excepted)


@lru_cache(maxsize=32768)
def held_days(rule: Rule, first: date, last: date) -> int:
    """The days a rule covers, as bits from `first` on: a rule is unrolled once, however many authorities it is for."""
    lead, length, size, mask = rule.lead_days, (rule.last - rule.first).days, (last - first).days + 1, 0
    for start in starts(rule, first, last + timedelta(days=lead)) if size > 0 else []:
        place = start.toordinal() - first.toordinal()
        begins, ends = max(place - lead, 0), min(place + length, size - 1)
        mask |= ((1 << (ends - begins + 1)) - 1) << begins
    return mask


def _ends(rule: Rule, day: date, last: date) -> date:
    """The last day in a row of a rule that holds on `day`: looked for beyond `last`, up to 400 days, where it holds on that too."""
    beyond = last + 400 * DAY
    return next(_runs(held_days(rule, last, beyond), last, beyond))[1] if day == last else day


def _runs(mask: int, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days whose bits are set, as runs."""
    size, place = max((last - first).days + 1, 0), 0
    mask &= (1 << size) - 1
    while mask:
        begins = (mask & -mask).bit_length() - 1
        ends = begins + (~(mask >> begins) & -~(mask >> begins)).bit_length() - 2
        yield first + (place + begins) * DAY, first + (place + ends) * DAY
        mask, place = mask >> (ends + 1), place + ends + 1
