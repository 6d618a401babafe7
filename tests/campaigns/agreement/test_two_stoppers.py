"""Either party stops a release, the other may stop it too, and it goes on when everybody who stopped it lets it."""

import pytest

from campaigns.agreement import permits, releases, schedules
from campaigns.agreement.schedules import SendingStopped, StopLifted
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.agreement.test_schedules import begin, resume, stop
from tests.campaigns.stories import DAY, HOUR, LATEST, MINUTE, NOON, Story


@pytest.fixture
def story(sqlite: Database) -> Story:
    """A release whose letters are leaving."""
    return stories.sending_release(stories.house(sqlite))


def held(story: Story) -> None:
    with story.database.transaction() as session:
        schedules.hold(session, story.release, reason="A stored letter is not the one that was signed.", at=NOON)


def stands(story: Story) -> tuple[str, list[str], str | None]:
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        return release.state, release.stoppers, release.reason


def newest(story: Story) -> log.Event:
    with story.database.reading() as session:
        return log.read(log.history(session, story.release)[-1])


def test_what_one_party_stopped_the_other_stops_too_and_both_must_let_it_go_on(story: Story) -> None:
    hse, lacors = story.house.hse, story.house.lacors
    stop(story, hse)
    stop(story, lacors)
    assert stands(story) == ("stopped", ["hse", "lacors"], "Stopped by HSE director. Stopped by LACoRS chair")
    assert newest(story) == SendingStopped(reason="Stopped by LACoRS chair")

    resume(story, hse)
    assert stands(story) == ("stopped", ["lacors"], "HSE director resumed it, and LACoRS has not yet")
    assert newest(story) == StopLifted(party="hse")
    with pytest.raises(NotYours, match="The other party stopped this"):
        resume(story, hse)

    resume(story, lacors)
    assert stands(story) == ("sending", [], None)


def test_what_the_gate_stopped_a_party_stops_too_and_then_only_that_party_lets_it_go_on(story: Story) -> None:
    held(story)
    stop(story, story.house.lacors)

    assert stands(story) == ("stopped", ["lacors"], "A stored letter is not the one that was signed. Stopped by LACoRS chair")
    with pytest.raises(NotYours):
        resume(story, story.house.hse)
    resume(story, story.house.lacors)
    assert stands(story) == ("sending", [], None)


def test_a_party_stops_once_and_the_gate_says_nothing_of_what_is_stopped(story: Story) -> None:
    stop(story, story.house.hse)
    before = stands(story)

    with pytest.raises(NotAllowedNow, match=r"^Your party has stopped this already\.$"):
        stop(story, story.house.drafter)
    held(story)

    assert stands(story) == before


@pytest.mark.parametrize(
    ("who", "stoppers", "may"),
    [
        ("hse", [], (True, True)),
        ("hse", ["hse"], (False, True)),
        ("hse", ["lacors"], (True, False)),
        ("hse", ["hse", "lacors"], (False, True)),
        ("observer", [], (False, False)),
    ],
)
def test_pages_offer_what_a_step_would_take(story: Story, who: str, stoppers: list[str], may: tuple[bool, bool]) -> None:
    held(story)
    by: Officer = getattr(story.house, who)
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        release.stopped_by = " ".join(stoppers) or None

        assert (permits.may_stop(release, by), schedules.is_theirs_to_resume(release, by)) == may


def test_what_was_stopped_today_and_is_due_tomorrow_is_let_go_on_today(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite), stories.words(not_before=NOON + DAY))
    story.schedule(when=NOON + DAY)
    stop(story, story.house.hse)

    resume(story, story.house.hse, NOON + HOUR)

    assert story.state() == "scheduled"
    assert (begin(story, NOON + DAY - MINUTE), begin(story, NOON + DAY)) == ("scheduled", "sending")


def test_what_has_begun_goes_on_at_once_whenever_it_was_once_to_go(story: Story) -> None:
    stop(story, story.house.hse)
    with story.database.transaction() as session:
        releases.get(session, story.release).scheduled_for = LATEST

    resume(story, story.house.hse)

    assert story.state() == "sending"
