"""How long the words of incoming mail are kept is said in the schedule of records, as of all others, and not in each mail."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.drop_index("ix_incoming_kept_until", table_name="incoming")
    op.drop_column("incoming", "kept_until")


def downgrade() -> None:
    op.add_column("incoming", sa.Column("kept_until", UTCDateTime(), nullable=True))
    op.create_index("ix_incoming_kept_until", "incoming", ["kept_until"])
