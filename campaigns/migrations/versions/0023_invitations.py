"""How often a briefing was called off."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("briefings", sa.Column("times_off", sa.Integer(), nullable=False, server_default="0"))
