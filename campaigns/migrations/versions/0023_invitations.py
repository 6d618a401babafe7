"""How often a briefing was called off, and what a sealed release invites to."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("briefings", sa.Column("times_off", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "sealed_occasions",
        sa.Column("release_id", sa.Uuid(), sa.ForeignKey("releases.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("briefing", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
    )
    op.create_index("ix_sealed_occasions_briefing", "sealed_occasions", ["briefing"])
