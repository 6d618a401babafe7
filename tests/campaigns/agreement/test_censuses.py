"""A census says what counting would, whoever is erased before it is taken, meanwhile or afterwards."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from audiences import letter_records
from campaigns.agreement import censuses, readers, sealed
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import reader
from tests.crossings import at_once

NATIONS = ("England", "Wales", "Scotland", "")
MANY = [reader(n, ("senior-managers", "practitioners")[n % 3 == 0], nation=NATIONS[n % 4], authority_code=f"E{n % 7}") for n in range(30)]
CASES = {
    "core": "((attendance))\n\n((your part))",
    "terms": Terms(follows_up=str(UUID(int=9))),
    "closed": {"attendance": ["You came.", "You did not.", "You were sorry."]},
}


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
        return censuses.is_taken(session, release)


def take(database: Database, release: UUID, *, erased: Sequence[UUID] = ()) -> bool:
    """Count as a worker does, these people being erased while it counts; False where it was in vain."""
    with database.transaction() as session:
        claim = censuses.begin(session, release)
    if claim is None:
        return False
    with database.reading() as session:
        counted = censuses.count(session, release)
    erase(database, erased)
    with database.transaction() as session:
        return censuses.keep(session, counted, claim=claim)


def erase(database: Database, people: Sequence[UUID]) -> None:
    with database.transaction() as session:
        censuses.erase(session, people)
        sealed.erase(session, people)


def counted(database: Database, release: UUID) -> dict[str, object]:
    with database.reading() as session:
        found = censuses.count(session, release)
        return found.model_dump(exclude={"places"}) | {"places": {*map(tuple, found.places)}}


def test_a_census_that_was_taken_says_what_counting_says_and_is_not_taken_again(database: Database, release: UUID) -> None:
    anew = said(database, release)

    assert [take(database, release) for _ in range(2)] == [True, False]

    assert is_kept(database, release)
    assert said(database, release) == anew
    assert (anew["audiences"], anew["roles"]) == ({"senior-managers": 2, "practitioners": 1}, {"practitioner": 1, "senior_manager": 2})
    with database.reading() as session:
        assert censuses.readers_of(session, release) == 3
        assert list(censuses.of(session, release).nations) == list(readers.nations(session, release))


def test_what_is_counted_once_is_read_from_one_row(database: Database, release: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    take(database, release)
    monkeypatch.setattr(censuses, "count", None)

    assert said(database, release)["audiences"] == {"senior-managers": 2, "practitioners": 1}


@pytest.mark.long
@pytest.mark.parametrize("cases", [{}, CASES], ids=["one letter each", "one for each case"])
def test_after_every_erasure_a_census_says_what_counting_anew_says(database: Database, cases: dict[str, Any]) -> None:
    house, chance = stories.house(database), Random(7)
    first, second = stories.words(**cases), stories.words(title="Another", **cases)
    theirs = [stories.waiting_release(house, first, MANY).release, stories.waiting_release(house, second, MANY[5:20]).release]
    for release in theirs:
        take(database, release)
    people = chance.sample([one.person_id for one in MANY], len(MANY))

    while people:
        together = [people.pop() for _ in range(min(chance.choice((1, 1, 3)), len(people)))]
        erase(database, [*together, MANY[0].person_id])  # one of them again and again

        assert all(is_kept(database, release) for release in theirs)
        assert [said(database, release) for release in theirs] == [counted(database, release) for release in theirs]


def test_a_census_is_kept_only_where_nobody_was_erased_while_it_was_taken(database: Database, release: UUID) -> None:
    gone = stories.READERS[0].person_id

    assert not take(database, release, erased=[gone])
    assert not is_kept(database, release)
    assert take(database, release)
    assert said(database, release) == counted(database, release)


def test_of_two_who_count_the_one_who_began_before_an_erasure_keeps_nothing(database: Database, release: UUID) -> None:
    with database.transaction() as session:
        first = censuses.begin(session, release) or ""
        old = censuses.count(session, release)
    erase(database, [stories.READERS[0].person_id])
    with database.transaction() as session:
        second = censuses.begin(session, release) or ""

    with database.transaction() as session:
        assert not censuses.keep(session, old, claim=first)
    assert said(database, release) == counted(database, release)
    with database.transaction() as session:
        assert censuses.keep(session, censuses.count(session, release), claim=second)


def test_who_begins_to_count_waits_for_an_erasure_that_has_begun(on_postgres: Database) -> None:
    release, claims = stories.waiting_release(stories.house(on_postgres)).release, list[str | None]()

    def erasing(session: Session) -> None:
        censuses.erase(session, [stories.READERS[0].person_id])
        sealed.erase(session, [stories.READERS[0].person_id])

    def counting(session: Session) -> None:
        claims.append(censuses.begin(session, release))
        anew.append(censuses.count(session, release).nations)

    anew = list[dict[str, dict[str, int]]]()
    at_once(on_postgres, erasing, counting)

    assert claims != [None]
    assert anew[0]["senior-managers"] == {readers.ERASED: 1, "England": 1}


def test_a_census_knows_that_some_of_a_release_s_readers_are_forgotten(database: Database, release: UUID) -> None:
    take(database, release)

    with database.transaction() as session:
        letter_records.forget_part(session, release, range(1, 3))

    assert is_kept(database, release)
    assert said(database, release) == counted(database, release)
    assert said(database, release)["nations"] == {
        "senior-managers": {"England": 1, readers.ERASED: 1},
        "practitioners": {readers.ERASED: 1},
    }
    with database.transaction() as session:
        assert not censuses.has_only_erased(session, release)
        letter_records.forget_part(session, release, range(1))
        assert censuses.has_only_erased(session, release)


def test_readers_are_counted_by_audience_and_nation_and_those_erased_since_apart(database: Database) -> None:
    house = stories.house(database)
    release = stories.submitted(house, stories.drafted(house))
    people = [
        stories.reader(0),
        stories.reader(1),
        stories.reader(2, nation="Scotland"),
        stories.reader(3, "practitioners", nation=""),
        stories.reader(4, "practitioners"),
    ]
    stories.seal(house, release, people)
    with database.transaction() as session:
        sealed.erase(session, [people[1].person_id])
    with database.reading() as session:
        counted = readers.nations(session, release)
    assert counted == {"senior-managers": {"England": 1, readers.ERASED: 1, "Scotland": 1}, "practitioners": {"": 1, "England": 1}}
    assert list(counted) == ["senior-managers", "practitioners"]
