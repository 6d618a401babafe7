"""A census says what counting would, is thrown away with whoever it counted, and is taken anew."""

from uuid import UUID

import pytest

from audiences import record_classes
from campaigns.agreement import censuses, readers
from campaigns.agreement.censuses import Census
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from tests.campaigns import stories
from tests.campaigns.stories import NOON


@pytest.fixture
def release(database: Database) -> UUID:
    return stories.waiting_release(stories.house(database)).release


def said(database: Database, release: UUID) -> dict[str, object]:
    with database.reading() as session:
        return censuses.of(session, release).model_dump(exclude={"places"}) | {
            "places": {*map(tuple, censuses.of(session, release).places)}
        }


def is_kept(database: Database, release: UUID) -> bool:
    with database.reading() as session:
        return session.get(Census, release) is not None


def test_a_census_that_was_taken_twice_says_what_counting_says(database: Database, release: UUID) -> None:
    counted = said(database, release)

    for _ in range(2):
        with database.transaction() as session:
            censuses.take(session, release)

    assert is_kept(database, release)
    assert said(database, release) == counted
    assert (counted["audiences"], counted["roles"]) == (
        {"senior-managers": 2, "practitioners": 1},
        {"practitioner": 1, "senior_manager": 2},
    )
    with database.reading() as session:
        assert censuses.readers_of(session, release) == 3
        assert list(censuses.of(session, release).nations) == list(readers.nations(session, release))


def test_what_is_counted_once_is_read_from_one_row(database: Database, release: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as session:
        censuses.take(session, release)
    monkeypatch.setattr(censuses, "_counted", None)

    assert said(database, release)["audiences"] == {"senior-managers": 2, "practitioners": 1}


def test_who_forgets_a_release_s_readers_throws_its_census_away(database: Database, release: UUID) -> None:
    with database.transaction() as session:
        censuses.take(session, release)

    with database.transaction() as session:
        record_classes.forget_letters(session, [release], COUNTERSIGN, NOON)

    assert not is_kept(database, release)
    assert said(database, release)["nations"] == {"senior-managers": {readers.ERASED: 2}, "practitioners": {readers.ERASED: 1}}
