"""What officers are told late may be over: the notice says when it was."""

from datetime import timedelta

import pytest

from campaigns.agreement import roster_changes, schedules
from campaigns.agreement.roster_changes import RosterGivenUp
from campaigns.agreement.schedules import SendingResumed
from campaigns.foundation.clock import say
from tests.campaigns import stories
from tests.campaigns.posting import Clock, reachable
from tests.campaigns.stories import HOUR, MINUTE, NOON, House
from tests.workers import test_awaiting
from tests.workers.facts import fact, written
from workers import telling
from workers.tools import Tools


def text(house: House, reader: str) -> str:
    return " ".join((written(house.database)[reader].text or "").split())


@pytest.mark.parametrize(("after", "said"), [(10 * MINUTE, False), (10 * MINUTE + timedelta(seconds=1), True), (8 * HOUR, True)])
def test_what_happened_to_a_release_and_is_told_ten_minutes_later_is_dated(
    house: House, tools: Tools, clock: Clock, after: timedelta, said: bool
) -> None:
    story = stories.sending_release(reachable(house))
    with house.database.transaction() as session:
        schedules.stop(session, story.release, by=house.hse, at=NOON)
        schedules.resume(session, story.release, by=house.hse, at=NOON)
        schedules.stop(session, story.release, by=house.hse, at=NOON)

    clock.at = NOON + after
    telling.tell_both_parties(fact(house.database, SendingResumed), tools)

    dated = f"Letters leave again. This was on {say(NOON)}; the page says how it stands now."
    assert (dated in text(house, "lacors-chair@posts.test")) is said


def test_so_is_what_happened_to_the_roster_and_to_what_a_message_waited_for(house: House, tools: Tools, clock: Clock) -> None:
    stories.drafted(reachable(house), test_awaiting.waits())
    with house.database.transaction() as session:
        roster_changes.found_anew(session, by="the operator", at=NOON)

    clock.at = NOON + HOUR
    telling.tell_signatories_the_roster_is_given_up(fact(house.database, RosterGivenUp), tools)
    test_awaiting.happens(house, tools)

    for reader in ("lacors-chair@posts.test", "hse-drafter@posts.test"):
        assert f"This was on {say(NOON)}; the page says how it stands now." in text(house, reader)
