"""Calendar rules in words: their days, how often they come, what kind of days they are and which messages they hold."""

from datetime import date

from audiences import polls
from audiences.calendar_subscriptions import CalendarSubscription
from campaigns.foundation import clock
from campaigns.planning.rules import CalendarRule
from campaigns.planning.windows import CLASSES, HOLDS
from web.words import many

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
SAID = {"pre-election": "pre-election period", "season": "busy season", "do not send": "do not send"}


def day(value: date) -> str:
    """`Tuesday 12 May 2026`."""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def days(rule: CalendarRule) -> str:
    """The days of a rule, and how often they come."""
    span = day(rule.first) if rule.first == rule.last else f"{day(rule.first)} to {day(rule.last)}"
    often = recurrence(rule.recurrence, rule.first)
    apart = f", except on {', '.join(short(each) for each in rule.excepted[:6])}" if rule.excepted else ""
    more = f" and {len(rule.excepted) - 6} more" if len(rule.excepted) > 6 else ""
    return f"{often}, from {span}{apart}{more}" if often else span


def subscription(row: CalendarSubscription) -> str:
    """When a subscribed calendar was last read, and what went wrong since."""
    return (
        f"{last_read(row)}; could not be read since {clock.say(row.failing_since)}: {row.last_error}"
        if row.failing_since
        else last_read(row)
    )


def comes_again(rule: CalendarRule, *, is_read: bool) -> str:
    """That a rule is once more as its calendar says when that is read again; empty of one that no calendar brings again."""
    if is_read:
        return (
            f"The calendar “{rule.calendar}” is read from the web every day, and this rule is then as it stands there, whatever was changed or "
            "retired here. Have it changed there, or say of which authorities it is not true."
        )
    if rule.calendar in ("", polls.CALENDAR):
        return ""
    return f"When a file of the calendar “{rule.calendar}” is brought in again, it is as that says, whatever was changed or retired here."


def last_read(row: CalendarSubscription) -> str:
    """When a subscribed calendar was last read."""
    return f"last read on {clock.say(row.last_ok_at)}" if row.last_ok_at else "not read yet"


def recurrence(text: str, first: date) -> str:
    """How often: words for what our own form offers, else the rule itself. Empty for once."""
    parts = dict(part.split("=", 1) for part in text.split(";")) if text else {}
    until = parts.pop("UNTIL", "")[:8]
    plain = {name: value for name, value in parts.items() if name != "WKST"}
    known = {
        "": "",
        weekly(first): f"every {WEEKDAYS[first.weekday()]}",
        monthly(first): f"the {nth(first)} {WEEKDAYS[first.weekday()]} of every month",
        yearly(first): f"every year on {first.day} {first:%B}",
        "FREQ=YEARLY": f"every year on {first.day} {first:%B}",
    }
    said = known.get(";".join(f"{name}={value}" for name, value in plain.items()), f"by the rule {text}")
    return f"{said} until {short(f'{until[:4]}-{until[4:6]}-{until[6:]}')}" if until and not said.startswith("by") else said


def offered(text: str, first: date) -> tuple[str, date | None] | None:
    """Which choice of our own form makes this recurrence, and until when; None where none does."""
    plain, _, until = text.partition(";UNTIL=")
    often = {make(first): make.__name__ for make in (weekly, monthly, yearly)}.get(plain)
    return (often, date.fromisoformat(until) if until else None) if often and (not until or len(until) == 8) else None


def weekly(first: date) -> str:
    """The rule for every week on this weekday."""
    return f"FREQ=WEEKLY;BYDAY={CODES[first.weekday()]}"


def monthly(first: date) -> str:
    """The rule for every month on this weekday of it, the second Tuesday say; a fifth one is the last."""
    return f"FREQ=MONTHLY;BYDAY={_number(first)}{CODES[first.weekday()]}"


def yearly(first: date) -> str:
    """The rule for every year on this date."""
    return f"FREQ=YEARLY;BYMONTH={first.month};BYMONTHDAY={first.day}"


def nth(first: date) -> str:
    """Which of its month this weekday is."""
    return NTH[_number(first)]


def kind(rule: CalendarRule) -> str:
    """What kind of days these are, and what they hold."""
    name = SAID.get(rule.kind, rule.kind)
    if rule.lead_days:
        return f"{name}: {'papers close' if rule.kind == 'committee' else 'begins'} {many(rule.lead_days, 'day')} before"
    held = HOLDS.get(rule.kind, frozenset())
    classes = "holds everything" if held == frozenset(CLASSES) else f"holds {' and '.join(sorted(held, reverse=True))} letters"
    return f"{name}: {classes if held else 'holds nothing'}"


def short(day: date | str) -> str:
    """`12 May 2026`, of a day or its ISO words."""
    value = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{value.day} {value:%B} {value.year}"


def _number(first: date) -> int:
    return -1 if first.day > 28 else (first.day - 1) // 7 + 1
