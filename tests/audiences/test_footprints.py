"""Where an organisation has sites, authority by authority."""

from functools import partial

import pytest

from audiences import footprints
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, Refused
from tests import crossings
from tests.audiences.posts import NOON, OFFICER
from tests.web import grounds

ADUR, FIFE = "E07000223", "S12000047"


def test_a_footprint_is_said_whole_and_read_from_both_sides(founded: Database) -> None:
    with founded.transaction() as session:
        assert footprints.put(session, "tesco", {ADUR: 2, FIFE: 5}, by=OFFICER, at=NOON)
        assert not footprints.put(session, "tesco", {FIFE: 5, ADUR: 2}, by=OFFICER, at=NOON)
        assert footprints.put(session, "tesco", {FIFE: 6}, by=OFFICER, at=NOON)

    with founded.reading() as session:
        assert footprints.of(session, "tesco") == {FIFE: 6}
        assert footprints.at_authority(session, ADUR) == []
        assert [(body.code, number) for body, number in footprints.at_authority(session, FIFE)] == [("tesco", 6)]


@pytest.mark.parametrize(
    ("body", "sites", "refusal"), [("tesco", {ADUR: 0}, Refused), ("tesco", {"X": 1}, NotFound), ("x", {ADUR: 1}, NotFound)]
)
def test_what_is_not_there_is_refused(founded: Database, body: str, sites: dict[str, int], refusal: type[Exception]) -> None:
    with founded.transaction() as session, pytest.raises(refusal):
        footprints.put(session, body, sites, by=OFFICER, at=NOON)


def test_of_two_footprints_said_at_once_the_later_stands_alone(on_postgres: Database) -> None:
    grounds.found(on_postgres)

    def say(sites: dict[str, int]) -> bool:
        with on_postgres.transaction() as session:
            return footprints.put(session, "tesco", sites, by=OFFICER, at=NOON)

    with crossings.other(on_postgres, partial(say, {FIFE: 5})) as begin, on_postgres.transaction() as session:
        assert footprints.put(session, "tesco", {ADUR: 2}, by=OFFICER, at=NOON)
        session.flush()
        found = begin()

    with on_postgres.reading() as session:
        assert found.result() and footprints.of(session, "tesco") == {FIFE: 5}
