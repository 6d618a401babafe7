"""How many readers each audience has in each nation."""

from campaigns.agreement import readers, sealed
from campaigns.foundation.database import Database
from tests.campaigns import stories


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
