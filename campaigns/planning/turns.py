"""A letter's turn: from which moment until which it may go to an authority, given the rules of that authority's calendar.

A quiet period holds publicity whatever an officer chose, unless both parties signed that it goes on. All other rules hold only what is
sent within each authority's windows: on working days, from eight to six on a London clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from campaigns.foundation import clock
from campaigns.foundation.wording import many
from campaigns.planning import windows
from campaigns.planning.windows import DAY, QUIET, Hold, Rule

OPENS, CLOSES = time(8), time(18)
OUT_OF_HOURS = "outside working hours, which are 8:00 to 18:00"
TOO_LATE = "the latest moment for it has passed"


@dataclass(frozen=True, slots=True)
class Turn:
    """When a letter may go: from `opens` until `closes`; never, if `opens` is None. `why`: what it waits for, in words, or empty."""

    opens: datetime | None
    closes: datetime | None
    why: str


def of(
    rules: Sequence[Rule], *, at: datetime, latest: datetime, message_class: str, in_windows: bool, overrides_quiet: bool = False
) -> Turn:
    """The turn at or after `at` and before `latest`."""
    if at >= latest:
        return Turn(None, None, TOO_LATE)
    first, last = clock.london(at).date(), clock.london(latest).date()
    standing = [rule for rule in rules if (in_windows or rule.kind == QUIET) and not (overrides_quiet and rule.kind == QUIET)]
    against = windows.holds(standing, first=first, last=last, message_class=message_class, weekends=in_windows)
    for opens, closes in _spells(against, first, last, in_windows):
        if closes > at and opens < latest:
            return Turn(max(opens, at), min(closes, latest), "" if opens <= at else _why(against, at, opens))
    return Turn(None, None, _why(against, at, None))


def before(
    begins: Sequence[datetime],
    days: int,
    rules: Sequence[Rule],
    *,
    at: datetime,
    latest: datetime,
    message_class: str,
    overrides_quiet: bool = False,
) -> Turn:
    """The first turn before one of these moments, each from eight o'clock `days` days earlier until it comes; never without one that is ahead.

    It is the same turn that windows allow, at or after `at` and before `latest`: the moments only narrow it.
    """
    found = Turn(None, None, TOO_LATE)
    for begin in sorted(begins):
        opens = opening(clock.london(begin).date() - days * DAY)
        found = of(
            rules,
            at=max(at, opens),
            latest=min(latest, begin),
            message_class=message_class,
            in_windows=True,
            overrides_quiet=overrides_quiet,
        )
        said = f"it goes {many(days, 'day')} before its briefing on {windows.say(clock.london(begin).date())}"
        why = "; ".join(filter(None, [said, found.why])) if found.opens is None or found.opens > at else ""
        found = Turn(found.opens, found.closes, why)
        if found.opens is not None:
            return found
    return found


def opening(day: date) -> datetime:
    """The moment a window opens on a day."""
    return clock.from_london(day, OPENS)


def closing(day: date) -> datetime:
    """The moment a window closes on a day."""
    return clock.from_london(day, CLOSES)


def _spells(against: list[Hold], first: date, last: date, in_windows: bool) -> Iterator[tuple[datetime, datetime]]:
    """When it may go: in working hours, day by day; without windows from midnight to midnight, day and night until the next quiet day."""
    day = first
    while day <= last:
        if standing := [hold.ends for hold in against if hold.first <= day <= hold.last]:
            day = max(standing) + DAY
        else:
            next_hold = min((hold.first for hold in against if hold.first > day), default=last + DAY)
            ends = day + DAY if in_windows else next_hold
            yield (opening(day), closing(day)) if in_windows else (_midnight(day), _midnight(ends))
            day = ends


def _midnight(day: date) -> datetime:
    return clock.from_london(day, time(0))


def _why(against: list[Hold], at: datetime, opens: datetime | None) -> str:
    """What it waits for: what holds today, or from tomorrow when today is over; else the working hours."""
    today = clock.london(at).date()
    if opens is not None and clock.london(opens).date() == today:
        return OUT_OF_HOURS
    return windows.why(against, today) or windows.why(against, today + DAY) or OUT_OF_HOURS
