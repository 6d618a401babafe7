"""Beginnings kept on a PostgreSQL server: every row, in a schema of its own, to be put back in place of all others. See snapshots.py.

Putting back switches foreign keys and triggers off for that one transaction, which a superuser may: the rows are the very ones that were there.
"""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from campaigns.foundation.database import Database

FOUNDED = {"alembic_version", "stamps"}
Rows = list[tuple[Any, ...]]
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


def rows(database: Database) -> Rows:
    """How many rows each table has that has any, and a sum over what stands in them."""
    with database.engine.connect() as connection:
        asked = " UNION ALL ".join(
            f"SELECT '{name}', count(*), sum(hashtextextended(one::text, 0)) FROM public.\"{name}\" one" for name in _full(connection)
        )
        return sorted(map(tuple, connection.exec_driver_sql(asked).all())) if asked else []


def empty(connection: Connection) -> None:
    """Forget everything but the schema and the stamp; without triggers and foreign keys, deleting is far quicker than TRUNCATE."""
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name in _full(connection):
        connection.exec_driver_sql(f'DELETE FROM public."{name}"')
    connection.exec_driver_sql("ALTER SEQUENCE log_entries_id_seq RESTART")


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
            empty(connection)
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
