"""Test letters of the last day, and notices that wait, were refused or were written just now, are counted without going through all there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

TRIALS, WAITING, REFUSED = sa.text("kind = 'TrialWritten'"), sa.text("text IS NOT NULL"), sa.text("refused IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_log_entries_trials", "log_entries", ["by", "at"], sqlite_where=TRIALS, postgresql_where=TRIALS)
    op.create_index("ix_notices_written_at", "notices", ["written_at"])
    op.create_index("ix_notices_waiting", "notices", ["id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_notices_refused", "notices", ["id"], sqlite_where=REFUSED, postgresql_where=REFUSED)
