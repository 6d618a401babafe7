"""The clock counts what has changed, a few slices at a time, and all of it in the end."""

from dataclasses import replace
from uuid import UUID

from campaigns.reach import cells, slices, touches
from campaigns.reach.touches import Fact
from tests.campaigns.stories import NOON
from workers import projecting, scheduler
from workers.tools import Tools

FACT = Fact(UUID(int=1), "E07000001", "practitioner", "written", "letter:1", NOON, "Countersign")


def test_every_slice_that_changed_is_counted_at_a_tick(tools: Tools) -> None:
    facts = [replace(FACT, evidence=f"letter:{number}", authority_code=f"E{number:08}") for number in range(projecting.SLICES + 1)]
    with tools.database.transaction() as session:
        touches.put(session, facts)

    while _waiting(tools):
        assert scheduler.tick(tools) == []

    with tools.database.reading() as session:
        assert len(cells.counted(session, UUID(int=1))) == len(facts)
    assert _waiting(tools) == 0


def test_nothing_to_count_is_soon_counted(tools: Tools) -> None:
    projecting.recount(tools)

    assert _waiting(tools) == 0


def _waiting(tools: Tools) -> int:
    with tools.database.reading() as session:
        return len(slices.of_campaign(session, FACT.campaign_id))
