"""Touches keep when they were taken back; coverage is counted into cells; what officers record by hand; targets."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0010"
down_revision = "0009"

UNTAKEN = sa.text("withdrawn_at IS NULL")
COUNTED = ["campaign_id", "authority_code", "role", "grade", "channel", "message_id", "at", "withdrawn_at"]
NOT_BACK = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", UTCDateTime(), nullable=True))
    op.execute("UPDATE touches SET withdrawn_at = at WHERE withdrawn")  # when was not kept until now: they count at no date
    with op.batch_alter_table("touches", schema=None) as batch_op:
        batch_op.drop_column("withdrawn")
        batch_op.drop_constraint(batch_op.f("uq_touches_evidence"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_touches_campaign_id"))
        batch_op.create_index("uq_touches_standing", ["evidence"], unique=True, sqlite_where=UNTAKEN, postgresql_where=UNTAKEN)
        batch_op.create_index("ix_touches_counted", COUNTED, unique=False)

    op.create_table(
        "stale_slices",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "authority_code", name=op.f("pk_stale_slices")),
    )
    op.execute("INSERT INTO stale_slices SELECT DISTINCT campaign_id, authority_code FROM touches")
    op.create_table(
        "coverage_cells",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "authority_code", "role", "channel", "grade", "message_id", name=op.f("pk_coverage_cells")),
    )
    op.create_index("ix_coverage_cells_message", "coverage_cells", ["campaign_id", "message_id"])
    op.create_table(
        "coverage_sums",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "authority_code", "role", "channel", "grade", name=op.f("pk_coverage_sums")),
    )

    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("authorities", sa.Integer(), nullable=False),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("taken_back_at", UTCDateTime(), nullable=True),
        sa.Column("taken_back_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_campaign_id"), "reports", ["campaign_id"])
    op.create_index("uq_reports_standing", "reports", ["digest"], unique=True, sqlite_where=NOT_BACK, postgresql_where=NOT_BACK)
    op.create_table(
        "targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
    )
    op.create_index(op.f("ix_targets_campaign_id"), "targets", ["campaign_id"])
