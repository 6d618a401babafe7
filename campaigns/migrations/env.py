"""Alembic's entrance: the connection comes from whoever runs the command."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
