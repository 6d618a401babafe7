"""Who said that an unclear letter counts as sent."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("vouched_by", AutoString(), nullable=True))
