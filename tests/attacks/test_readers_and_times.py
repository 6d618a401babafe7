"""Attacks on who gets it and when: a reader slipped in, windows stretched, what went out sent again, test letters, stale approvals."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from campaigns.agreement import releases, schedules
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import trials
from campaigns.drafting import messages, samples
from campaigns.foundation.errors import NotAllowedNow
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene
from tests.campaigns import posting, stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import DAY, HOUR, LATEST, NOON


def test_a8_a_reader_is_added_after_both_signatures(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        lifted(session)
        for table in (SealedLetter, Particulars):
            row = session.get_one(table, (story.release, 2)).model_dump()
            session.add(table(**(row | {"position": 3} | ({"address": "late@council9.test"} if table is Particulars else {}))))

    held(story, "a reader added to the frozen ones", "The frozen readers are not the ones that were signed")


def test_a10_it_is_scheduled_before_the_signed_window(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house, stories.words(not_before=NOON + DAY))
    early = NOON + HOUR

    assert not attack.tries(lambda session: schedules.schedule(session, story.release, when=early, by=attack.house.drafter, at=NOON))
    with attack.house.database.transaction() as session:
        lifted(session)
        session.exec(
            sa.update(Release).values(state="scheduled", scheduled_for=NOON, not_before=None).where(col(Release.id) == story.release)
        )
    held(story, "the schedule moved before the signed window, also at the database", "the earliest both parties signed")


def test_a10_the_latest_time_is_stretched(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    after = LATEST + HOUR
    with attack.house.database.transaction() as session:
        lifted(session)
        changed = sa.update(Release).values(latest_send=LATEST + DAY).where(col(Release.id) == story.release)
        session.exec(changed)

    held(story, "the latest time to send stretched at the database", "The latest time to send that was signed has passed", at=after)


def test_a10_the_window_is_changed_in_the_words(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(latest_send=LATEST + DAY), by=attack.house.drafter, at=NOON)

    held(story, "the latest time to send stretched in the words", "The release is superseded")


@pytest.mark.parametrize("state", ["sealed", "scheduled", "sending"])
def test_a30_what_went_out_is_not_sent_again(attack: Scene, held: Held, state: str) -> None:
    story = stories.agreed_release(attack.house)
    assert attack.push(story) == len(stories.READERS)
    with attack.house.database.transaction() as session:
        schedules.finish(session, story.release, at=NOON)
    assert not attack.tries(lambda session: schedules.schedule(session, story.release, when=None, by=attack.house.drafter, at=NOON))
    with attack.house.database.transaction() as session:
        lifted(session)
        session.exec(sa.update(Release).values(state=state).where(col(Release.id) == story.release))

    # whatever the release's row says, each letter's own row says that it was accepted
    held(story, f"a finished release put back to “{state}” and sent again", "", already=len(stories.READERS))


def test_a31_test_letters_go_by_no_way_to_readers_and_at_most_twenty_a_day(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    with attack.house.database.transaction() as session:
        words = messages.current(session, messages.get(session, story.message)).read()
        opened = samples.of_words(words, reference="ABCD-2345", sender=stories.SENDER)["practitioners"]
        for _ in range(trials.A_DAY):
            trials.write(session, story.message, opened, audience="practitioners", to="me@posts.test", by=attack.house.drafter, at=NOON)
        with pytest.raises(NotAllowedNow, match="which is the most"):
            trials.write(session, story.message, opened, audience="practitioners", to="me@posts.test", by=attack.house.drafter, at=NOON)

    held(story, "test letters before approval, until there are too many", "LACoRS has not signed")


@pytest.mark.parametrize("days", [14, 20])
def test_a32_signatures_collected_over_too_long_do_not_count(attack: Scene, held: Held, days: int) -> None:
    story = stories.half_signed_release(attack.house)
    late = NOON + timedelta(days=days, seconds=1)
    with attack.house.database.transaction() as session:
        schedules.end_overdue(session, at=late)

    assert story.state() == "lapsed"
    held(story, f"the second signature after {days} days", "The release is lapsed")


def test_a32_what_was_not_sent_in_time_is_missed(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    story.schedule(when=NOON + HOUR)
    with attack.house.database.transaction() as session:
        schedules.end_overdue(session, at=LATEST)

    assert story.state() == "missed"
    held(story, "an outage over the latest time to send", "The release is missed", at=LATEST)


def test_p8_a_release_stopped_in_mid_run_sends_no_more(attack: Scene) -> None:
    story = stories.sending_release(attack.house, size=1)
    first, *_ = posting.chunks(story)
    attack._send(story, first, NOON)
    with attack.house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No longer true.", by=attack.house.lacors, at=NOON)

    assert attack.push(story) == 1
