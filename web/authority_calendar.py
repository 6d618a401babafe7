"""An authority's calendar on its page: the next window for each class of message, why not sooner, and what stands for it in the months to come."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from audiences import calendars
from campaigns.planning import rules, windows
from campaigns.planning.rules import CalendarExemption, CalendarRule
from campaigns.planning.windows import CLASSES, Rule
from web import calendar_words, words

LOOK, SHOWN = timedelta(days=366), timedelta(days=183)


@dataclass(frozen=True)
class Next:
    """The next window for one class of message, in words."""

    message_class: str
    window: str
    why: str


@dataclass(frozen=True)
class Coming:
    """A rule of the months to come, and the exemption where the authority steps out of it."""

    rule: CalendarRule
    outside: CalendarExemption | None


@dataclass(frozen=True)
class Shown:
    """What the page shows."""

    windows: list[Next]
    coming: list[Coming]


def of(session: Session, code: str, today: date) -> Shown:
    """The calendar of one authority from today on."""
    own = calendars.of(session, [code], first=today, last=today + LOOK)[code]
    return Shown([_next(own, today, one) for one in CLASSES], _coming(session, code, today))


def _next(own: list[Rule], today: date, message_class: str) -> Next:
    last = today + LOOK
    window = windows.next_window(own, first=today, last=last, message_class=message_class)
    against = windows.holds(own, first=today, last=last, message_class=message_class)
    why = windows.why(against, today)
    return Next(message_class, _said(window, today), words.sentence(why) or "It may go today")


def _said(window: windows.Window | None, today: date) -> str:
    if window is None:
        return "None within a year"
    ends = "" if window.first == window.last else f" to {calendar_words.day(window.last)}"
    return f"{'Open now' if window.first == today else calendar_words.day(window.first)}{ends}"


def _coming(session: Session, code: str, today: date) -> list[Coming]:
    outside, places = rules.exemptions(session), calendars.places_of(session, [code])[code]
    found = [rule for rule in rules.standing(session) if calendars.place(rule) in places and _comes(rule, today)]
    return [Coming(rule, outside.get(rule.id, {}).get(code)) for rule in found]


def _comes(rule: CalendarRule, today: date) -> bool:
    return bool(windows.starts(rule.value(), today, today + SHOWN + timedelta(days=rule.lead_days)))
