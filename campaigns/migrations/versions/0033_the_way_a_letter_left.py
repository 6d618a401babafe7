"""From which machine, through which relay, a letter left of which nobody knows whether it went."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
TABLES = "chunks", "deliveries"


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("way", sa.String(), nullable=True))
