"""The seed's own spring: who was held before the elections of 4 May 2006, and what its meetings and comments hold."""

from datetime import timedelta

import pytest

from audiences import authorities, calendars
from campaigns.foundation.database import Database
from campaigns.planning import rules, turns, windows
from campaigns.planning.rules import Typed
from campaigns.planning.windows import OPERATIONAL, PUBLICITY, Rule
from tests.audiences.posts import NOON, OFFICER
from tests.campaigns.planning import spring_2006 as spring

SPAN = {"first": spring.FIRST, "last": spring.LAST}


@pytest.fixture
def held(desk: Database) -> dict[str, list[Rule]]:
    """Each authority's rules, as typed by an officer of 2006: polls council by council, the pilot's dates for everybody."""
    typed = [("authority", code, spring.QUIET) for code in spring.POLLED] + [
        ("everywhere", "", one) for one in (spring.COMMENTS, spring.PANEL)
    ]
    with desk.transaction() as session:
        for scope, place, (kind, title, first, last, source) in typed:
            rules.add(session, Typed(scope, place, kind, title, first, last, source), by=OFFICER, at=NOON)
    with desk.reading() as session:
        everybody = spring.POLLED | spring.NOT_POLLED
        assert {code: authorities.get(session, code).name for code in everybody} == everybody
        return calendars.of(session, everybody, **SPAN)


@pytest.mark.parametrize("code", spring.WINDOWS)
def test_each_authority_had_the_windows_written_down(held: dict[str, list[Rule]], code: str) -> None:
    found = windows.windows(held[code], **SPAN, message_class=PUBLICITY)

    assert [(one.first.isoformat(), one.last.isoformat()) for one in found] == spring.WINDOWS[code]


@pytest.mark.parametrize("code", spring.HELD_ON_5_APRIL)
def test_some_english_councils_were_held_and_dundee_was_not(held: dict[str, list[Rule]], code: str) -> None:
    day = spring.FIRST + timedelta(days=2)
    at, latest = turns.opening(day), turns.closing(spring.LAST)

    publicity = turns.of(held[code], at=at, latest=latest, message_class=PUBLICITY, in_windows=True)
    operational = turns.of(held[code], at=at, latest=latest, message_class=OPERATIONAL, in_windows=True)

    assert publicity.why == spring.HELD_ON_5_APRIL[code]
    assert (operational.opens, operational.why) == (at, "")  # letters about the work itself went on


def test_comments_and_the_panels_meeting_are_in_every_calendar_and_hold_nothing(held: dict[str, list[Rule]]) -> None:
    for own in held.values():
        shown = [rule for rule in own if rule.title in (spring.COMMENTS[1], spring.PANEL[1])]
        assert len(shown) == 2
        for rule in shown:
            assert windows.holds([rule], **SPAN, message_class=PUBLICITY, weekends=False) == []
            assert windows.starts(rule, **SPAN) == [rule.first]


def test_bank_holidays_were_those_of_each_nation(held: dict[str, list[Rule]]) -> None:
    for nation, days in spring.BANK_HOLIDAYS.items():
        found = calendars.bank_holidays(nation, (2006,))
        assert [one.first.isoformat() for one in found if spring.FIRST <= one.first <= spring.LAST] == days


def test_a_body_that_is_no_authority_keeps_englands_bank_holidays_and_no_nations_quiet_period(desk: Database) -> None:
    kind, title, first, last, source = spring.QUIET
    with desk.transaction() as session:
        rules.add(session, Typed("nation", "England", kind, title, first, last, source), by=OFFICER, at=NOON)
    with desk.reading() as session:
        own = calendars.of(session, [""], **SPAN)[""]

    against = windows.holds(own, **SPAN, message_class=PUBLICITY, weekends=False)

    assert [one.first.isoformat() for one in against] == spring.BANK_HOLIDAYS["England"]
