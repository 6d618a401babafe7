"""Nothing works on the tables of another version, and a newer one's are said to be that: no command here leads back from them."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from campaigns import migrations
from campaigns.foundation import revisions
from campaigns.foundation.database import Database
from campaigns.foundation.revisions import AHEAD, BEHIND, OtherRevision
from campaigns.foundation.settings import Settings
from web.cli import installation
from workers import starting


def stands_at(database: Database, revision: str) -> None:
    with database.engine.execution_options(countersign_writing=True).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :at"), {"at": revision})


def test_the_newest_revision_is_the_one_that_alembic_comes_to(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == revisions.newest()
    revisions.refuse_others(database.engine)


@pytest.mark.parametrize(("revision", "said"), [("0001", BEHIND), ("9999", AHEAD)])
def test_a_worker_waits_at_the_tables_of_another_version(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, revision: str, said: str
) -> None:
    stands_at(sqlite, revision)
    asked = Settings(env="test", database_url=str(sqlite.url))
    waits = list[float]()
    monkeypatch.setattr(starting.signal, "signal", lambda *_: None)

    def wait(pause: float) -> None:
        waits.append(pause)
        if len(waits) == 2:
            stands_at(sqlite, revisions.newest())

    monkeypatch.setattr(starting.time, "sleep", wait)
    with capture_logs() as lines:
        starting.gather(asked).database.dispose()

    assert [line["fault"] for line in lines] == [said, said]


def test_a_newer_versions_database_is_not_migrated(sqlite: Database, tmp_path: Path) -> None:
    stands_at(sqlite, "9999")

    with pytest.raises(OtherRevision, match="newer version"):
        installation.migrate(Settings(env="test"), sqlite)


@pytest.mark.long
def test_a_database_without_tables_is_to_be_migrated(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(OtherRevision, match="database migrate"):
        revisions.refuse_others(database.engine)
    migrations.upgrade(database.engine)
    revisions.refuse_others(database.engine)
    database.dispose()
