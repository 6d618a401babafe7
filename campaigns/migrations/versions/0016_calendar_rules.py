"""Calendar rules, and the authorities that step out of one."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "calendar_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("recurrence", sa.String(), nullable=False),
        sa.Column("excepted", sa.JSON(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_rules"),
    )
    for column in ("place", "calendar", "retired_at"):
        op.create_index(f"ix_calendar_rules_{column}", "calendar_rules", [column])
    op.create_table(
        "calendar_exemptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("authority_code", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["calendar_rules.id"], name="fk_calendar_exemptions_rule_id_calendar_rules"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_exemptions"),
        sa.UniqueConstraint("rule_id", "authority_code", name="uq_calendar_exemptions_place"),
    )
    for column in ("rule_id", "authority_code"):
        op.create_index(f"ix_calendar_exemptions_{column}", "calendar_exemptions", [column])
