"""Calendar rules: kept with their source, changed and retired by officers, and stepped out of by one authority."""

from dataclasses import replace
from datetime import date

import pytest

from campaigns.foundation import log, one_line
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotFound, NotYours
from campaigns.planning import rules
from campaigns.planning.recurrences import EARLIEST, LATEST
from campaigns.planning.rules import LONGEST_HOLD, CalendarChanged, Typed
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, House

POLL = Typed(
    "nation", "England", "pre-election", " Local elections ", date(2026, 3, 30), date(2026, 5, 7), " The rules of 2006, Schedule 3 "
)
SHOWN = {
    "What it is": "Local elections",
    "What kind of days": "pre-election",
    "What it is for": "nation England",
    "First day": "30 March 2026",
    "Last day": "7 May 2026",
    "How often it comes": "FREQ=YEARLY",
    "Except on": "2027-03-30, 2028-03-30",
    "Days before that belong to it": "3",
    "Where it is known from": "The rules of 2006, Schedule 3",
    "Confirmed on": "1 March 2026",
    "Retired": "",
}


def test_a_rule_is_kept_changed_once_and_retired_once(house: House) -> None:
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        rule = rules.add(session, POLL, **by)
        assert rules.get(session, rule).value().title == "Local elections"
        assert not rules.change(session, rule, POLL, **by)
        assert rules.change(session, rule, replace(POLL, last=date(2026, 5, 8)), **by)
        assert [row.last for row in rules.standing(session)] == [date(2026, 5, 8)]
        assert rules.retire(session, rule, **by)
        assert not rules.retire(session, rule, **by)
        assert rules.standing(session) == []
        assert rules.shown(rules.get(session, rule))["Retired"] == "Tuesday 12 May 2026, 12:00"
        said = [log.read(entry) for entry in log.history(session, rule)]
    assert said == [CalendarChanged(title="Local elections", what=what) for what in ("added", "changed", "retired")]


def test_an_officer_is_shown_every_part_of_a_rule(sqlite: Database) -> None:
    excepted, yearly = (date(2028, 3, 30), date(2027, 3, 30)), {"recurrence": "FREQ=YEARLY", "lead_days": 3}
    typed = replace(POLL, **yearly, excepted=excepted, confirmed_on=date(2026, 3, 1))  # type: ignore[arg-type]
    with sqlite.transaction() as session:
        rule = rules.add(session, typed, by=stories.house(sqlite).drafter, at=NOON)
        assert rules.shown(rules.get(session, rule)) == SHOWN


def test_the_rules_that_stand_come_earliest_first_of_one_calendar_and_of_some_kinds_or_of_all(house: House) -> None:
    poll, feed = replace(POLL, title="M"), replace(POLL, title="Z", calendar="feed")
    late, meeting = replace(POLL, title="A", first=date(2026, 4, 1)), replace(POLL, title="B", kind="meeting")
    with house.database.transaction() as session:
        for typed in (late, feed, poll, meeting):
            rules.add(session, typed, by=house.drafter, at=NOON)
        found = [rules.standing(session), rules.standing(session, calendar="feed"), rules.standing(session, kinds=["meeting"])]
    assert [[row.title for row in some] for some in found] == [["B", "M", "Z", "A"], ["Z"], ["B"]]


def test_an_authority_steps_out_of_a_wider_rule_and_back_in(house: House) -> None:
    with house.database.transaction() as session:
        rule, other = (rules.add(session, POLL, by=house.drafter, at=NOON) for _ in range(2))
        step = {"by": house.lacors, "at": NOON + DAY}
        assert rules.exempt(session, rule, "E07000086", source="Its own site: no poll in 2026", **step)
        assert rules.exempt(session, rule, "E07000087", source="It is another", **step)
        assert rules.exempt(session, other, "E07000086", source="It is another", **step)
        assert not rules.exempt(session, rule, "E07000086", source="the same", **step)
        assert set(rules.exemptions(session)[rule]) == {"E07000086", "E07000087"}
        assert rules.include(session, rule, "E07000086", **step)
        assert not rules.include(session, rule, "E07000086", **step) and not rules.include(session, rule, "E07000088", **step)
        assert {key: set(found) for key, found in rules.exemptions(session).items()} == {rule: {"E07000087"}, other: {"E07000086"}}
        assert rules.exempt(session, rule, "E07000086", source=" It was right after all ", **step)
        found = rules.exemptions(session)[rule]["E07000086"]
        assert (found.source, found.by, found.at) == ("It was right after all", house.lacors.name, NOON + DAY)
        with pytest.raises(Invalid, match="where you know it from"):
            rules.exempt(session, rule, "E07000087", source=" ", **step)
        said = [log.read(entry).what for entry in log.history(session, rule)]  # type: ignore[attr-defined]
    assert said == ["added", *(f"not for {code}" for code in ("E07000086", "E07000087")), "for E07000086 again", "not for E07000086"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "planet"}, "scope"),
        ({"place": ""}, "scope"),
        ({"scope": "everywhere"}, "scope"),
        ({"kind": "holiday"}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"source": ""}, "source"),
        ({"first": date(1970, 1, 1), "last": date(1970, 1, 2)}, "first"),
        ({"last": date(2026, 3, 29)}, "last"),
        ({"last": POLL.first + LONGEST_HOLD}, "last"),
        ({"first": date(2100, 1, 1), "last": date(2100, 1, 2)}, "first"),
        ({"lead_days": -1}, "lead_days"),
        ({"lead_days": 181}, "lead_days"),
        ({"recurrence": "FREQ=SECONDLY"}, "recurrence"),
        ({"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "recurrence"),
    ],
)
def test_what_is_no_rule_is_refused_beside_its_field(sqlite: Database, changes: dict[str, object], field: str) -> None:
    house = stories.house(sqlite)
    with pytest.raises(Invalid) as refusal, sqlite.transaction() as session:
        rules.add(session, replace(POLL, **changes), by=house.drafter, at=NOON)  # type: ignore[arg-type]
    assert {problem.field for problem in refusal.value.problems} == {field}


def test_both_ends_of_a_rule_count_among_its_400_days() -> None:
    replace(POLL, last=POLL.first + LONGEST_HOLD - DAY).check()
    replace(POLL, last=POLL.first, lead_days=180, title="y" * one_line.LONGEST).check()
    for day in (EARLIEST, LATEST):
        replace(POLL, first=day, last=day, scope="group", place="group-wales").check()


def test_observers_and_unknown_rules_are_refused(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with pytest.raises(NotYours), sqlite.transaction() as session:
        rules.add(session, POLL, by=house.observer, at=NOON)
    with sqlite.transaction() as session:
        rule, observer = rules.add(session, POLL, by=house.drafter, at=NOON), {"by": house.observer, "at": NOON}
        with pytest.raises(NotYours):
            rules.change(session, rule, replace(POLL, lead_days=1), **observer)
        with pytest.raises(NotYours):
            rules.retire(session, rule, **observer)
        with pytest.raises(NotYours):
            rules.exempt(session, rule, "E07000086", source="No poll", **observer)
        with pytest.raises(NotYours):
            rules.include(session, rule, "E07000086", **observer)
        with pytest.raises(Invalid):
            rules.change(session, rule, replace(POLL, lead_days=181), by=house.drafter, at=NOON)
    with pytest.raises(NotFound), sqlite.transaction() as session:
        rules.retire(session, house.campaign, by=house.drafter, at=NOON)
