"""Unclear letters are looked into: `held` waits for an officer from now on, and what an officer left before is `left`."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("UPDATE deliveries SET state = 'left' WHERE state = 'held'")
    op.add_column("deliveries", sa.Column("tried_at", UTCDateTime(), nullable=True))
    op.add_column("deliveries", sa.Column("maybe_twice", sa.Boolean(), nullable=False, server_default=sa.false()))
