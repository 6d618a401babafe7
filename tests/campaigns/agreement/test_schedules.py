"""When an agreed release goes, who stops it, and what is never sent late."""

from datetime import datetime, timedelta

import pytest

from campaigns.agreement import releases, schedules
from campaigns.drafting import messages
from campaigns.drafting.risks import Risk
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import DAY, HOUR, LATEST, MINUTE, NOON, Story


def begin(story: Story, at: datetime) -> str:
    with story.database.transaction() as session:
        schedules.begin_due(session, at=at)
    return story.state()


def end(story: Story, at: datetime) -> str:
    with story.database.transaction() as session:
        schedules.end_overdue(session, at=at)
    return story.state()


def stop(story: Story, by: Officer) -> None:
    with story.database.transaction() as session:
        schedules.stop(session, story.release, by=by, at=NOON)


def resume(story: Story, by: Officer, at: datetime = NOON) -> None:
    with story.database.transaction() as session:
        schedules.resume(session, story.release, by=by, at=at)


def kinds(story: Story) -> list[str]:
    with story.database.reading() as session:
        return [entry.kind for entry in log.history(session, story.release)]


def test_an_agreed_release_goes_at_its_time_and_not_before(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule(when=NOON + HOUR)

    assert begin(story, NOON + HOUR - MINUTE) == "scheduled"
    assert begin(story, NOON + HOUR) == "sending"
    with database.reading() as session:
        assert messages.get(session, story.message).state == "gone"
    assert kinds(story)[-2:] == ["ReleaseScheduled", "SendingBegan"]


def test_the_words_of_what_is_going_are_not_changed(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    with pytest.raises(NotAllowedNow), database.transaction() as session:
        messages.revise(session, story.message, stories.words(title="Too late"), by=story.house.drafter, at=NOON)


@pytest.mark.parametrize("made", [stories.waiting_release, stories.half_signed_release])
def test_what_both_have_not_signed_is_not_scheduled(database: Database, made: object) -> None:
    story = made(stories.house(database))  # type: ignore[operator]

    with pytest.raises(GateClosed, match="has not signed"):
        story.schedule()


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (LATEST, "Choose a time before Thursday 11 June 2026, 12:00, the latest both parties signed"),
        (LATEST + DAY, "the latest both parties signed"),
        (NOON + MINUTE, "Choose a time not before Tuesday 12 May 2026, 13:00, the earliest both parties signed"),
        (NOON - 2 * MINUTE, "Choose a time that has not passed"),
    ],
)
def test_a_moment_outside_the_signed_window_is_refused_by_field(database: Database, when: datetime, said: str) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(not_before=NOON + HOUR))

    with pytest.raises(Invalid, match=said) as refusal:
        story.schedule(when=when)

    assert [problem.field for problem in refusal.value.problems] == ["day"] and story.state() == "sealed"


def test_a_moment_within_the_rest_that_a_high_risk_asks_for_is_refused_with_its_end(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(risk=Risk(kind="high", hold_hours=4)))

    with pytest.raises(Invalid, match="Choose a time not before Tuesday 12 May 2026, 16:00, the end of the rest after the last signature"):
        story.schedule(when=NOON + HOUR)

    assert story.state() == "sealed"


def test_now_means_the_signed_earliest_time_when_that_is_later(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(not_before=NOON + HOUR))

    story.schedule()

    assert begin(story, NOON + HOUR - MINUTE) == "scheduled" and begin(story, NOON + HOUR) == "sending"


