"""A program's keys keep everything but a rehearsal from starting, wherever in the database they stand."""

import pytest
import sqlalchemy as sa

from campaigns.agreement import keyrings
from campaigns.agreement.keyrings import Credential
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from campaigns.foundation.settings import Settings
from campaigns.foundation.stamps import Stamp, WrongDatabase
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import HOUR, NOON
from workers import tools


def test_an_installation_does_not_start_where_a_software_key_is_enrolled(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        session.get_one(Stamp, 1).env = "production"
    settings = Settings(env="production", secret_key="drawn-by-lot" * 4, database_url=sqlite.url)

    with pytest.raises(WrongDatabase, match="A software key is enrolled in this database"):
        tools.gather(settings)


def test_nor_where_only_the_roster_in_force_still_lists_one(sqlite: Database) -> None:
    stories.house(sqlite)
    with sqlite.transaction() as session:
        session.exec(sa.delete(Credential))

    with sqlite.reading() as session, pytest.raises(WrongDatabase, match="A software key is enrolled in this database"):
        keyrings.refuse_software(session)


def test_it_starts_where_people_have_passkeys_and_where_a_roster_cannot_be_read(sqlite: Database) -> None:
    with sqlite.reading() as session:
        keyrings.refuse_software(session)

    stories.house(sqlite)
    with sqlite.transaction() as session:
        session.exec(sa.delete(Credential))
        lifted(session)
        session.connection().exec_driver_sql("UPDATE rosters SET document = '[]'")
    with sqlite.reading() as session:
        keyrings.refuse_software(session)


def test_a_key_that_is_removed_twice_at_once_is_removed_once(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    with on_postgres.reading() as session:
        key = keyrings.of(session, house.hse.id)[0].id

    def remove() -> None:
        with on_postgres.transaction() as session:
            keyrings.remove(session, key, by=house.hse, at=NOON + HOUR)

    with crossings.other(on_postgres, remove) as begin, on_postgres.transaction() as session:
        keyrings.remove(session, key, by=house.hse, at=NOON)
        found = begin()

    with pytest.raises(NotFound):
        found.result()
    with on_postgres.reading() as session:
        assert session.get_one(Credential, key).removed_at == NOON
        assert len(log.of_kinds(session, house.hse.id, "KeyRemoved")) == 1
