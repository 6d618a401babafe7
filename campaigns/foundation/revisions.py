"""At which revision of the tables a database stands, and which this version of the product needs: no other is worked on.

Alembic's own row is read without Alembic, which a worker does without.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from campaigns.foundation.errors import CountersignError

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"
BEHIND = "The database is not at the newest revision. Run: countersign database migrate"
AHEAD = "The database was migrated by a newer version than this. Start that one, or put back the backup that was made before."


class OtherRevision(CountersignError):
    """The database has the tables of another version; the message says what to do."""


def newest() -> str:
    """The revision this version needs."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def refuse_newer(engine: Engine) -> None:
    """Raise `OtherRevision` for a database that was migrated by a newer version: nothing here leads back."""
    if _standing(engine) > newest():
        raise OtherRevision(AHEAD)


def refuse_others(engine: Engine) -> None:
    """The same for an older one, too, or one without tables."""
    refuse_newer(engine)
    if _standing(engine) != newest():
        raise OtherRevision(BEHIND)


def _standing(engine: Engine) -> str:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")
