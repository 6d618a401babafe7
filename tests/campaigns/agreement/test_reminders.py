"""A party that has not signed is reminded every two days while its signature is of use, and never counts as having signed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from campaigns.agreement import releases, reminders, roster_changes, schedules, signatures, software_keys, standing
from campaigns.agreement.reminders import Call, PartyReminded, Reminder
from campaigns.agreement.rosters import Member
from campaigns.drafting import messages
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import DAY, MINUTE, NOON, House, Story

pytestmark = pytest.mark.long  # `make test` stays within five minutes


@pytest.fixture
def house(database: Database) -> House:
    """Both parties; everybody has an address."""
    return reachable(stories.house(database))


def reminded(story: Story, at: datetime) -> list[Call]:
    """What one clock does at a moment."""
    with story.database.reading() as session:
        due = reminders.due(session, at=at)
    with story.database.transaction() as session:
        return [call for release in due for call in reminders.remind(session, release, at=at)]


def said(calls: list[Call]) -> dict[str, tuple[int, list[str]]]:
    return {call.party.code: (call.number, [address.removesuffix("@posts.test") for address in call.addresses]) for call in calls}


def days(story: Story, count: int, *, step: timedelta = DAY) -> dict[int, list[str]]:
    """Which parties are reminded on which of the days that follow sealing."""
    found = {day: [call.party.code for call in reminded(story, NOON + day * step)] for day in range(count)}
    return {day: parties for day, parties in found.items() if parties}


def deputy(house: House, party: str, *, ends: datetime) -> None:
    """Somebody who stands in for a party, by a second roster that both parties signed."""
    with house.database.transaction() as session:
        stand_in = officers.add(
            session, name=f"Stand-in of {party}", party=party, duty="signatory", email=f"stand-in-{party}@posts.test", by="test", at=NOON
        )
        software_keys.enrol(session, [stand_in], at=NOON)
        entry = Member(**{**software_keys.member(session, stand_in).model_dump(), "standing": "deputy", "ends": ends})
        members = [*standing.chain(session).current.members, entry]
        roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=house.drafter, at=NOON)
        software_keys.sign_roster(session, [house.hse, house.lacors], at=NOON)


def test_the_first_reminder_comes_after_two_days_and_then_one_every_two_days_until_it_lapses(house: House) -> None:
    story = stories.waiting_release(house)
    assert reminded(story, NOON + 2 * DAY - MINUTE) == []

    assert days(story, 30) == {day: ["hse", "lacors"] for day in (2, 4, 6, 8, 10, 12)}


def test_those_who_may_sign_are_written_to_and_the_step_is_recorded_with_its_event(house: House) -> None:
    story = stories.waiting_release(house)

    calls = said(reminded(story, NOON + 2 * DAY))

    assert calls == {"hse": (1, ["hse-deputy", "hse-director"]), "lacors": (1, ["lacors-chair", "lacors-deputy"])}
    with house.database.reading() as session:
        told = [log.read(entry) for entry in log.history(session, story.release) if entry.kind == PartyReminded.__name__]
        assert told == [PartyReminded(party=party, number=1, told=2) for party in ("hse", "lacors")]
        rows = [(row.party, row.number, row.told, row.at) for row in session.exec(select(Reminder).order_by(Reminder.party))]
        assert rows == [(party, 1, 2, NOON + 2 * DAY) for party in ("hse", "lacors")]


def test_a_clock_that_was_away_reminds_once_and_not_for_every_step_it_missed(house: House) -> None:
    story = stories.waiting_release(house)

    calls = [said(reminded(story, NOON + 7 * DAY + wait)) for wait in (0 * DAY, MINUTE, DAY, 2 * DAY)]

    assert [sorted(number for number, _ in found.values()) for found in calls] == [[1, 1], [], [], [2, 2]]


def test_of_a_release_that_another_clock_reminded_nobody_is_again_though_another_release_is_due(house: House) -> None:
    story, other = stories.waiting_release(house), stories.waiting_release(house)

    with house.database.transaction() as session:
        found = [len(reminders.remind(session, one.release, at=NOON + 2 * DAY)) for one in (story, story, other)]

    assert found == [2, 0, 2]


def test_only_the_party_that_has_not_signed_is_reminded(house: House) -> None:
    assert days(stories.half_signed_release(house), 6) == {2: ["lacors"], 4: ["lacors"]}


def test_editors_suspended_and_departed_signatories_are_not_reminded(house: House) -> None:
    message = stories.drafted(house)
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.hse, at=NOON)
    release = stories.submitted(house, message)
    stories.seal(house, release)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Key stolen.", by=house.drafter, at=NOON)
        officers.leave(session, house.lacors_other.id, by="test", at=NOON)

    calls = said(reminded(Story(house, message, release), NOON + 2 * DAY))

    assert calls == {"hse": (1, ["hse-deputy"]), "lacors": (1, [])}


def test_deputies_are_asked_from_the_third_reminder_on_while_their_dates_cover_it(house: House) -> None:
    deputy(house, "lacors", ends=NOON + 7 * DAY)
    story = stories.waiting_release(house)

    calls = [said(reminded(story, NOON + day * DAY))["lacors"] for day in (2, 4, 6, 8)]

    regular = ["lacors-chair", "lacors-deputy"]
    assert calls == [(1, regular), (2, regular), (3, [*regular, "stand-in-lacors"]), (4, regular)]


def test_deputies_are_asked_at_once_where_no_signatory_can_sign(house: House) -> None:
    deputy(house, "lacors", ends=NOON + 7 * DAY)
    story = stories.waiting_release(house)
    with house.database.transaction() as session:
        for suspended in (house.lacors, house.lacors_other):
            roster_changes.suspend(session, suspended.id, reason="Key stolen.", by=house.drafter, at=NOON)

    calls = reminded(story, NOON + 2 * DAY)

    assert said(calls)["lacors"] == (1, ["stand-in-lacors"])
    assert [call.deputies for call in calls] == ["", "No signatory of LACoRS can sign it now, so its deputies are asked."]


def test_nobody_is_reminded_later_than_it_is_due(house: House) -> None:
    story = stories.waiting_release(house, stories.words(latest_send=NOON + 5 * DAY))

    with house.database.reading() as session:
        assert reminders.due_by(releases.get(session, story.release)) == NOON + 5 * DAY
    assert list(days(story, 10)) == [2, 4]


def test_the_approval_s_life_is_the_due_date_of_what_may_go_later(house: House) -> None:
    story = stories.waiting_release(house)

    with house.database.reading() as session:
        assert reminders.due_by(releases.get(session, story.release)) == NOON + 14 * DAY


def returned(story: Story) -> None:
    with story.database.transaction() as session:
        releases.return_(session, story.release, reason="Other words.", by=story.house.lacors, at=NOON + 3 * DAY)


def withdrawn(story: Story) -> None:
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Not needed.", by=story.house.lacors, at=NOON + 3 * DAY)


def changed(story: Story) -> None:
    with story.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=story.house.drafter, at=NOON + 3 * DAY)


def signed(story: Story) -> None:
    story.sign(story.house.hse, at=NOON + 3 * DAY)
    story.sign(story.house.lacors, at=NOON + 3 * DAY)


def missed(story: Story) -> None:
    with story.database.transaction() as session:
        session.get_one(releases.Release, story.release).latest_send = NOON + 3 * DAY
        session.flush()
        schedules.end_overdue(session, at=NOON + 3 * DAY)


@pytest.mark.parametrize("ending", [returned, withdrawn, changed, signed, missed])
def test_what_waits_no_longer_is_never_reminded_of_again(house: House, ending: Callable[[Story], None]) -> None:
    ended, control = stories.waiting_release(house), stories.waiting_release(house, stories.words(title="Another"))
    assert len(reminded(ended, NOON + 2 * DAY)) == 4
    ending(ended)

    for day in range(4, 14, 2):
        found = {call.release.id for call in reminded(ended, NOON + day * DAY)}
        assert found == {control.release}


@pytest.mark.parametrize("ending", [returned, withdrawn, changed, signed, missed])
def test_what_ended_between_the_look_and_the_reminder_is_not_reminded_of(house: House, ending: Callable[[Story], None]) -> None:
    story = stories.waiting_release(house)
    with house.database.reading() as session:
        assert reminders.due(session, at=NOON + 4 * DAY) == [story.release]
    ending(story)

    with house.database.transaction() as session:
        assert reminders.remind(session, story.release, at=NOON + 4 * DAY) == []
        assert reminders.due(session, at=NOON + 4 * DAY) == []


def test_silence_never_approves_however_often_a_party_was_reminded(house: House) -> None:
    story = stories.half_signed_release(house)
    days(story, 14 * 24, step=DAY / 24)

    with house.database.reading() as session:
        release = releases.get(session, story.release)
        assert reminders.numbers(session, [release.id]) == {(release.id, "lacors"): 6}
        assert [one.party for one in signatures.given(session, release.id)] == ["hse"]
        assert [party.code for party in releases.missing(session, release)] == ["lacors"]
    with pytest.raises(Exception, match="LACoRS has not signed"):
        story.schedule(at=NOON + 13 * DAY)
    story.sign(house.lacors, at=NOON + 13 * DAY)
    story.schedule(at=NOON + 13 * DAY)
    assert story.state() == "scheduled"


def test_nobody_is_written_to_while_no_roster_stands(house: House) -> None:
    story = stories.waiting_release(house)
    with house.database.transaction() as session:
        roster_changes.found_anew(session, by="test", at=NOON)

    assert said(reminded(story, NOON + 2 * DAY)) == {"hse": (1, []), "lacors": (1, [])}
