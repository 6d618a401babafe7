"""Whoever has a message that waits for a milestone is told that it has happened."""

from typing import Any

import sqlalchemy as sa

from campaigns.agreement import releases
from campaigns.delivery.notices import Notice
from campaigns.drafting import messages
from campaigns.drafting.terms import Terms
from campaigns.foundation.officers import OfficerRecord
from campaigns.planning import milestones
from campaigns.planning.milestones import MilestoneReached, MilestoneTakenBack
from tests.campaigns import stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import HOUR, NOON, House
from tests.workers.facts import WRITERS, every, fact, written
from tests.workers.letters import reads_as_agreed
from workers import awaiting, sending, subscriptions
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


def taken_back(house: House) -> None:
    """The one milestone there is has not happened after all."""
    with house.database.transaction() as session:
        (milestone,) = milestones.of(session, house.campaign)
        milestones.take_back(session, milestone.id, reason="the wrong meeting", by=house.lacors, at=NOON)


def test_taken_back_whatever_waits_for_it_stops_and_nothing_else_does(house: House, tools: Tools) -> None:
    waiting, other = stories.agreed_release(house, waits()), stories.agreed_release(house, stories.words(title="Another"))
    happens(house, tools)
    for story in (waiting, other):
        story.schedule(when=NOON + HOUR)

    taken_back(house)
    sending.hold_what_waits(fact(house.database, MilestoneTakenBack), tools)

    assert (waiting.state(), other.state()) == ("stopped", "scheduled")
    with house.database.reading() as session:
        reason = releases.get(session, waiting.release).reason
        assert reason == "What it waits for has not happened after all: the wrong meeting"


def test_recorded_anew_before_a_worker_hears_that_it_was_taken_back_nothing_stops(house: House, tools: Tools) -> None:
    story = stories.agreed_release(house, waits())
    happens(house, tools)
    story.schedule(when=NOON + HOUR)
    taken_back(house)
    with house.database.transaction() as session:
        (milestone,) = milestones.of(session, house.campaign)
        milestones.reach(session, milestone.id, evidence="HELA minutes of 16 May", by=house.lacors, at=NOON)

    sending.hold_what_waits(fact(house.database, MilestoneTakenBack), tools)

    assert story.state() == "scheduled"


def test_the_author_of_a_draft_and_both_parties_of_what_is_agreed_are_told_that_it_was_taken_back(house: House, tools: Tools) -> None:
    draft = stories.drafted(reachable(house), waits())
    agreed = stories.agreed_release(house, waits(title="Agreed"))
    scheduled = stories.agreed_release(house, waits(title="Scheduled"))
    happens(house, tools)
    scheduled.schedule(when=NOON + HOUR)
    with house.database.transaction() as session:
        session.exec(sa.delete(Notice))
    taken_back(house)

    for _ in range(2):
        awaiting.tell_who_waits_again(fact(house.database, MilestoneTakenBack), tools)

    found = every(house.database)
    about = {notice.subject for notice in found}
    assert about == {f"What it waits for has not happened after all: {title}" for title in ("What LOPP is", "Agreed")}
    to_author = next(notice for notice in found if str(draft) in (notice.text or ""))
    assert to_author.to == "hse-drafter@posts.test" and reads_as_agreed("what_it_waits_for_again", to_author, the_message=draft)
    assert sorted(notice.to for notice in found if str(agreed.message) in (notice.text or "")) == [f"{name}@posts.test" for name in WRITERS]


def test_a_worker_hears_both() -> None:
    assert subscriptions.SUBSCRIPTIONS[MilestoneReached] == [awaiting.tell_who_waited]
    assert subscriptions.SUBSCRIPTIONS[MilestoneTakenBack] == [sending.hold_what_waits, awaiting.tell_who_waits_again]
