"""How what stands in a fact is said: moments and days, counts, places by their names, and keys in words."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from audiences import record_classes, roles
from campaigns.agreement import parties
from campaigns.briefings.answers import CALENDAR, LINK, OFFICER
from campaigns.foundation import clock
from campaigns.foundation.wording import listed
from web.words import many

# What the counts in a fact count, by the name they have there.
NOUNS: dict[str, tuple[str, ...]] = {
    "readers": ("reader",),
    "letters": ("letter",),
    "groups": ("group",),
    "added": ("person", "people"),
    "holders": ("holder",),
    "answers": ("agreed answer",),
    "authorities": ("authority", "authorities"),
    "sites": ("site",),
    "days": ("day",),
    "files": ("file",),
}
PLACES = frozenset({"authority", "body", "group"})  # they stand in facts by their codes
# How an answer to an invitation came.
WAYS = {LINK: "the link in the letter", CALENDAR: "a calendar", OFFICER: "telephone"}


def said(name: str, value: Any, names: Mapping[str, str]) -> str:
    """What a fact has under a name, in words. `names`: of authorities and bodies, by their codes."""
    if name in PLACES:
        return names.get(value, value)
    return many(value, *NOUNS[name]) if name in NOUNS else SAYERS.get(name, _plain)(value)


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _moment(value: str) -> str:
    return clock.say(datetime.fromisoformat(value))


def _day(value: str) -> str:
    return clock.day(date.fromisoformat(value))


def _words(value: str) -> str:
    return value.replace("_", " ")


def _changed(value: Any) -> str:
    return listed([_words(one) for one in value]) if isinstance(value, list) else str(value)


def _told(value: int) -> str:
    return f"{value:,} written to" if value else "nobody who may sign can be written to"


SAYERS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("when", "starts_at", "cutoff"), _moment),
    **dict.fromkeys(("due", "by_day", "start", "end"), _day),
    **dict.fromkeys(("grade", "kind", "status"), _words),
    "role": roles.words,
    "via": WAYS.__getitem__,
    "party": lambda value: parties.FOUNDING.get(value, str(value)),
    "changed": _changed,
    "reasons": " ".join,
    "accepted": lambda value: "accepted the proposed words" if value else "declined the proposed words",
    "told": _told,
    "record_class": record_classes.what,
}
