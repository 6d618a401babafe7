"""A release is closed once its every letter has its outcome, however the last one came to it, and what ended leaves nothing waiting."""

import pytest
import sqlalchemy as sa
from sqlmodel import col

from campaigns.agreement import releases
from campaigns.delivery import deliveries, plans, settling
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.settling import ChunkSent
from campaigns.foundation import log
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, House
from tests.workers.facts import fact
from workers import scheduler, sending
from workers.tools import Tools


@pytest.mark.parametrize(("state", "closed"), [("returned", "sent"), ("removed", "sent"), ("held", "sending")])
def test_the_clock_closes_what_is_done_by_whatever_ended_its_last_letter(house: House, tools: Tools, state: str, closed: str) -> None:
    story = stories.sending_release(house)
    with house.database.transaction() as session:
        session.exec(sa.update(Delivery).values(state="accepted"))
        session.exec(sa.update(Delivery).where(col(Delivery.position) == 0).values(state=state))
        posting.recount(session, story.release)

    for _ in range(2):
        assert scheduler.tick(tools) == []

    assert story.state() == closed


def test_letters_that_were_in_hand_as_a_release_ended_do_not_wait_for_ever(house: House, tools: Tools) -> None:
    story = stories.sending_release(house)
    claim = posting.claimed(story)
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=house.hse, at=NOON)
        deliveries.abandon(session, story.release, reason="withdrawn", at=NOON)
        settling.give_back(session, claim.hand, [], [], not_before=NOON, at=NOON)
        assert deliveries.counted(session, story.release)["queued"] == len(claim.letters)

    sending.close_release(fact(house.database, ChunkSent), tools)

    with house.database.reading() as session:
        assert deliveries.counted(session, story.release) == {"missed": 3}


def test_what_is_not_done_or_not_going_is_not_closed(house: House) -> None:
    story = stories.sending_release(house)
    with house.database.transaction() as session:
        assert not plans.close_if_done(session, story.release, at=NOON)
        session.exec(sa.update(Delivery).values(state="accepted"))
        posting.recount(session, story.release)
        assert plans.close_if_done(session, story.release, at=NOON)
        assert not plans.close_if_done(session, story.release, at=NOON)
        assert log.of_kinds(session, story.release, "ReleaseSent")
