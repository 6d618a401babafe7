"""Whoever holds a superseded speaking note is told, in agreed words, once for each version."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from campaigns.agreement.releases import ReleaseAgreed, ReleaseWithdrawn
from campaigns.briefings import arranging, kit_holders, tours
from campaigns.briefings.arranging import NotePinned
from campaigns.foundation.database import Database
from campaigns.foundation.log import Event
from campaigns.foundation.officers import OfficerRecord
from tests import snapshots
from tests.campaigns import stories
from tests.campaigns.briefings import kit_stories
from tests.campaigns.briefings.kit_stories import ADDRESS
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.facts import every, fact, facts
from tests.workers.letters import reads_as_agreed
from workers import recalling
from workers.tools import Tools

OFFICER = "drafter@posts.test"


@pytest.fixture
def house(database: Database) -> House:
    return stories.house(database)


@pytest.fixture
def tools(tools: Tools, database: Database) -> Tools:
    return replace(tools, database=database)


@pytest.fixture
@snapshots.once
def old(house: House) -> Story:
    """An agreed note, read at a briefing whose kit an officer and a liaison officer hold."""
    story = stories.agreed_release(house)
    briefing = kit_stories.dated(story)
    kit_stories.give(house, briefing)
    with house.database.transaction() as session:
        session.get_one(OfficerRecord, house.drafter.id).email = OFFICER
        session.flush()
        kit_holders.take(session, briefing, by=house.drafter, at=NOON)
    return story


def hear(story: Story, kind: type[Event], tools: Tools, times: int = 1) -> None:
    for _ in range(times):
        recalling.recall_superseded(fact(story.database, kind), tools)


def briefing_of(session: Session) -> tours.Briefing:
    return session.exec(select(tours.Briefing).where(tours.Briefing.state == "dated")).one()


def test_the_letter_that_recalls_a_note_reads_as_agreed(old: Story, tools: Tools) -> None:
    kit_stories.newer(old)
    hear(old, ReleaseAgreed, tools)

    with old.database.reading() as session:
        reference = kit_holders.of_briefing(session, briefing_of(session).id)[0][1].reference
    assert reads_as_agreed("note_recalled", every(old.database)[0], the_reference=reference)


def test_every_holder_is_told_once_when_newer_words_are_agreed(old: Story, tools: Tools) -> None:
    hear(old, ReleaseAgreed, tools)
    half = kit_stories.newer(old, signed=False)
    hear(old, ReleaseAgreed, tools)
    assert every(old.database) == []

    half.sign(old.house.hse)
    half.sign(old.house.lacors)
    hear(old, ReleaseAgreed, tools, times=2)

    assert [notice.to for notice in every(old.database)] == [OFFICER, ADDRESS]
    assert "Superseded by revision 2" in (every(old.database)[0].text or "")
    (recalled,) = facts(old.database, recalling.NoteRecalled)
    assert (recalled.subject, recalled.payload["holders"]) == (old.release, 2)
    with old.database.reading() as session:
        assert [bool(holder.told_at) for holder, _ in kit_holders.of_briefing(session, briefing_of(session).id)] == [True, True]


def test_one_holder_of_two_briefings_gets_one_letter_for_both(old: Story, tools: Tools) -> None:
    kit_stories.give(old.house, kit_stories.dated(old, number=1), post="The same officer")
    kit_stories.newer(old)
    hear(old, ReleaseAgreed, tools)

    notices = [notice for notice in every(old.database) if notice.to == ADDRESS]
    assert len(notices) == 1
    assert "North East and North West" in (notices[0].text or "")


def test_nobody_is_told_of_the_same_words_again_at_another_briefing(old: Story, tools: Tools) -> None:
    later = kit_stories.dated(old, number=1)
    kit_stories.newer(old)
    hear(old, ReleaseAgreed, tools)
    kit_stories.give(old.house, later)  # handed the old kit once more: its papers say that they are superseded
    kit_stories.newer(old, stories.words(core="A third time. ((your part))"))

    hear(old, ReleaseAgreed, tools)

    assert [notice.to for notice in every(old.database)] == [OFFICER, ADDRESS]


def test_a_note_that_is_taken_back_is_recalled_too(old: Story, tools: Tools) -> None:
    kit_stories.withdraw(old)
    hear(old, ReleaseWithdrawn, tools, times=2)

    assert len(every(old.database)) == 2
    assert "Taken back on" in (every(old.database)[0].text or "")


def test_a_briefing_that_was_held_recalls_nothing(old: Story, tools: Tools) -> None:
    with old.database.transaction() as session:
        tours.hold(session, briefing_of(session).id, by=old.house.drafter, at=NOON + DAY)
    kit_stories.newer(old)

    hear(old, ReleaseAgreed, tools)

    assert every(old.database) == []


def test_holders_are_told_when_the_briefing_is_read_from_another_message(old: Story, tools: Tools, clock: Clock) -> None:
    recalling.recall_replaced(fact(old.database, NotePinned), tools)
    assert every(old.database) == []
    other = stories.agreed_release(old.house, stories.words(title="Something else"))
    with old.database.transaction() as session:
        arranging.use_note(session, briefing_of(session).id, other.release, by=old.house.drafter, at=NOON)

    for _ in range(2):
        recalling.recall_replaced(fact(old.database, NotePinned), tools)

    assert [notice.to for notice in every(old.database)] == [OFFICER, ADDRESS]
    assert "Read from “Something else” now" in (every(old.database)[0].text or "")


def test_whoever_was_told_by_the_agreement_is_not_told_by_the_pinning(old: Story, tools: Tools) -> None:
    new = kit_stories.newer(old)
    hear(old, ReleaseAgreed, tools)
    with old.database.transaction() as session:
        arranging.use_note(session, briefing_of(session).id, new.release, by=old.house.drafter, at=NOON)

    recalling.recall_replaced(fact(old.database, NotePinned), tools)

    assert len(every(old.database)) == 2
