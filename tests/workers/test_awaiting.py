"""Whoever has a message that waits for a milestone is told that it has happened."""

from typing import Any

from campaigns.drafting import messages
from campaigns.drafting.terms import Terms
from campaigns.foundation.officers import OfficerRecord
from campaigns.planning import milestones
from campaigns.planning.milestones import MilestoneReached
from tests.campaigns import stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import NOON, House
from tests.workers.letters import reads_as_agreed
from tests.workers.test_telling import WRITERS, every, fact, written
from workers import awaiting, subscriptions
from workers.tools import Tools

NAME = "Approach agreed"


def waits(**changes: Any) -> Any:
    return stories.words(terms=Terms(waits_for=NAME), **changes)


def happens(house: House, tools: Tools, *, times: int = 1) -> None:
    """It is named, recorded, and heard so often."""
    with house.database.transaction() as session:
        key = milestones.add(session, house.campaign, name=NAME, by=house.drafter, at=NOON)
        milestones.reach(session, key, evidence="HELA minutes of 9 May", by=house.lacors, at=NOON)
    for _ in range(times):
        awaiting.tell_who_waited(fact(house.database, MilestoneReached), tools)


def test_the_author_of_a_draft_that_waited_is_told_once(house: House, tools: Tools) -> None:
    message = stories.drafted(reachable(house), waits())
    stories.drafted(house)

    happens(house, tools, times=2)

    (notice,) = every(house.database)
    assert notice.to == "hse-drafter@posts.test"
    assert reads_as_agreed("what_it_waited_for", notice, the_message=message)


def test_officers_of_both_parties_are_told_of_what_is_agreed(house: House, tools: Tools) -> None:
    stories.agreed_release(reachable(house), waits())

    happens(house, tools)

    found = written(house.database)
    assert sorted(found) == [f"{name}@posts.test" for name in WRITERS]
    assert "an officer chooses when it goes" in " ".join((found["lacors-chair@posts.test"].text or "").split())


def test_of_a_draft_whose_author_has_left_both_parties_are_told(house: House, tools: Tools) -> None:
    stories.drafted(reachable(house), waits())
    with house.database.transaction() as session:
        session.get_one(OfficerRecord, house.drafter.id).active = False

    happens(house, tools)

    assert sorted(written(house.database)) == [f"{name}@posts.test" for name in WRITERS if name != "hse-drafter"]


def test_nobody_is_told_of_what_is_withdrawn_or_waits_for_something_else(house: House, tools: Tools) -> None:
    stories.drafted(reachable(house), stories.words(terms=Terms(waits_for="Something else")))
    message = stories.drafted(house, waits())
    with house.database.transaction() as session:
        messages.withdraw(session, message, reason="No longer true", by=house.drafter, at=NOON)

    happens(house, tools)

    assert every(house.database) == []


def test_a_worker_hears_it() -> None:
    assert subscriptions.SUBSCRIPTIONS[MilestoneReached] == [awaiting.tell_who_waited]
