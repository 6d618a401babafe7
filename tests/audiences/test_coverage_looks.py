"""A look at part of a campaign, or at a day gone by, shows that part and that day."""

from datetime import date, timedelta
from uuid import UUID

from audiences import coverage
from audiences.authorities import Authority
from audiences.coverage import View
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.audiences.posts import CAMPAIGN, NOON
from tests.audiences.test_coverage import ADUR, CARDIFF, FIFE, touch


def test_a_look_at_one_channel_or_one_message_counts_nothing_else(peopled: Database) -> None:
    first, second = UUID(int=1), UUID(int=2)
    with peopled.transaction() as session:
        written = [
            Fact(CAMPAIGN, code, "practitioner", "written", code, NOON, "Post", message_id=about)
            for code, about in ((ADUR, first), (CARDIFF, second))
        ]
        touches.put(session, [*written, Fact(CAMPAIGN, FIFE, "practitioner", "confirmed", "call:1", NOON, "Post", channel="call")])

    def graded(view: View) -> dict[str, str]:
        with peopled.reading() as session:
            return {row.authority.code: row.grade for row in coverage.grid(session, CAMPAIGN, view).rows if row.grades}

    assert graded(View()) == {ADUR: "written", CARDIFF: "written", FIFE: "confirmed"}
    assert (graded(View(channel="call")), graded(View(message=first))) == ({FIFE: "confirmed"}, {ADUR: "written"})


def test_evidence_is_listed_oldest_first_with_its_first_and_its_last_day(peopled: Database) -> None:
    for grade, evidence in (("confirmed", "c:123456"), ("written", "d:1234"), ("written", "d:1")):
        touch(peopled, ADUR, "practitioner", grade, evidence)

    with peopled.reading() as session:
        [cell] = [row.cells["practitioner"] for row in coverage.grid(session, CAMPAIGN).rows if row.authority.code == ADUR]
    found = [(mark.grade, mark.touches, (mark.first - NOON).seconds // 60, (mark.last - NOON).seconds // 60) for mark in cell.evidence]
    assert found == [("written", 2, 3, 6), ("confirmed", 1, 8, 8)]


def test_a_day_gone_by_shows_the_register_of_that_day(peopled: Database) -> None:
    day, one = NOON.date(), timedelta(days=1)
    with peopled.transaction() as session:
        session.get_one(Authority, ADUR).end_date = day
        session.get_one(Authority, FIFE).start_date = day

    def shown(on: date | None) -> set[str]:
        with peopled.reading() as session:
            return {row.authority.code for row in coverage.grid(session, CAMPAIGN, View(on=on)).rows} & {ADUR, FIFE}

    assert [shown(on) for on in (day - one, day, day + one, None)] == [{ADUR}, {ADUR, FIFE}, {FIFE}, {FIFE}]
