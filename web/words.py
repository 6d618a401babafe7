"""How pages say things: moments, counts, and the colour of a state. States are always in words; the colour only helps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from campaigns.foundation import clock
from campaigns.foundation.clock import day as day
from campaigns.foundation.wording import many as many
from campaigns.foundation.wording import sentence as sentence

COLOURS = {  # of the tags of these states; every other is grey
    "purple": ("being sealed",),
    "yellow": ("waiting for hse", "waiting for lacors", "waiting for hse and lacors", "being checked"),
    "teal": ("scheduled", "dated"),
    "blue": ("going out", "in hand"),
    "green": ("agreed", "gone out", "done", "held", "sent"),
    "orange": ("returned", "declined", "refused", "came back"),
    "red": ("could not be sealed", "stopped", "nothing went", "missed", "needs you"),
}

INNER = str.maketrans('“”"', "‘’'")


def state_colour(state: str) -> str:
    """The tag colour of a state as it is said on screen."""
    return next((colour for colour, states in COLOURS.items() if state.casefold() in states), "grey")


def when(moment: datetime | None) -> str:
    """`Tuesday 12 May 2026, 10:00`; a dash for what has not happened."""
    return clock.say(moment) if moment is not None else "–"


def hour(moment: datetime | None) -> str:
    """`12:00`."""
    return clock.hour(moment) if moment is not None else "–"


def on(moment: datetime | None) -> str:
    """`12 May 2026`."""
    return clock.day(clock.london(moment)) if moment is not None else "–"


def iso_day(moment: datetime) -> str:
    """`2026-05-12`, as addresses have it."""
    return clock.london(moment).date().isoformat()


def count(number: int) -> str:
    """`1,050`."""
    return f"{number:,}"


def within_quotes(words: str) -> str:
    """Somebody's words as they stand in quotation marks: with single ones inside, and no full stop before the last."""
    return words.strip().rstrip(".").translate(INNER)


def quoted(words: str) -> str:
    """The same, with the marks."""
    return f"“{within_quotes(words)}”"


def lasting(span: timedelta) -> str:
    """How long something has waited: `3 days`, `2 hours`, `a moment`."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return many(minutes // (24 * 60), "day")
    if minutes >= 120:
        return many(minutes // 60, "hour")
    return many(minutes, "minute") if minutes else "a moment"


def days(span: timedelta) -> str:
    """How long something usually takes, for comparing: `0.2 days`, `1 day`, `2.5 days`."""
    number = round(span / timedelta(days=1), 1)
    return f"{number:g} {'day' if number == 1 else 'days'}" if number else "less than 2 hours"


def kept_for(number: int) -> str:
    """How long something is kept, in days or whole years, never broken in two lines: `90 days`, `7 years`."""
    return (many(number // 365, "year") if number % 365 == 0 else many(number, "day")).replace(" ", "\u00a0")


def times(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def size(octets: int) -> str:
    """`12 KB`, `1.4 MB`."""
    if octets < 1024 * 1024:
        return f"{max(round(octets / 1024), 1):,} KB"
    return f"{octets / 1024 / 1024:.1f} MB"


FILTERS: dict[str, Callable[..., Any]] = {
    said.__name__: said for said in (when, hour, on, day, iso_day, count, many, quoted, sentence, lasting, days, times, size)
}
