"""Milestones that messages wait for, and releases that go within each authority's windows."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reached_at", UTCDateTime(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_milestones_campaign_id_campaigns"),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
        sa.UniqueConstraint("campaign_id", "name", name="uq_milestones_name"),
    )
    op.create_index("ix_milestones_campaign_id", "milestones", ["campaign_id"])
    op.add_column("releases", sa.Column("in_windows", sa.Boolean(), nullable=False, server_default=sa.false()))
