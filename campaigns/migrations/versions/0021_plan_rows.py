"""The communications plan."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "plan_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("whole_month", sa.Boolean(), nullable=False),
        sa.Column("hse_owner", sa.String(), nullable=False),
        sa.Column("lacors_owner", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_plan_rows_campaign_id_campaigns"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_rows"),
    )
    for column in ("campaign_id", "message_id", "first"):
        op.create_index(f"ix_plan_rows_{column}", "plan_rows", [column])
