"""What a plan leaves open is said, row by row and group by group; to meet somebody only after writing is a remark."""

from datetime import date
from uuid import UUID

from audiences import plan_gaps
from audiences.plan_gaps import Group
from campaigns.foundation.database import Database
from campaigns.planning.plan_rows import PlanRow
from tests.campaigns.stories import NOON
from tests.web import grounds

TODAY = date(2027, 3, 1)
UNIONS = Group("unions", "Unions")


def row(day: date, channel: str = "letter", *, number: int = 1, hse: str = "A", lacors: str = "B", **more: object) -> PlanRow:
    """A row that stands."""
    said = {"audience": "unions", "title": f"Row {number}", **more}
    return PlanRow(
        id=UUID(int=number),
        campaign_id=UUID(int=9),
        channel=channel,
        first=day,
        hse_owner=hse,
        lacors_owner=lacors,
        added_by="x",
        added_at=NOON,
        **said,
    )


def sentences(*rows: PlanRow, sent: frozenset[UUID] = frozenset()) -> list[str]:
    return [gap.sentence for gap in plan_gaps.of(rows, [UNIONS], sent=sent, today=TODAY)]


def test_a_group_without_a_row_is_a_gap() -> None:
    assert sentences() == ["Unions: nothing is planned for them in this campaign."]


def test_a_row_without_an_owner_of_a_party_is_a_gap_for_each_party() -> None:
    assert sentences(row(TODAY, hse="", lacors="")) == ["“Row 1” has no owner from HSE and none from LACoRS."]
    assert sentences(row(TODAY, lacors="")) == ["“Row 1” has no owner from LACoRS."]


def test_a_date_that_passed_with_nothing_sent_is_a_gap_and_a_month_passes_at_its_end() -> None:
    late = row(date(2027, 2, 28), message_id=UUID(int=5))

    assert sentences(late) == ["“Row 1” was planned for 28 February 2027, which has passed, and nothing was sent or done."]
    assert sentences(late, sent=frozenset({UUID(int=5)})) == []
    assert sentences(row(date(2027, 2, 1), "call", done_on=date(2027, 2, 2))) == []
    assert sentences(row(date(2027, 3, 1), whole_month=True)) == []


def test_meeting_a_group_only_after_writing_to_it_is_a_remark() -> None:
    letter, briefing = row(date(2027, 3, 5)), row(date(2027, 4, 1), "briefing", number=2)
    found = plan_gaps.of([letter, briefing], [UNIONS], sent=(), today=TODAY)

    assert [(gap.remark, gap.row_id) for gap in found] == [(True, UUID(int=2))]
    assert "only after “Row 1” (5 March 2027)" in found[0].sentence
    assert plan_gaps.of([row(date(2027, 3, 1), "briefing"), letter], [UNIONS], sent=(), today=TODAY) == []


def test_the_groups_are_the_audiences_and_the_bodies_that_the_paper_names(sqlite: Database) -> None:
    ground = grounds.found(sqlite)

    with ground.database.reading() as session:
        every = {group.key: group.name for group in plan_gaps.groups(session)}

    assert {"practitioners", "unions", "professional-bodies", "body:cactus", "body:construction", "body:lgp"} <= set(every)
    assert not any("unison" in key for key in every)
