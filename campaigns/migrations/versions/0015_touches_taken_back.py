"""Steps over time ask for touches that were taken back: few among very many."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

GONE = ["campaign_id", "withdrawn_at", "at", "authority_code", "role", "grade", "channel", "message_id"]
TAKEN_BACK = sa.text("withdrawn_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_touches_taken_back", "touches", GONE, sqlite_where=TAKEN_BACK, postgresql_where=TAKEN_BACK)
