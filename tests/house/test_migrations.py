"""The migrations make exactly the tables the models describe, on both engines."""

import sqlalchemy as sa

from campaigns.foundation.database import Database
from tests.house import source
from web.cli.database import differences

APPEND_ONLY = ("log_entries", "attachments", "acceptances", "comments", "reminders", "audience_versions")


def test_the_migrated_tables_equal_the_models(database: Database) -> None:
    source.import_everything("campaigns", "audiences", "web", "workers")
    assert differences(database) == []


def test_every_table_named_append_only_refuses_a_change(database: Database) -> None:
    with database.engine.connect() as connection:
        for table in APPEND_ONLY:
            assert _triggers(connection, table) >= 1, table


def _triggers(connection: sa.Connection, table: str) -> int:
    if connection.dialect.name == "sqlite":
        question = sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    else:
        question = sa.text("SELECT count(*) FROM information_schema.triggers WHERE event_object_table = :table")
    return int(connection.execute(question, {"table": table}).scalar_one())
