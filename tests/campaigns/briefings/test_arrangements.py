"""Arranging a briefing: what may be missing and what may not, calling it off, its focus, and other bodies."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from campaigns.briefings import additions, cancellations, focuses, tours
from campaigns.briefings.arranging import BriefingDated
from campaigns.briefings.tours import BriefingHeld, Group
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, Refused
from tests.campaigns import stories
from tests.campaigns.briefings.test_tours import GROUPS, arrange, hold, opened, state
from tests.campaigns.stories import DAY, NOON


def test_an_arrangement_that_cannot_be_names_every_field(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id

    with pytest.raises(Invalid) as refusal:
        arrange(story, briefing, place="", hse_presenter="x" * 201, lacors_presenter="Two\r\nlines", ends_at=NOON, capacity=0)
    assert [problem.field for problem in refusal.value.problems] == ["place", "hse_presenter", "lacors_presenter", "capacity", "ends"]
    assert state(story, briefing) == "wanted"


@pytest.mark.parametrize(
    "link", ["http://meet.example.com/1", "https://", "https://me:secret@meet.example.com/1", "https://localhost/1", "https://meet.example.com/a b",
             "javascript:alert(1)", "mailto:someone@example.com", "https://meet.example.com/" + "x" * 1000]
)  # fmt: skip
def test_a_joining_link_is_one_secure_address(sqlite: Database, link: str) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    with pytest.raises(Invalid) as refusal:
        arrange(story, opened(story.house)[0].id, link=link)
    assert [problem.field for problem in refusal.value.problems] == ["link"]


def test_a_briefing_may_be_dated_before_everything_is_known(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id

    arrange(story, briefing, place="", link="https://meet.example.com/1", hse_presenter="", note=None, host=" Leeds ", capacity=40)

    with database.reading() as session:
        found = tours.get(session, briefing)
        assert (found.state, found.place, found.link, found.host) == ("dated", None, "https://meet.example.com/1", "Leeds")
        assert found.missing == ["presenter for HSE", "speaking note"]
        assert found.until == found.ends_at == NOON + DAY + timedelta(hours=2)


def test_an_arrangement_said_again_is_no_news(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing)

    arrange(story, briefing)
    arrange(story, briefing, agenda_item="Item 4")

    with database.reading() as session:
        told = [log.read(entry) for entry in log.history(session, briefing)]
    assert [event.changed for event in told if isinstance(event, BriefingDated)][1:] == [["agenda_item"]]


def test_what_was_held_without_a_note_or_a_presenter_says_why(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing, lacors_presenter="")

    with pytest.raises(Invalid, match="why it was held without a presenter for LACoRS"):
        hold(story, briefing)
    with database.transaction() as session:
        tours.hold(session, briefing, why=" Ill that day ", by=story.house.drafter, at=NOON + DAY)

    with database.reading() as session:
        assert tours.get(session, briefing).held_without == "Ill that day"
        assert log.read(log.history(session, briefing)[-1]) == BriefingHeld(without="Ill that day")


def test_a_briefing_called_off_wants_a_date_again(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id
    arrange(story, briefing)

    with database.transaction() as session:
        with pytest.raises(Invalid, match="why it is called off"):
            cancellations.call_off(session, briefing, reason="", by=story.house.drafter, at=NOON)
        cancellations.call_off(session, briefing, reason="Snow", by=story.house.drafter, at=NOON)

    with database.reading() as session:
        found = tours.get(session, briefing)
        assert (found.state, found.reason, found.starts_at, found.until, found.place) == ("wanted", "Snow", None, None, None)
        assert (found.hse_presenter, found.note_release_id) == ("A director", story.release)
        fact = log.read(log.history(session, briefing)[-1])
        assert fact == cancellations.BriefingCalledOff(reason="Snow", starts_at=NOON + DAY, place="Town hall")
    with database.transaction() as session, pytest.raises(NotAllowedNow):
        cancellations.call_off(session, briefing, reason="Snow", by=story.house.drafter, at=NOON)


def test_another_body_and_a_second_date_join_a_tour(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    first = opened(story.house)[0]
    lgp, north_east = Group("lgp", "Local Government Panel (LGP)", ""), GROUPS[2]
    arrange(story, first.id)

    def add(group: Group, **about: Any) -> UUID:
        with database.transaction() as session:
            return additions.add(session, first.tour_id, group, **about, by=story.house.drafter, at=NOON)

    panel, second = add(lgp, focus="Which LAs lead", awaits_steer=True), add(north_east)
    with pytest.raises(Refused, match="has no date yet"):
        add(north_east)
    with pytest.raises(Invalid):
        add(Group("hela", "HELA", ""), focus="x" * 201)

    with database.reading() as session:
        titles = [briefing.title for briefing in tours.briefings(session, first.tour_id)]
        assert titles == ["North East", "North East, date 2", "North West", "Wales", "Local Government Panel (LGP)"]
        assert tours.get(session, panel).focus_said == "awaiting steer (proposed: Which LAs lead)"
        assert log.read(log.history(session, second)[-1]) == additions.BriefingAdded(group="North East", slot=2)


def test_a_focus_awaits_a_steer_until_it_is_said(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = opened(story.house)[0].id

    def say(focus: str, awaits_steer: bool) -> bool:
        with database.transaction() as session:
            return focuses.say(session, briefing, focus=focus, awaits_steer=awaits_steer, by=story.house.drafter, at=NOON)

    assert say("", True) and not say(" ", True)
    with database.reading() as session:
        assert tours.get(session, briefing).focus_said == "awaiting steer"
    assert say("What LAs stop doing", False)
    with pytest.raises(Invalid):
        say("Two\nlines", False)
    with database.reading() as session:
        assert tours.get(session, briefing).focus_said == "What LAs stop doing"
        assert log.read(log.history(session, briefing)[-1]) == focuses.BriefingFocused(focus="What LAs stop doing")
