"""Who left a post lately is found without going through everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

LEFT = sa.text("until IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_people_left", "people", ["until"], sqlite_where=LEFT, postgresql_where=LEFT)
