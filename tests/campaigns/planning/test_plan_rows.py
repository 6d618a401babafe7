"""Rows of a communications plan are added, changed, done and dropped; a letter is never done by hand."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.planning import plan_rows
from campaigns.planning.plan_rows import PlanRow, Typed
from tests.campaigns.stories import NOON, House, house

ROW = Typed("unions", "What LOPP is", "letter", date(2027, 1, 12), hse_owner="Head of the LOPP unit")
CALL = replace(ROW, channel="call", title="Call the unions")


def add(lopp: House, typed: Typed = ROW) -> UUID:
    with lopp.database.transaction() as session:
        return plan_rows.add(session, lopp.campaign, typed, by=lopp.drafter, at=NOON)


def kept(database: Database, row_id: UUID) -> PlanRow:
    with database.reading() as session:
        return plan_rows.get(session, row_id)


def kinds(database: Database, row_id: UUID) -> list[str]:
    with database.reading() as session:
        return [entry.kind for entry in log.history(session, row_id)]


def test_a_row_is_added_changed_once_and_dropped_once(database: Database) -> None:
    lopp = house(database)
    row = add(lopp)

    for expected in (True, False):
        with database.transaction() as session:
            assert plan_rows.change(session, row, replace(ROW, lacors_owner=" Policy officer "), by=lopp.lacors, at=NOON) is expected
    with database.transaction() as session:
        plan_rows.drop(session, row, by=lopp.drafter, at=NOON)
    with database.transaction() as session, pytest.raises(NotAllowedNow, match="taken out"):
        plan_rows.drop(session, row, by=lopp.drafter, at=NOON)

    assert kept(database, row).lacors_owner == "Policy officer"
    assert kinds(database, row) == ["PlanRowAdded", "PlanRowChanged", "PlanRowDropped"]
    with database.reading() as session:
        assert plan_rows.standing(session) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "Two\nlines"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"audience": ""}, "audience"),
        ({"channel": "smoke"}, "channel"),
        ({"day": date(1999, 1, 1)}, "day"),
        ({"hse_owner": "a\x00b"}, "hse_owner"),
        ({"lacors_owner": "x" * 201}, "lacors_owner"),
        ({"note": "x" * 1001}, "note"),
        ({"note": "\u202eevil"}, "note"),
        ({"note": "a\x0bb"}, "note"),
    ],
)
def test_what_no_plan_can_say_is_refused_beside_its_field(database: Database, changes: dict[str, object], field: str) -> None:
    lopp = house(database)

    with pytest.raises(Invalid) as refusal:
        add(lopp, replace(ROW, **changes))  # type: ignore[arg-type]

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_a_month_ends_on_its_last_day_and_begins_on_its_first(database: Database) -> None:
    row = kept(database, add(house(database), replace(ROW, day=date(2028, 2, 12), whole_month=True)))

    assert (row.first, row.last) == (date(2028, 2, 1), date(2028, 2, 29))


def test_a_call_is_done_once_and_a_letter_never_by_hand(database: Database) -> None:
    lopp = house(database)
    letter, call = add(lopp), add(lopp, CALL)

    with database.transaction() as session, pytest.raises(NotAllowedNow, match="when its message has gone out"):
        plan_rows.done(session, letter, on=NOON.date(), by=lopp.drafter, at=NOON)
    with database.transaction() as session:
        plan_rows.done(session, call, on=NOON.date(), by=lopp.drafter, at=NOON)
    with database.transaction() as session, pytest.raises(NotAllowedNow, match="already"):
        plan_rows.done(session, call, on=NOON.date(), by=lopp.drafter, at=NOON)

    assert kept(database, call).done_on == NOON.date()


def test_what_was_marked_as_done_by_mistake_is_still_to_come(database: Database) -> None:
    lopp = house(database)
    call = add(lopp, CALL)
    with database.transaction() as session, pytest.raises(NotAllowedNow, match="is not marked as done"):
        plan_rows.reopen(session, call, by=lopp.drafter, at=NOON)
    with database.transaction() as session:
        plan_rows.done(session, call, on=NOON.date(), by=lopp.drafter, at=NOON)

    with database.transaction() as session:
        plan_rows.reopen(session, call, by=lopp.drafter, at=NOON)

    assert kept(database, call).done_on is None


def test_an_observer_plans_nothing_and_what_is_not_there_is_refused(database: Database) -> None:
    lopp = house(database)
    row = add(lopp)

    with database.transaction() as session:
        with pytest.raises(NotYours):
            plan_rows.add(session, lopp.campaign, ROW, by=lopp.observer, at=NOON)
        with pytest.raises(NotYours):
            plan_rows.drop(session, row, by=lopp.observer, at=NOON)
        with pytest.raises(NotFound):
            plan_rows.add(session, uuid4(), ROW, by=lopp.drafter, at=NOON)
        with pytest.raises(NotFound):
            plan_rows.change(session, uuid4(), ROW, by=lopp.drafter, at=NOON)


def test_rows_come_by_date_and_only_those_of_the_campaign_asked_for(database: Database) -> None:
    lopp = house(database)
    later, sooner = add(lopp, replace(ROW, day=date(2027, 3, 1))), add(lopp)

    with database.reading() as session:
        assert [row.id for row in plan_rows.standing(session, [lopp.campaign])] == [sooner, later]
        assert plan_rows.standing(session, [uuid4()]) == []
