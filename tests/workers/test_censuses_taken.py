"""The readers of what is sealed are counted by a worker, once: whoever is erased later is taken out of the census."""

from collections import Counter
from uuid import UUID

import pytest
from sqlmodel import Session

from audiences import erasures
from audiences.erasures import Erased
from campaigns.agreement import censuses
from campaigns.agreement.censuses import Census
from campaigns.agreement.readers import ERASED
from campaigns.agreement.seals import ReleaseSealed
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House
from tests.workers import test_erasing as erasing
from tests.workers.facts import fact, facts
from workers import actors, sealing
from workers.tools import Tools


def nations(database: Database, release: UUID) -> Counter[str] | None:
    """As they were counted, of all audiences; None where nobody counted."""
    with database.reading() as session:
        found = session.get(Census, release)
        return sum(map(Counter, found.nations.values()), Counter()) if found else None


def hear(tools: Tools, kind: type[log.Event]) -> None:
    for entry in facts(tools.database, kind):
        actors.hear(log.number(entry), tools)


def test_a_worker_counts_what_was_sealed_and_whoever_is_erased_is_taken_out(house: House, tools: Tools) -> None:
    release = known(house)
    before = nations(tools.database, release)

    hear(tools, ReleaseSealed)
    counted = nations(tools.database, release)
    erase(house)

    assert before is None
    assert counted and ERASED not in counted
    again = nations(tools.database, release)
    assert again and again[ERASED] == 1 and again.total() == counted.total()


def test_an_erasure_lets_nobody_count_again_where_there_is_a_census(house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    known(house)
    hear(tools, ReleaseSealed)
    erase(house)
    monkeypatch.setattr(censuses, "count", None)

    hear(tools, Erased)


def test_an_erasure_lets_a_worker_count_where_nobody_did(house: House, tools: Tools) -> None:
    release = known(house)
    erase(house)

    hear(tools, Erased)

    counted = nations(tools.database, release)
    assert counted and counted[ERASED] == 1


def test_readers_are_counted_while_nothing_is_held_and_again_where_one_is_erased_meanwhile(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, count = known(house), censuses.count

    def count_while_one_is_erased(session: Session, release_id: UUID) -> Census:
        counted = count(session, release_id)
        monkeypatch.setattr(censuses, "count", count)
        erase(house)
        return counted

    monkeypatch.setattr(censuses, "count", count_while_one_is_erased)
    with pytest.raises(TryLater):
        sealing.take_census(fact(tools.database, ReleaseSealed), tools)
    assert nations(tools.database, release) is None
    sealing.take_census(fact(tools.database, ReleaseSealed), tools)

    counted = nations(tools.database, release)
    assert counted and counted[ERASED] == 1


def known(house: House) -> UUID:
    """A release with a reader who can be erased."""
    erasing.know(house.database)
    return stories.sending_release(house, readers=erasing.READERS).release


def erase(house: House) -> None:
    with house.database.transaction() as session:
        erasures.erase(session, erasing.READER.person_id, by=house.drafter, at=NOON)
