"""The calendar: every rule that stands, by what it is for, with its days in words, its source and the day it was confirmed."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from audiences import authorities, calendar_places, calendar_subscriptions, calendars
from audiences.authorities import NATIONS
from audiences.calendars import SUBDIVISIONS
from campaigns.planning import rules, windows
from campaigns.planning.rules import SCOPES, CalendarRule
from web import calendar_words, csv_files, desk, refusals
from web.calendar_forms import KINDS
from web.refusals import Answer

bp = Blueprint("calendars", __name__, url_prefix="/calendar")

COLUMNS = (
    "For", "Place", "What", "Kind", "Days", "First day", "Last day", "Recurrence", "Days before", "Source", "Confirmed on", "Calendar",
)  # fmt: skip
TIMES = [("coming", "Today and coming"), ("past", "Past"), ("all", "All")]
AHEAD = timedelta(days=366)


@bp.get("")
def show() -> Answer:
    """The list, narrowed by what the officer chose; with a nation, its bank holidays of the next year, which nobody types."""
    with desk.reading() as session:
        problem = "".join(one.sentence for one in refusals.problems_of(lambda: _places(session)))
        found, page = desk.paged([] if problem else _chosen(session))
        nation = request.args.get("nation", "")
        shown = render_template(
            "calendars/show.html",
            problem=problem,
            rules=found,
            page=page,
            places=calendar_places.named(session),
            outside=rules.exemptions(session),
            subscriptions=calendar_subscriptions.every(session),
            nations=[(nation, nation) for nation in NATIONS],
            kinds=[(value, said.partition(":")[0]) for value, said in KINDS],
            times=TIMES,
            bank_holidays=_bank_holidays(nation) if nation in SUBDIVISIONS else [],
            words=calendar_words,
            asked=request.args,
            choices=desk.choices(),
        )
        return shown, 422 if problem else 200


@bp.get("/calendar.csv")
def export() -> Response:
    """The same list as a file."""
    with desk.reading() as session:
        places = calendar_places.named(session)
        return csv_files.answer("calendar", COLUMNS, [_cells(rule, places) for rule in _chosen(session)])


def _chosen(session: Session) -> list[CalendarRule]:
    kind, when = request.args.get("kind", ""), request.args.get("when", "coming")
    tests: list[Callable[[CalendarRule], bool]] = [lambda rule: kind in ("", rule.kind), lambda rule: _at(rule, when)]
    if (places := _places(session)) is not None:
        tests.append(lambda rule: calendars.place(rule) in places)
    found = [rule for rule in rules.standing(session) if all(test(rule) for test in tests)]
    return sorted(found, key=lambda rule: (SCOPES.index(rule.scope), rule.first, rule.title))


def _places(session: Session) -> set[calendars.Place] | None:
    """Where the rules asked for are: from everywhere down to the authority, or everything within a nation."""
    if typed := request.args.get("authority", "").strip():
        code = calendar_places.read(session, "", typed)[1]
        return set(calendars.places_of(session, [code])[code])
    if nation := request.args.get("nation", ""):
        codes = [one.code for one in authorities.every(session, enforcing_only=False) if one.nation == nation]
        return {place for found in calendars.places_of(session, codes).values() for place in found}
    return None


def _at(rule: CalendarRule, when: str) -> bool:
    if when == "all":
        return True
    coming = rule.last >= desk.today() or bool(rule.recurrence and windows.starts(rule.value(), desk.today(), desk.today() + AHEAD * 5))
    return coming == (when != "past")


def _bank_holidays(nation: str) -> list[windows.Rule]:
    found = calendars.bank_holidays(nation, (desk.today().year, desk.today().year + 1))
    return [rule for rule in found if desk.today() <= rule.first <= desk.today() + AHEAD]


def _cells(rule: CalendarRule, places: dict[calendars.Place, str]) -> list[object]:
    facts = [rule.scope, places.get((rule.scope, rule.place), rule.place), rule.title, calendar_words.kind(rule), calendar_words.days(rule)]
    return [*facts, rule.first, rule.last, rule.recurrence, rule.lead_days, rule.source, rule.confirmed_on, rule.calendar]
