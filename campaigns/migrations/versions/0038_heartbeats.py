"""Signs of life of the workers, so that a page can say that none is at work."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name="pk_heartbeats"),
    )
