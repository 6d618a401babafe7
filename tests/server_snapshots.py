"""Beginnings kept on a PostgreSQL server: every row, in a schema of its own, to be put back into emptied tables. See snapshots.py.

Putting back switches foreign keys and triggers off for that one transaction, which a superuser may: the rows are the very ones that were there.
"""

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from campaigns.foundation.database import Database

FOUNDED = {"alembic_version", "stamps"}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


def is_empty(database: Database) -> bool:
    """Whether nothing has been written since the tables were made."""
    with database.engine.connect() as connection:
        return not _full(connection)


def keep(database: Database, schema: str) -> None:
    """Keep every row, and where the numbers stand."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        for table in _full(connection):
            connection.exec_driver_sql(f'CREATE TABLE {schema}."{table}" AS TABLE public."{table}"')
        connection.exec_driver_sql(f"CREATE TABLE {schema}._numbers AS {SEQUENCES}")


def put(database: Database, schema: str) -> bool:
    """Put them back. False where this user may not."""
    try:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            kept = connection.exec_driver_sql(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' AND tablename <> '_numbers'")
            for table in kept.scalars().all():
                connection.exec_driver_sql(f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE SELECT * FROM {schema}."{table}"')
            connection.exec_driver_sql(f"SELECT setval(quote_ident(sequencename), last_value) FROM {schema}._numbers")
    except ProgrammingError:
        return False
    return True


def _full(connection: Connection) -> list[str]:
    tables = [name for name in connection.exec_driver_sql(TABLES).scalars() if name not in FOUNDED]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM public.\"{name}\")" for name in tables)
    return list(connection.exec_driver_sql(asked).scalars())
