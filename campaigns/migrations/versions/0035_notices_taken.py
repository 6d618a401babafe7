"""When a worker took a notice in hand, so that no other posts it meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("notices", sa.Column("taken_at", UTCDateTime(), nullable=True))