def test_a_schedule_can_be_changed_until_it_begins(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    story.schedule(when=NOON + HOUR)
    story.schedule(when=NOON + 2 * HOUR)

    assert begin(story, NOON + HOUR) == "scheduled" and begin(story, NOON + 2 * HOUR) == "sending"
    with pytest.raises(NotAllowedNow):
        story.schedule()


@pytest.mark.parametrize("who", ["observer", "administrator"])
def test_whoever_may_only_look_neither_schedules_stops_nor_resumes(database: Database, who: str) -> None:
    story = stories.agreed_release(stories.house(database))
    by = getattr(story.house, who)

    with pytest.raises(NotYours), database.transaction() as session:
        schedules.schedule(session, story.release, when=None, by=by, at=NOON)
    with pytest.raises(NotYours):
        stop(story, by)
    with pytest.raises(NotYours):
        resume(story, by)


def test_a_release_the_gate_refuses_at_its_moment_is_stopped_with_the_reason(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule(when=NOON + HOUR)
    with database.transaction() as session:
        messages.revise(session, story.message, stories.words(title="Newer"), by=story.house.drafter, at=NOON)

    assert begin(story, NOON + HOUR) == "stopped"

    with database.reading() as session:
        release = releases.get(session, story.release)
        assert release.stopped_by is None and "superseded" in (release.reason or "")
    assert kinds(story)[-1] == "SendingStopped"
    with pytest.raises(GateClosed):
        resume(story, story.house.lacors)
    assert story.state() == "stopped"


@pytest.mark.parametrize(("who", "other"), [("hse", "lacors"), ("lacors", "drafter")])
def test_either_party_stops_it_and_only_that_party_lets_it_go_on(database: Database, who: str, other: str) -> None:
    story = stories.sending_release(stories.house(database))

    stop(story, getattr(story.house, who))

    assert story.state() == "stopped"
    with pytest.raises(NotYours, match="The other party stopped this"):
        resume(story, getattr(story.house, other))
    resume(story, getattr(story.house, who))
    assert story.state() == "sending" and kinds(story)[-2:] == ["SendingStopped", "SendingResumed"]


def test_what_was_stopped_before_it_began_waits_for_its_time_again(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule(when=NOON + HOUR)
    stop(story, story.house.hse)
    assert begin(story, NOON + HOUR) == "stopped"

    resume(story, story.house.hse_other, NOON + HOUR)

    assert story.state() == "scheduled" and begin(story, NOON + HOUR) == "sending"


def test_what_is_stopped_is_not_resumed_outside_its_window(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    stop(story, story.house.hse)

    with pytest.raises(GateClosed, match="latest time"):
        resume(story, story.house.hse, LATEST)

    assert story.state() == "stopped"


def test_resuming_what_is_not_stopped_is_refused(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with pytest.raises(NotAllowedNow, match="This release is sealed"):
        resume(story, story.house.hse)


def test_the_gate_s_own_stop_is_harmless_on_what_has_ended(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))

    with database.transaction() as session:
        schedules.hold(session, story.release, reason="too late", at=NOON)

    assert story.state() == "sealed" and "SendingStopped" not in kinds(story)


@pytest.mark.parametrize("made", [stories.waiting_release, stories.agreed_release, stories.sending_release])
def test_what_has_not_gone_by_its_latest_time_is_missed(database: Database, made: object) -> None:
    latest = NOON + 10 * DAY
    story: Story = made(stories.house(database), stories.words(latest_send=latest))  # type: ignore[operator]

    assert end(story, latest - MINUTE) != "missed"
    assert end(story, latest) == "missed"

    assert kinds(story)[-1] == "ReleaseMissed" and begin(story, latest) == "missed"


def test_what_is_late_is_missed_and_not_stopped_as_well(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule(when=LATEST - MINUTE)

    assert (begin(story, LATEST), end(story, LATEST)) == ("scheduled", "missed")
    assert "SendingStopped" not in kinds(story)


def test_what_waits_too_long_for_signatures_has_lapsed_and_can_be_submitted_again(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    assert end(story, NOON + timedelta(days=13)) == "sealed"
    assert end(story, NOON + timedelta(days=14)) == "lapsed"

    with pytest.raises(NotAllowedNow):
        story.sign(story.house.lacors, at=NOON + timedelta(days=14))
    stories.submitted(story.house, story.message, at=NOON + timedelta(days=15))


def test_what_both_signed_in_time_does_not_lapse(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    assert end(story, NOON + timedelta(days=20)) == "sealed"


def test_a_release_is_finished_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database))

    with database.transaction() as session:
        assert schedules.finish(session, story.release, at=NOON)
    with database.transaction() as session:
        assert not schedules.finish(session, story.release, at=NOON)

    assert story.state() == "sent" and kinds(story).count("ReleaseSent") == 1
    with database.reading() as session:
        assert releases.get(session, story.release).ended_at == NOON
