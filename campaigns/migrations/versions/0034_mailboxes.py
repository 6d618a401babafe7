"""Until when the mailboxes into which bounces come were read through."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailboxes"),
    )
