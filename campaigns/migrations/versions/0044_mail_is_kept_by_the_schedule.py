"""How long the words of incoming mail are kept is said in the schedule of records, as of all others, and not in each mail."""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.drop_index("ix_incoming_kept_until", table_name="incoming")
    op.drop_column("incoming", "kept_until")
