"""A briefing for every group: dated, declined, held, and read from words both parties signed."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from campaigns.agreement import releases
from campaigns.briefings import additions, arranging, attendance, cancellations, focuses, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Briefing, Group
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, House, Story

GROUPS = [Group("wales", "Wales", "Wales"), Group("nw", "North West", "England"), Group("ne", "North East", "England")]


def opened(house: House, name: str = " Spring ") -> list[Briefing]:
    with house.database.transaction() as session:
        tour_id = tours.open_tour(session, house.campaign, name=name, groups=GROUPS, by=house.drafter, at=NOON)
        return tours.briefings(session, tour_id)


def arrangement(story: Story, **changes: Any) -> Arrangement:
    return replace(Arrangement(NOON + DAY, "Town hall", "A director", "A chair", story.release), **changes)


def arrange(story: Story, briefing: UUID, **changes: Any) -> None:
    with story.database.transaction() as session:
        arranging.arrange(session, briefing, arrangement(story, **changes), by=story.house.drafter, at=NOON)


def state(story: Story, briefing: UUID) -> str:
    with story.database.reading() as session:
        return tours.get(session, briefing).state


def hold(story: Story, briefing: UUID) -> None:
    with story.database.transaction() as session:
        tours.hold(session, briefing, by=story.house.drafter, at=NOON + DAY)


def test_a_tour_wants_a_briefing_for_every_group(database: Database) -> None:
    house = stories.house(database)

    briefings = opened(house)

    assert [(briefing.group_name, briefing.state) for briefing in briefings] == [
        ("North East", "wanted"), ("North West", "wanted"), ("Wales", "wanted"),
    ]  # fmt: skip
    with database.reading() as session:
        assert [tour.name for tour in tours.every(session)] == ["Spring"]
        assert tours.tour(session, briefings[0].tour_id).name == "Spring"


def test_a_tour_of_nobody_or_without_a_name_is_refused(database: Database) -> None:
    house = stories.house(database)

    with pytest.raises(Invalid) as refusal, database.transaction() as session:
        tours.open_tour(session, house.campaign, name="Two\nlines", groups=[], by=house.drafter, at=NOON)

    assert [problem.field for problem in refusal.value.problems] == ["name", "groups"]


def test_a_briefing_is_read_from_words_both_parties_signed(database: Database) -> None:
    house = stories.house(database)
    half, whole = stories.half_signed_release(house), stories.agreed_release(house)
    briefing = opened(house)[0].id

    with pytest.raises(Invalid, match="both HSE and LACoRS have signed"):
        arrange(half, briefing)
    arrange(whole, briefing)

    with database.reading() as session:
        found = tours.get(session, briefing)
        assert (found.state, found.place, found.note_release_id) == ("dated", "Town hall", whole.release)


def test_words_returned_or_withdrawn_are_no_speaking_note(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    with database.transaction() as session:
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON)

    with pytest.raises(Invalid, match="speaking note"):
        arrange(story, briefing)
    with pytest.raises(NotFound):
        arrange(story, briefing, note=uuid4())


def test_the_dated_briefings_of_all_tours_are_found_in_order(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    (first, second, third), (other, *_) = opened(story.house), opened(story.house, "Autumn")
    for briefing, days in ((first, 3), (other, 1), (second, 9)):
        arrange(story, briefing.id, starts_at=NOON + days * DAY)

    with database.reading() as session:
        assert [one.id for one in tours.dated(session, NOON, NOON + 8 * DAY)] == [other.id, first.id]
        assert tours.get(session, third.id).state == "wanted"


def test_a_briefing_is_declined_with_a_reason_and_can_be_dated_after_all(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id

    with database.transaction() as session:
        with pytest.raises(Invalid):
            cancellations.decline(session, briefing, reason=" ", by=story.house.drafter, at=NOON)
        cancellations.decline(session, briefing, reason="No room", by=story.house.drafter, at=NOON)
    assert state(story, briefing) == "declined"
    arrange(story, briefing)

    with database.reading() as session:
        assert (tours.get(session, briefing).state, tours.get(session, briefing).reason) == ("dated", None)


def test_a_briefing_is_held_once_its_time_has_come(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing, other = [row.id for row in opened(story.house)[:2]]
    arrange(story, briefing)

    with database.transaction() as session, pytest.raises(Invalid, match="not begun yet"):
        tours.hold(session, briefing, by=story.house.drafter, at=NOON)
    hold(story, briefing)

    assert state(story, briefing) == "held"
    with pytest.raises(NotAllowedNow):
        hold(story, other)
    with pytest.raises(NotAllowedNow):
        arrange(story, briefing)


def test_an_observer_changes_nothing_on_a_tour(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing, by = opened(story.house)[0].id, story.house.observer

    with database.transaction() as session:
        for step in (
            lambda: tours.open_tour(session, story.house.campaign, name="x", groups=GROUPS, by=by, at=NOON),
            lambda: arranging.arrange(session, briefing, arrangement(story), by=by, at=NOON),
            lambda: cancellations.decline(session, briefing, reason="x", by=by, at=NOON),
            lambda: tours.hold(session, briefing, by=by, at=NOON),
            lambda: tours.reopen(session, briefing, by=by, at=NOON),
            lambda: cancellations.call_off(session, briefing, reason="x", by=by, at=NOON),
            lambda: focuses.say(session, briefing, focus="x", by=by, at=NOON),
            lambda: additions.add(session, briefing, GROUPS[0], by=by, at=NOON),
            lambda: attendance.record(session, briefing, [], by=by, at=NOON),
        ):
            with pytest.raises(NotYours):
                step()


def test_what_is_not_there_is_refused(database: Database) -> None:
    stories.house(database)

    with database.transaction() as session:
        for step in (tours.get, tours.tour):
            with pytest.raises(NotFound):
                step(session, uuid4())
