"""Follow-ups where a group has two dates, or somebody came to another group's briefing: nobody who came is told that they were not seen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from audiences import briefing_letters, people, reorganisations
from campaigns.briefings import additions, arranging, attendance, cancellations, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import APOLOGIES, Seat
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Group
from tests.audiences.test_briefing_letters import CARDIFF, LEEDS, MISSED, READERS, SORRY, SWANSEA, THANKS, follow_up, house, sent
from tests.campaigns import stories
from tests.campaigns.stories import DAY, LATEST, NOON, House, Story
from workers import sending
from workers.subscriptions import SUBSCRIPTIONS

__all__ = ["house"]  # a fixture

WALES, YORKSHIRE = "group-wales", "group-yorkshire-and-the-humber"
ANN, BEA, CLIVE, DI, LEE = READERS
CAME_TO_THE_SECOND: list[Seat] = [(CARDIFF, "senior_manager"), (SWANSEA, "practitioner")]


@pytest.fixture
def tour(house: House) -> UUID:
    """A tour of two groups."""
    groups = [Group(WALES, "Wales", "Wales"), Group(YORKSHIRE, "Yorkshire", "England")]
    with house.database.transaction() as session:
        return tours.open_tour(session, house.campaign, name="Spring", groups=groups, by=house.drafter, at=NOON)


def dated(house: House, tour: UUID, group: str = WALES, *, slot: int = 1, when: datetime = NOON - DAY) -> UUID:
    """A briefing with a date; a further one of its group is put on the tour first."""
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        if slot > 1:
            additions.add(session, tour, Group(group, "Wales", "Wales"), **by)
        briefing = next(one.id for one in tours.briefings(session, tour) if (one.group_code, one.slot) == (group, slot))
        arranging.arrange(session, briefing, Arrangement(when, "Cardiff", "LOPP team, HSE", "LOPP lead, LACoRS"), **by)
    return briefing


def held(house: House, briefing: UUID, ticks: Iterable[Seat], *lines: Line, complete: bool = True) -> None:
    """It took place, and these were there."""
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        tours.hold(session, briefing, why="The note came late", **by)
        attendance.record(session, briefing, ticks, **by)
        sign_ins.enter(session, briefing, lines, **by)
        if complete:
            attendance.complete(session, briefing, **by)


def told(house: House, story: Story, briefing: UUID) -> dict[str, str]:
    """What goes when a worker hears of this briefing: address → which letter."""
    with house.database.transaction() as session:
        briefing_letters.plan(session, briefing, at=NOON)
    return sent(story)


def letters(**by_person: str) -> dict[str, str]:
    """Address → letter, by the readers' names here."""
    called = {"ann": ANN, "bea": BEA, "clive": CLIVE, "di": DI, "lee": LEE}
    return {called[name].address: letter for name, letter in by_person.items()}


def test_whoever_came_to_the_second_date_is_thanked(house: House, tour: UUID) -> None:
    story, first, second = follow_up(house, tour), dated(house, tour), dated(house, tour, slot=2)
    clive = Attendee("senior_manager", SWANSEA, person_id=CLIVE.person_id, name=CLIVE.name)

    held(house, first, [(CARDIFF, "practitioner")], Line(clive, APOLOGIES))
    assert told(house, story, first) == letters(bea=THANKS)
    held(house, second, CAME_TO_THE_SECOND)

    assert told(house, story, second) == letters(ann=THANKS, clive=SORRY, di=THANKS)


def test_readers_at_a_council_that_has_come_to_an_end_get_theirs_as_the_others_do(house: House, tour: UUID) -> None:
    story, briefing = follow_up(house, tour), dated(house, tour)
    held(house, briefing, CAME_TO_THE_SECOND)
    with house.database.transaction() as session:
        reorganisations.end(session, SWANSEA, on=(NOON - DAY).date(), successors=[], by=house.drafter, at=NOON)

    assert told(house, story, briefing) == letters(ann=THANKS, bea=MISSED, clive=MISSED, di=THANKS)


def test_an_open_list_of_the_second_date_keeps_the_others_waiting_too(house: House, tour: UUID) -> None:
    story, first, second = follow_up(house, tour), dated(house, tour), dated(house, tour, slot=2)
    held(house, first, [(CARDIFF, "practitioner")])
    held(house, second, CAME_TO_THE_SECOND, complete=False)

    assert told(house, story, first) == letters(bea=THANKS)


