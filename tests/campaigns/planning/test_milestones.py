"""What messages wait for: named once, recorded with what shows it, and asked by the gate."""

import pytest

from campaigns.agreement import gate, releases
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours
from campaigns.planning import milestones
from tests.campaigns import stories
from tests.campaigns.stories import NOON

NAME = "Approach agreed"


def test_a_release_that_waits_goes_once_it_is_recorded_that_it_has_happened(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(terms=Terms(waits_for=NAME)))
    with pytest.raises(GateClosed, match="It waits for this to be recorded: Approach agreed"):
        story.schedule()
    with database.transaction() as session:
        milestone = milestones.add(session, story.house.campaign, name=NAME, by=story.house.drafter, at=NOON)
    with pytest.raises(GateClosed, match="waits for"):
        story.schedule()

    with database.transaction() as session:
        milestones.reach(session, milestone, evidence="HELA minutes of 9 May, item 4", by=story.house.lacors, at=NOON)
    story.schedule()
    with database.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON)
        assert [(one.name, one.evidence) for one in milestones.of(session, story.house.campaign)] == [
            (NAME, "HELA minutes of 9 May, item 4")
        ]


def test_what_was_recorded_by_mistake_is_taken_back_and_the_gate_closes_again(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(terms=Terms(waits_for=NAME)))
    with database.transaction() as session:
        milestone = milestones.add(session, story.house.campaign, name=NAME, by=story.house.drafter, at=NOON)
        milestones.reach(session, milestone, evidence="HELA minutes of 9 May", by=story.house.lacors, at=NOON)
    story.schedule()

    with database.transaction() as session:
        milestones.take_back(session, milestone, reason="the wrong meeting", by=story.house.drafter, at=NOON)

    with database.reading() as session:
        assert [one.evidence for one in milestones.of(session, story.house.campaign)] == [""]
        with pytest.raises(GateClosed, match="waits for this to be recorded"):
            gate.check(session, releases.get(session, story.release), at=NOON)
    with database.transaction() as session:
        milestones.reach(session, milestone, evidence="HELA minutes of 16 May", by=story.house.lacors, at=NOON)
        assert gate.check(session, releases.get(session, story.release), at=NOON)


def test_what_is_not_recorded_cannot_be_taken_back_nor_without_a_reason(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        never = milestones.add(session, house.campaign, name="Never", by=house.drafter, at=NOON)
        milestone = milestones.add(session, house.campaign, name=NAME, by=house.drafter, at=NOON)
        milestones.reach(session, milestone, evidence="the minutes", by=house.drafter, at=NOON)
    for refusal, step in [
        (NotAllowedNow, lambda session: milestones.take_back(session, never, reason="a slip", by=house.drafter, at=NOON)),
        (Invalid, lambda session: milestones.take_back(session, milestone, reason=" ", by=house.drafter, at=NOON)),
        (NotYours, lambda session: milestones.take_back(session, milestone, reason="a slip", by=house.observer, at=NOON)),
    ]:
        with pytest.raises(refusal), sqlite.transaction() as session:
            step(session)
    with sqlite.reading() as session:
        assert milestones.is_reached(session, house.campaign, NAME)


def test_a_name_is_given_once_and_a_thing_happens_once(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        milestone = milestones.add(session, house.campaign, name=f" {NAME} ", by=house.drafter, at=NOON)
        milestones.reach(session, milestone, evidence="the minutes", by=house.drafter, at=NOON)
    for refusal, step in [
        (Invalid, lambda session: milestones.add(session, house.campaign, name=NAME, by=house.drafter, at=NOON)),
        (Invalid, lambda session: milestones.add(session, house.campaign, name=" ", by=house.drafter, at=NOON)),
        (NotAllowedNow, lambda session: milestones.reach(session, milestone, evidence="again", by=house.drafter, at=NOON)),
        (NotYours, lambda session: milestones.reach(session, milestone, evidence="again", by=house.observer, at=NOON)),
    ]:
        with pytest.raises(refusal), sqlite.transaction() as session:
            step(session)
