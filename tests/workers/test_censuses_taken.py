"""The readers of what is sealed are counted by a worker, and again when one of them is erased."""

from collections import Counter
from uuid import UUID

from sqlmodel import select

from audiences import erasures
from campaigns.agreement.censuses import Census
from campaigns.agreement.readers import ERASED
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House
from tests.workers import test_erasing as erasing
from workers import actors
from workers.tools import Tools


def nations(database: Database, release: UUID) -> Counter[str] | None:
    """As they were counted, of all audiences; None where nobody counted."""
    with database.reading() as session:
        found = session.get(Census, release)
        return sum(map(Counter, found.nations.values()), Counter()) if found else None


def hear(tools: Tools, kind: str) -> None:
    with tools.database.reading() as session:
        entries = session.exec(select(LogEntry.id).where(LogEntry.kind == kind)).all()
    for entry in entries:
        actors.hear(entry or 0, tools)


def test_a_worker_counts_what_was_sealed_and_counts_again_without_whoever_is_erased(house: House, tools: Tools) -> None:
    erasing.know(house.database)
    release = stories.sending_release(house, readers=erasing.READERS).release
    before = nations(tools.database, release)

    hear(tools, "ReleaseSealed")
    counted = nations(tools.database, release)
    with tools.database.transaction() as session:
        erasures.erase(session, erasing.READER.person_id, by=house.drafter, at=NOON)
    thrown_away = nations(tools.database, release)
    hear(tools, "Erased")

    assert (before, thrown_away) == (None, None)
    assert counted and ERASED not in counted
    again = nations(tools.database, release)
    assert again and again[ERASED] == 1 and again.total() == counted.total()