@pytest.mark.parametrize("step", [cancellations.call_off, cancellations.decline])
def test_a_second_date_that_is_called_off_keeps_nobody_waiting(house: House, tour: UUID, step: object) -> None:
    story, first, second = follow_up(house, tour), dated(house, tour), dated(house, tour, slot=2, when=NOON + DAY)
    held(house, first, [(CARDIFF, "practitioner")])
    assert told(house, story, first) == letters(bea=THANKS)

    with house.database.transaction() as session:
        step(session, second, reason="Snow", by=house.drafter, at=NOON)  # type: ignore[operator]

    assert told(house, story, second) == letters(ann=MISSED, clive=MISSED, di=MISSED)


def test_a_second_date_after_the_latest_time_to_send_keeps_nobody_waiting(house: House, tour: UUID) -> None:
    story, first, second = follow_up(house, tour), dated(house, tour), dated(house, tour, slot=2, when=NOON + DAY)
    held(house, first, [(CARDIFF, "practitioner")])
    assert told(house, story, first) == letters(bea=THANKS)

    with house.database.transaction() as session:
        arranging.arrange(session, second, Arrangement(LATEST + DAY, "Cardiff"), by=house.drafter, at=NOON)

    assert told(house, story, second) == letters(ann=MISSED, clive=MISSED, di=MISSED)


def test_whatever_ends_the_waiting_is_heard_of() -> None:
    ends = (attendance.AttendanceCompleted, cancellations.BriefingCalledOff, cancellations.BriefingDeclined, arranging.BriefingDated)

    assert all(sending.plan_follow_ups in SUBSCRIPTIONS[event] for event in ends)


def test_whoever_came_to_another_group_s_briefing_is_thanked(house: House, tour: UUID) -> None:
    story, wales, yorkshire = follow_up(house, tour), dated(house, tour), dated(house, tour, YORKSHIRE)
    lee = Attendee("senior_manager", LEEDS, person_id=LEE.person_id, name=LEE.name)
    held(house, yorkshire, [(SWANSEA, "practitioner"), (LEEDS, "practitioner")], complete=False)
    held(house, wales, [(CARDIFF, "practitioner")], Line(lee))

    assert told(house, story, wales) == letters(ann=MISSED, bea=THANKS, clive=MISSED, di=THANKS, lee=THANKS)


@pytest.mark.parametrize("is_known", [True, False])
def test_readers_at_another_body_that_was_briefed_get_theirs_too(house: House, is_known: bool) -> None:
    came, away, elsewhere = (stories.reader(number, role="committee_member", authority_code=None) for number in range(3))
    with house.database.transaction() as session:
        seats = ((came, "committee_member", "lgp"), (away, "union_contact", "lgp"), (elsewhere, "committee_member", "hela"))
        rows = [{"id": who.person_id, "name": who.name, "role": role, "place": at, "address": who.address} for who, role, at in seats]
        people.insert(session, [{**row, "body_code": row["place"], "authority_code": None, "source": "x"} for row in rows], at=NOON)
        panel = Group("lgp", "Local Government Panel", "")
        tour = tours.open_tour(session, house.campaign, name="Panels", groups=[panel], by=house.drafter, at=NOON)
    away = replace(away, role="union_contact")
    story, briefing = follow_up(house, tour, (came, away, elsewhere)), dated(house, tour, "lgp")
    line = Line(Attendee("committee_member", body_code="lgp", person_id=came.person_id if is_known else None, name=came.name))
    held(house, briefing, [], line)

    assert told(house, story, briefing) == {came.address: THANKS, away.address: MISSED}


def test_another_group_s_guest_of_the_same_role_is_not_everybody_of_it_before_their_own_date(house: House, tour: UUID) -> None:
    story, wales = follow_up(house, tour), dated(house, tour)
    dated(house, tour, YORKSHIRE, when=NOON + DAY)
    held(house, wales, [(CARDIFF, "practitioner"), (LEEDS, "senior_manager")])

    assert LEE.address not in told(house, story, wales)
