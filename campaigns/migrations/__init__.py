"""How the tables came to be: Alembic's revisions, run from here by commands, rehearsals and tests alike. No model is imported: they depend on nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from campaigns.foundation.errors import CountersignError

HERE = Path(__file__).parent


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the newest revision (or another), all or nothing; does nothing when it is there already."""
    with engine.execution_options(countersign_writing=True).connect() as connection, _references_open(connection), connection.begin():
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if engine.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise CountersignError(f"The upgrade would leave {len(broken)} rows pointing at nothing, so nothing was changed: {broken[0]}")


@contextmanager
def _references_open(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which other tables' references would forbid; they are checked when all is done."""
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")  # heard only outside a transaction
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
